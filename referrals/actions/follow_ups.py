"""Writes about what is due: planned with an orientation, set by hand, done, cancelled, handed to somebody else."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit.actions import record
from audit.actor import acting
from referrals import holding, states, waiting
from referrals.codes import CancelledBecause, FollowUpKind
from referrals.contact import may_be_contacted
from referrals.errors import BadValue, Closed, DoNotContact, Outdated
from referrals.models import Call, FollowUp, Need, Orientation
from referrals.models.call import NOTED_LATE
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS

AT = time(10, 0)  # Europe/Brussels; a plan says a day, the list of the day wants an hour


LATEST = timedelta(days=730)  # nothing is planned for later


def _within(at: datetime) -> None:
    if at > timezone.now() + LATEST:
        raise BadValue("at", "too far ahead")


def moment(day) -> datetime:
    """AT on this day, in local time."""
    return timezone.make_aware(datetime.combine(day, AT))


def plan(*, orientation: Orientation, missing_only: bool = False) -> list[FollowUp]:
    """What an orientation asks for later; in the caller's transaction. Nobody who objects is called.

    `missing_only`: of what was planned before, nothing again (a person who becomes known after the orientation).
    """
    # Nobody is asked before the appointment how it was; what is noted late is asked about from today on.
    on = timezone.localdate(max(filter(None, (orientation.created_at, orientation.appointment_at))))
    days = waiting.waits_of(settings.FOLLOW_UP_DAYS)[waiting.PERSON]
    on = max(on, timezone.localdate() - timedelta(days=days))
    due = waiting.plan(orientation.mode, on, lambda day: day in BELGIAN_HOLIDAYS, settings.FOLLOW_UP_DAYS)
    person = holding.person(orientation.person_id)
    if person is None:
        # Without somebody to ask there is nobody to call; the orientation expires by itself.
        due = [one for one in due if one.kind != waiting.PERSON]
    elif not may_be_contacted(person):
        due = [one for one in due if one.kind == waiting.EXPIRY]
    if missing_only:
        # What was cancelled for a reason that holds no longer (the need is open again, it is about another person) is due.
        there = set(
            orientation.follow_ups.exclude(
                cancelled_because__in=[CancelledBecause.NEED_CLOSED, CancelledBecause.OPPOSITION]
            ).values_list("kind", flat=True)
        )
        due = [one for one in due if one.kind not in there]
    return FollowUp.objects.bulk_create(
        FollowUp(
            team_id=orientation.team_id,
            kind=one.kind,
            person_id=orientation.person_id,
            need_id=orientation.need_id,
            orientation=orientation,
            assignee_id=orientation.assignee_id,
            due_at=moment(one.on),
        )
        for one in due
    )


@transaction.atomic
def set_call_back(*, call, at: datetime, by, need=None) -> FollowUp:
    """Call this person back then; one that is pending for this person and need is replaced.

    Raises Closed (the need is closed, or nobody is known), BadValue (a need of another call, `at` after LATEST),
    DoNotContact.
    """
    _within(at)
    call = holding.held(Call.objects.filter(pk=call.pk)).get()
    if need is not None:
        need = holding.held(Need.objects.filter(pk=need.pk)).first()
        if need is None or need.status in states.CLOSED_NEEDS:
            raise Closed("the need is closed")
        if need.call_id != call.pk:
            raise BadValue("need", "it was noted in another call")
    person = holding.person(call.person_id)
    if person is None:
        raise Closed("nobody is known to call back: give the call a person first")
    if not may_be_contacted(person):
        raise DoNotContact
    pending = FollowUp.objects.filter(
        person=call.person_id,
        need=need,
        kind=FollowUpKind.CALL_BACK,
        declined=None,  # that a service declined stays to be told
        done_at=None,
        cancelled_at=None,
    )
    cancel(pending, because=CancelledBecause.REPLACED, at=timezone.now())
    return FollowUp.objects.create(
        team_id=call.team_id,
        kind=FollowUpKind.CALL_BACK,
        person_id=call.person_id,
        need=need,
        assignee=by,
        due_at=at,
    )


def cancel(rows: QuerySet[FollowUp], *, because: str, at: datetime) -> int:
    """Cancel what of these is pending; in the caller's transaction. Returns how many."""
    pending = holding.hold(rows.filter(done_at=None, cancelled_at=None))
    return FollowUp.objects.filter(pk__in=pending).update(
        cancelled_at=at, cancelled_because=because, version=F("version") + 1
    )


