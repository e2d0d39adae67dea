"""Writes of agents' reports: one is taken, and what answers it closes it. An open one makes its listing due at once.

A report is a suggestion, so its team finds it where it finds the public's, and the care of the listing is recomputed in
the same transaction (services.care.following). Nothing of the catalogue changes by it: the change log gets no row, and
no index or harvester reads again what is the same.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import Team, User
from audit import actions as audit
from audit.actor import acting
from services.care import actions as care
from services.care.rules import VERIFIED_LIFECYCLES
from services.codes import Lifecycle, SuggestionChannel, SuggestionKind, SuggestionState
from services.models import AgentReport, Service, Suggestion
from services.suggestions.actions import note as audited
from services.suggestions.fields import change
from services.suggestions.screening import faults

from . import rules, selectors
from .errors import NoteRefused, NotReportable

NOTE_LENGTH = 400
CHUNK = 500


@transaction.atomic
def report(
    *,
    service: Service,
    reason: str,
    by: User,
    team: Team | None,
    note: str = "",
    day: date | None = None,
) -> AgentReport:
    """Note that an agent met this trouble with a listing in a call of `day` (default: today).

    `reason`: one of rules.REASONS. The same agent, reason, listing and day is one report: the first is returned, with the
    note when it had none, and opened again when a team answered it in between (rules.OPENS_AGAIN). Who may report is
    asked by the desk.
    Raises ValueError (another reason, a day to come), NoteRefused, NotReportable; Service.DoesNotExist when it is gone.
    """
    today, note = localdate(), note.strip()
    day = day or today
    if reason not in rules.REASONS:
        raise ValueError(f"{reason!r} is not one of {', '.join(rules.REASONS)}")
    if day > today:
        raise ValueError(f"{day} is to come")
    if wrong := [*(["too_long"] if len(note) > NOTE_LENGTH else []), *faults(note)]:
        raise NoteRefused(wrong)
    # Two clicks at once: the second waits here, and finds the first.
    listing = Service.objects.select_for_update().get(pk=service.pk)
    if not listing.live or listing.lifecycle not in VERIFIED_LIFECYCLES:
        raise NotReportable(f"{listing.uuid} is not in use")
    with acting(by):
        known = (
            AgentReport.objects.select_related("suggestion")
            .filter(service=listing, by=by, reason=reason, day=day)
            .first()
        )
        if known is not None:
            return _again(known, note, listing)
        suggestion = Suggestion.objects.create(
            service=listing,
            steward_id=listing.steward_id,
            kind=SuggestionKind.REPORT,
            channel=SuggestionChannel.AGENT,
            reasons=[reason],
            language=by.language or settings.LANGUAGE_CODE,
            changes=_changes(reason, listing),
            comment=note,
        )
        made = AgentReport.objects.create(
            suggestion=suggestion, service=listing, reason=reason, by=by, team=team, day=day
        )
        audited("suggestion.received", suggestion, reason=str(reason), service=str(listing.uuid))
    return made


def _changes(reason: str, listing: Service) -> list[dict]:
    """What there is to decide in one click: closed for good, as when the public says it."""
    if reason != rules.CLOSED:
        return []
    return [change("closed", listing.lifecycle, Lifecycle.CLOSED_PERMANENTLY.value)]


def _again(known: AgentReport, note: str, listing: Service) -> AgentReport:
    suggestion = known.suggestion
    reopened = suggestion.state in rules.OPENS_AGAIN
    if reopened:
        suggestion.state, suggestion.answer = SuggestionState.OPEN, ""
        suggestion.decided_at = suggestion.decided_by = None
        suggestion.changes = _changes(known.reason, listing)
        known.at = timezone.now()
        known.save(update_fields=["at"])
    if reopened or (note and not suggestion.comment):
        suggestion.comment = suggestion.comment or note
        suggestion.save()
        audited("suggestion.repeated", suggestion, reopened=reopened)
    return known


@transaction.atomic
def settle_by_verification(
    *, service: Service, result: str, fields: Collection[str], on: date | None = None, by
) -> int:
    """Close the reports that a verification answers (rules.settled_by_verification); how many. By `verification.record`.

    The agents read the state VERIFIED. `by`: a user, None for the organisation itself.
    """
    today = localdate()
    rows = [
        suggestion
        for suggestion in _open_of(service)
        if rules.settled_by_verification(
            suggestion.agent_report.reason,
            suggestion.agent_report.day,
            result=result,
            fields=fields,
            on=on or today,
            today=today,
        )
    ]
    return _close(service, rows, SuggestionState.VERIFIED, by=by)


@transaction.atomic
def settle_by_decision(*, suggestion: Suggestion, by) -> int:
    """Close the other reports that the decision about this suggestion settles (rules.settled_by_decision); how many."""
    if suggestion.service is None:
        return 0
    reasons = rules.settled_by_decision(
        suggestion.reasons, suggestion.state, from_agent=suggestion.channel == SuggestionChannel.AGENT
    )
    rows = [
        other
        for other in _open_of(suggestion.service)
        if other.pk != suggestion.pk and other.agent_report.reason in reasons
    ]
    return _close(suggestion.service, rows, suggestion.state, by=by, answer=suggestion.answer)


@transaction.atomic
def settle_by_closing(*, service: Service, by) -> int:
    """The team closed the listing for good: every open report is right or without object; how many."""
    return _close(service, _open_of(service), SuggestionState.ACCEPTED, by=by)


def _open_of(service: Service) -> list[Suggestion]:
    """The open reports about a listing, locked, also those that nobody believes any more."""
    rows = Suggestion.objects.select_related("agent_report").select_for_update(of=("self",))
    return list(
        rows.filter(service=service.pk, state=SuggestionState.OPEN, agent_report__isnull=False).order_by("pk")
    )


def _close(service: Service, rows: list[Suggestion], state: str, *, by, answer: str = "") -> int:
    if not rows:
        return 0
    _write(rows, state, by=by, answer=answer)
    audit.record(
        action="reports.settled",
        object_kind="service",
        object_id=str(service.uuid),
        detail={
            "state": str(state),
            "reports": len(rows),
            "reasons": sorted({one.agent_report.reason for one in rows}),
        },
    )
    care.refresh([service.pk])
    return len(rows)


def _write(rows: Iterable[Suggestion], state: str, *, by=None, answer: str = "") -> None:
    """`by`: who decided; the changes say the same as the state."""
    rows, now = list(rows), timezone.now()
    of_a_change = {SuggestionState.ACCEPTED: "accepted"}.get(SuggestionState(state), "refused")
    for one in rows:
        one.state, one.answer = state, answer
        one.decided_at, one.decided_by = now, by
        one.changes = [{**part, "state": of_a_change} for part in one.changes]
    Suggestion.objects.bulk_update(rows, ["state", "answer", "decided_at", "decided_by", "changes"])


def expire(now: datetime | None = None) -> int:
    """Close the reports whose days are over, in chunks; how many. Runs every hour; a second run finds none.

    Nobody believes them from that day on without it (selectors.standing): it says so to the agent and to the team, and
    lets the listing sink in the list.
    """
    today = localdate(now)
    done = 0
    while pks := _over(today):
        with transaction.atomic():
            rows = list(
                Suggestion.objects.select_for_update(of=("self",))
                .filter(pk__in=pks, state=SuggestionState.OPEN)
                .order_by("pk")
            )
            _write(rows, SuggestionState.EXPIRED)
            care.refresh(one.service_id for one in rows if one.service_id is not None)
            audit.record_many(
                [
                    ("suggestion.expired", "suggestion", str(one.uuid), {"channel": str(one.channel)})
                    for one in rows
                ]
            )
        done += len(rows)
    return done


def _over(today: date) -> list[int]:
    rows = AgentReport.objects.filter(suggestion__state=SuggestionState.OPEN)
    return list(rows.exclude(selectors.standing(today)).order_by("pk").values_list("pk", flat=True)[:CHUNK])
