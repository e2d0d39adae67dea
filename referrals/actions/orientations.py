"""Writes about orientations: one is given, and moves from state to state; each change is a row, the need follows.

Whoever writes holds the need's row, so that two who move orientations of one need wait for each other.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from outbox.actions import withdraw as withdraw_messages
from referrals import holding, snapshots, states
from referrals.codes import Barrier, CancelledBecause, ConsentKind, FollowUpKind, Mode
from referrals.errors import BadValue, Closed, ConsentNeeded, IllegalMove, NotListed, Outdated
from referrals.models import (
    Consent,
    FollowUp,
    IdempotencyKey,
    Need,
    Orientation,
    OrientationEvent,
    TransmittedFile,
)
from services.models import Service
from services.rules import is_listed

from . import follow_ups


@transaction.atomic
def give(
    *,
    need: Need,
    service: Service,
    mode: str = Mode.DETAILS_GIVEN,
    by,
    key: UUID | None = None,
    at: datetime | None = None,
    appointment_at: datetime | None = None,
    replaces: Orientation | None = None,
) -> Orientation:
    """Direct a need to a service, with the listing as it is now; its follow-ups are planned with it. A file is sent by
    actions.transmitting, which calls this.

    `key`: of the page, for this act; the same key gives the orientation that is there already. `at`: when it was given,
    if it is noted late. A need that was withdrawn is open again. Raises NotListed, ConsentNeeded (file_transmitted),
    BadValue, Closed (the need was taken back).
    """
    if mode not in Mode.values:
        raise BadValue("mode", f"one of {', '.join(Mode.values)}")
    need = _held(need.pk)
    claim = None
    if key is not None:
        claim, is_new = IdempotencyKey.objects.get_or_create(user=by, key=key, defaults={"act": "give"})
        if not is_new:
            return _given_before(claim, need, (service.uuid, mode, appointment_at))
    holding.person(need.person_id)
    if (
        not is_listed(live=service.live, lifecycle=service.lifecycle)
        or service.lifecycle == "closed_permanently"
    ):
        raise NotListed(str(service.uuid))
    if mode == Mode.FILE_TRANSMITTED and not _may_transmit(need, service):
        raise ConsentNeeded("the person has not agreed that a file is sent to this service")
    now = timezone.now()
    if at is not None and at > now:
        raise BadValue("at", "a moment to come")
    made = Orientation.objects.create(
        need=need,
        call=need.call,
        team_id=need.team_id,
        person_id=need.person_id,
        service=service,
        service_uuid=service.uuid,
        snapshot=snapshots.of(service),
        mode=mode,
        state=states.REQUESTED,
        appointment_at=appointment_at,
        replaces=replaces,
        author=by,
        assignee=by,
        created_at=at or now,
    )
    OrientationEvent.objects.create(
        orientation=made, of="", to=states.REQUESTED, by_kind=states.AGENT, by=by, at=at or now
    )
    if claim is not None:
        claim.object_uuid = made.uuid
        claim.save(update_fields=["object_uuid"])
    if need.withdrawn_at is not None:  # it is wanted again
        need.withdrawn_at = None
        need.save(update_fields=["withdrawn_at"])
    follow_ups.plan(orientation=made)
    settle(need)
    return made


def _held(pk: int) -> Need:
    """The need, held. Raises Closed when it was taken back."""
    need = holding.held(Need.objects.filter(pk=pk).select_related("call")).first()
    if need is None:
        raise Closed("the need was taken back")
    return need


def _given_before(claim: IdempotencyKey, need: Need, asked: tuple) -> Orientation:
    """What the same click gave. `asked`: service, mode, appointment. Raises BadValue when the key was for something else,
    Closed when that was erased.
    """
    made = Orientation.objects.filter(uuid=claim.object_uuid).first() if claim.act == "give" else None
    if claim.act == "give" and made is None:
        raise Closed("what was given has been erased")
    if made is None or (made.need_id, made.service_uuid, made.mode, made.appointment_at) != (need.pk, *asked):
        raise BadValue("key", "it was used for something else")
    return made


def _may_transmit(need: Need, service: Service) -> bool:
    if need.person_id is None:
        return False
    return Consent.objects.filter(
        person=need.person_id, kind=ConsentKind.TRANSMIT, service_uuid=service.uuid, withdrawn_at=None
    ).exists()


@transaction.atomic
def move(
    *,
    orientation: Orientation,
    to: str,
    by=None,
    by_kind: str = states.AGENT,
    version: int | None = None,
    reason: str = "",
    outcome: str = "",
    barriers: list[str] | None = None,
    at: datetime | None = None,
) -> Orientation:
    """Change the state. `by_kind`: states.AGENT, COORDINATOR, SERVICE, SYSTEM; the last two need no `by`.

    `version`: the one that was read. `barriers`: codes met by the person, added to the need's. Late recording: `at`.
    Raises IllegalMove (nothing is written), Outdated when somebody was quicker, BadValue, Closed when it was erased.
    """
    need = _held(orientation.need_id)
    found = holding.held(Orientation.objects.filter(pk=orientation.pk)).first()
    if found is None:
        raise Closed("the orientation was erased")
    holding.person(found.person_id)
    if version is not None and version != found.version:
        raise Outdated(found.version)
    now = timezone.now()
    if at is not None and at > now:
        raise BadValue("at", "a moment to come")
    made = found.created_at
    if to == states.ENTERED_IN_ERROR:
        # Counted from when it was noted, which may be later than when it was given.
        made = found.events.order_by("pk").values_list("recorded_at", flat=True).first() or made
    refusal = states.refusal(
        states.Move(
            of=found.state,
            to=to,
            by=by_kind,
            reason=reason,
            outcome=outcome,
            hours=(now - made).total_seconds() / 3600,
            author=by is not None and by.pk == found.author_id,
        )
    )
    if refusal is not None:
        raise IllegalMove(refusal.code, refusal.field, found.state, to)
    OrientationEvent.objects.create(
        orientation=found,
        of=found.state,
        to=to,
        by_kind=by_kind,
        by=by,
        reason=reason,
        outcome=outcome,
        at=at or now,
    )
    if reason == states.EXPIRED:
        outcome = outcome or found.outcome  # what was heard last is still what is known
    found.state, found.reason, found.outcome = to, reason, outcome
    found.version += 1
    found.save(update_fields=["state", "reason", "outcome", "version", "changed_at"])
    meet(need, barriers or [])
    pending = FollowUp.objects.filter(orientation=found)
    if to in states.ENDED:
        follow_ups.cancel(pending, because=CancelledBecause.ORIENTATION_ENDED, at=now)
        # Nobody reads any more what was only for this, nor hears of it.
        withdraw_messages(about_kind="orientation", about_ids=[found.uuid])
        TransmittedFile.objects.filter(orientation=found).update(content=None)
    elif to != states.ON_HOLD:  # the service has said yes: it is not reminded
        service = pending.filter(kind=FollowUpKind.SERVICE)
        follow_ups.cancel(service, because=CancelledBecause.ANSWERED, at=now)
    settle(need)
    return found


def hear(*, orientation: Orientation, outcome: str) -> None:
    """What the person says of it while it stays under way; in the caller's transaction, which holds the need and it."""
    Orientation.objects.filter(pk=orientation.pk).update(outcome=outcome, version=F("version") + 1)
    settle(orientation.need)