@transaction.atomic
def ask_again(*, orientation: Orientation, by) -> FollowUp | None:
    """Ask the person once more, as long from now as after an orientation; None when nobody may be asked, or will be already."""
    person = holding.person(orientation.person_id)
    waiting_already = orientation.follow_ups.filter(kind=FollowUpKind.PERSON, done_at=None, cancelled_at=None)
    if person is None or waiting_already.exists() or not may_be_contacted(person):
        return None
    day = timezone.localdate() + timedelta(days=waiting.waits_of(settings.FOLLOW_UP_DAYS)[waiting.PERSON])
    made = FollowUp.objects.create(
        team_id=orientation.team_id,
        kind=FollowUpKind.PERSON,
        person_id=orientation.person_id,
        need_id=orientation.need_id,
        orientation=orientation,
        assignee=by,
        due_at=moment(waiting.working_day(day, lambda one: one in BELGIAN_HOLIDAYS)),
    )
    _let_go_later(orientation.pk, made.due_at)
    return made


def _let_go_later(orientation: int, asked: datetime) -> None:
    """What is asked at this moment does not end by itself before the answer can be known."""
    until = moment(timezone.localdate(asked + waiting.left_after_asking(settings.FOLLOW_UP_DAYS)))
    FollowUp.objects.filter(
        orientation=orientation, kind=FollowUpKind.EXPIRY, done_at=None, cancelled_at=None, due_at__lt=until
    ).update(due_at=until, version=F("version") + 1)


def with_siblings(follow_up: FollowUp) -> QuerySet[FollowUp]:
    """It, and what is pending about the same orientation: held together, in one order."""
    found = Q(pk=follow_up.pk)
    if follow_up.orientation_id is not None:
        found |= Q(orientation=follow_up.orientation_id, done_at=None, cancelled_at=None)
    return FollowUp.objects.filter(found)


def _pending(follow_up: FollowUp) -> FollowUp:
    """It, held. Raises Closed when it was done, cancelled or erased before."""
    holding.hold(with_siblings(follow_up))
    found = FollowUp.objects.filter(pk=follow_up.pk).first()
    if found is None or not found.is_pending:
        raise Closed("it was done or cancelled before")
    return found


@transaction.atomic
def done(*, follow_up: FollowUp, by, at: datetime | None = None) -> FollowUp:
    """It was done, now or (late recording) at `at`. Raises Closed when it was done or cancelled before."""
    found = _pending(follow_up)
    found.done_at, found.done_by = at or timezone.now(), by
    found.version += 1
    found.save(update_fields=["done_at", "done_by", "version"])
    return found


@transaction.atomic
def move_to(*, follow_up: FollowUp, at: datetime, by, version: int | None = None) -> FollowUp:
    """Another moment; when the person is asked later, the orientation expires later. Raises Closed, Outdated, BadValue
    ("at": after LATEST).
    """
    _within(at)
    found = _pending(follow_up)
    if version is not None and version != found.version:
        raise Outdated(found.version)
    found.due_at = at
    found.version += 1
    found.save(update_fields=["due_at", "version"])
    if found.orientation_id is not None and found.kind != FollowUpKind.EXPIRY:
        _let_go_later(found.orientation_id, at)
    return found


@transaction.atomic
def reassign(*, rows: QuerySet[FollowUp], to, by) -> int:
    """Give what of these is pending to another agent, and the orientations it is about. Returns how many."""
    pending = rows.filter(done_at=None, cancelled_at=None)
    about = Orientation.objects.filter(
        pk__in=list(pending.exclude(orientation=None).values_list("orientation", flat=True))
    )
    Orientation.objects.filter(pk__in=holding.hold(about)).exclude(assignee=to).update(
        assignee=to, version=F("version") + 1
    )
    return FollowUp.objects.filter(pk__in=holding.hold(pending)).update(assignee=to, version=F("version") + 1)


@transaction.atomic
def hand_over(*, team, of, to, by) -> int:
    """Give all that is pending for one agent of a team to another, and what is under way without anything pending. Calls
    that they left open are closed: they stay theirs.

    Returns how many follow-ups went. Leaves an audit entry with the count.
    """
    now = timezone.now()
    left_open = Call.objects.filter(team=team, agent=of, ended_at=None, started_at__lt=now - NOTED_LATE)
    Call.objects.filter(pk__in=holding.hold(left_open)).update(
        ended_at=F("started_at"), version=F("version") + 1
    )
    under_way = Orientation.objects.filter(team=team, assignee=of, state__in=states.UNDER_WAY)
    Orientation.objects.filter(pk__in=holding.hold(under_way)).update(assignee=to, version=F("version") + 1)
    count = reassign(rows=FollowUp.objects.filter(team=team, assignee=of), to=to, by=by)
    with acting(by):
        record(
            action="follow_ups.handed_over",
            object_kind="user",
            object_id=str(of.pk),
            detail={"to": to.pk, "team": team.code, "count": count},
        )
    return count
