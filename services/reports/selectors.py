"""Reads of agents' reports: those that stand, of a page of listings in one query, and what became of an agent's own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet

from services.codes import SuggestionState
from services.models import AgentReport

from . import rules


@dataclass(frozen=True)
class Report:
    """One open report, for agents and for the listing's team. `by_id`, `team_id`: for no page of the public.

    `suggestion`: where its team decides about it; `day`: of the call; `at`: when it was written down (aware).
    """

    service: int
    suggestion: UUID
    reason: str
    day: date
    at: datetime
    by_id: int | None
    team_id: int | None
    note: str


@dataclass(frozen=True)
class OwnReport:
    """What became of a report, for who made it. `state`: a SuggestionState; `answer` of the team, often empty."""

    service: int
    reason: str
    day: date
    at: datetime
    state: str
    decided_at: datetime | None
    answer: str


def shelf() -> dict[str, int]:
    """Days for which a report of each expiring reason stands, as this installation is set."""
    return {rules.FULL: settings.REPORT_FULL_DAYS, rules.NO_ANSWER: settings.REPORT_NO_ANSWER_DAYS}


def standing(today: date, prefix: str = "") -> Q:
    """The condition that a report has not expired (rules.stands); `prefix` leads to the AgentReport, "agent_report__"."""
    days = shelf()
    told_since = f"{prefix}service__capacity_updated_on"
    found = Q(**{f"{prefix}reason__in": [reason for reason in rules.REASONS if reason not in days]})
    for reason in days:
        fresh = Q(**{f"{prefix}reason": reason, f"{prefix}day__gte": rules.first_day(reason, today, days)})
        if reason == rules.FULL:
            fresh &= Q(**{told_since: None}) | Q(**{f"{told_since}__lte": F(f"{prefix}day")})
        found |= fresh
    return found


def open_rows(today: date) -> QuerySet[AgentReport]:
    """The reports that stand and wait for an answer, the newest first."""
    rows = AgentReport.objects.filter(standing(today), suggestion__state=SuggestionState.OPEN)
    return rows.order_by("-at", "-pk")


def open_reports(service_pks: Iterable[int], *, today: date) -> dict[int, list[Report]]:
    """{service: its open reports, the newest first}, without services that have none. One query, however many."""
    found: dict[int, list[Report]] = {}
    rows = open_rows(today).filter(service__in=list(service_pks))
    for values in rows.values_list(
        "service", "suggestion__uuid", "reason", "day", "at", "by", "team", "suggestion__comment"
    ):
        found.setdefault(values[0], []).append(Report(*values))
    return found


def banners(service_pks: Iterable[int], *, today: date) -> dict[int, dict[str, int]]:
    """{service: {reason: how many independent agents}} of what everybody is told, the gravest reason first. One query."""
    told: dict[int, dict[str, set[int | None]]] = {}
    rows = open_rows(today).filter(service__in=list(service_pks)).order_by()
    for service, reason, by in rows.values_list("service", "reason", "by"):
        told.setdefault(service, {}).setdefault(reason, set()).add(by)
    found = {}
    for service, reporters in told.items():
        serious = {
            reason: rules.people(reporters[reason])
            for reason in rules.REASONS
            if reason in reporters and rules.is_banner(reporters[reason])
        }
        if serious:
            found[service] = serious
    return found


def of_agent(by, *, most: int = 50) -> list[OwnReport]:
    """The last reports of this user with what became of them, the newest first; an expired one says so. One query."""
    rows = AgentReport.objects.filter(by=by).order_by("-at", "-pk")
    return [
        OwnReport(*values)
        for values in rows.values_list(
            "service",
            "reason",
            "day",
            "at",
            "suggestion__state",
            "suggestion__decided_at",
            "suggestion__answer",
        )[:most]
    ]
