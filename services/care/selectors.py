"""Reads for the care of listings: the numbers of a thousand of them, each from one query over their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from services.codes import SuggestionKind, SuggestionState, VerificationRequestState
from services.models import ListingUse, Service, Suggestion, VerificationRequest
from services.reports.selectors import standing
from services.verification.rules import TEAM

from .rules import USE_DAYS


@dataclass(frozen=True)
class Own:
    """Columns of the service that no record has."""

    steward: int | None
    live: bool


def own(pks: Sequence[int]) -> dict[int, Own]:
    rows = QuerySet(Service).filter(pk__in=pks).values_list("pk", "steward", "live")
    return {pk: Own(steward, live) for pk, steward, live in rows}


def uses(pks: Sequence[int], today: date) -> dict[int, tuple[int, int]]:
    """(shown, opened) in USE_DAYS; weeks count whole."""
    first = today - timedelta(days=USE_DAYS)
    rows = (
        ListingUse.objects.filter(service__in=pks, week__gte=first - timedelta(days=first.weekday()))
        .order_by()
        .values_list("service")
        .annotate(shown=Sum("shown"), opened=Sum("opened"))
    )
    return {pk: (shown, opened) for pk, shown, opened in rows}


def open_reports(pks: Sequence[int], today: date) -> dict[int, int]:
    """How many messages say that something is wrong and wait for the team's decision; agents' while they stand."""
    rows = (
        Suggestion.objects.filter(
            Q(agent_report=None) | standing(today, "agent_report__"),
            service__in=pks,
            state=SuggestionState.OPEN,
            kind__in=(SuggestionKind.REPORT, SuggestionKind.CORRECTION),
        )
        .order_by()
        .values_list("service")
        .annotate(found=Count("pk"))
    )
    return dict(rows)


def unanswered_since(pks: Sequence[int]) -> dict[int, date]:
    """The day of the first mail, of listings whose organisation did not answer the last question."""
    found: dict[int, date] = {}
    rows = VerificationRequest.objects.filter(service__in=pks).order_by("sent_at")
    for pk, state, step, sent_at in rows.values_list("service", "state", "step", "sent_at"):
        waiting = state == VerificationRequestState.SENT and step >= TEAM
        if waiting or state == VerificationRequestState.EXPIRED:
            found[pk] = sent_at.date()
        else:
            found.pop(pk, None)
    return found