def meet(need: Need, barriers: list[str]) -> None:
    """Add barriers the person met to the need's, in the caller's transaction. Raises BadValue."""
    wrong = [code for code in barriers if code not in Barrier.values]
    if wrong:
        raise BadValue("barriers", f"{wrong[0][:40]!r} is not known")
    found = list(dict.fromkeys([*need.barriers, *barriers]))
    if found != need.barriers:
        need.barriers = found
        need.save(update_fields=["barriers"])


def settle(need: Need) -> str:
    """Compute the need's status and outcome from its orientations; closing it cancels what is pending, in this transaction."""
    rows = need.orientations.order_by("pk").values_list("state", "reason", "outcome")
    answers = [states.Answer(*row) for row in rows]
    status = states.need_status(answers, withdrawn=need.withdrawn_at is not None)
    was_closed = need.status in states.CLOSED_NEEDS
    outcome = states.need_outcome(answers)
    if (status, outcome) != (need.status, need.outcome):
        need.status, need.outcome = status, outcome
        need.save(update_fields=["status", "outcome"])
    if status in states.CLOSED_NEEDS:
        # What is under way still ends by itself one day: without that nothing would ever end it, nor free the file.
        follow_ups.cancel(
            FollowUp.objects.filter(need=need).exclude(kind=FollowUpKind.EXPIRY),
            because=CancelledBecause.NEED_CLOSED,
            at=timezone.now(),
        )
    elif was_closed:
        # The help that closed it was entered in error, or it is wanted again: what is under way is looked after again.
        for one in need.orientations.filter(state__in=states.UNDER_WAY):
            follow_ups.plan(orientation=one, missing_only=True)
    return status


@transaction.atomic
def withdraw(*, need: Need, by) -> Need:
    """The person does not need it any more: the need is closed, what is under way is cancelled. Twice is once.

    Raises Closed when help came, or the need was taken back.
    """
    need = _held(need.pk)
    if need.status in (states.SATISFIED, states.PARTLY):
        raise Closed("help came")
    need.withdrawn_at = need.withdrawn_at or timezone.now()
    need.save(update_fields=["withdrawn_at"])
    for one in need.orientations.filter(state__in=states.UNDER_WAY):
        move(orientation=one, to=states.CANCELLED, by=by, reason="not_interested")
    need.refresh_from_db()
    settle(need)
    return need
