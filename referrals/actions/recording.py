"""What became of it: one conversation about a follow-up is written in one transaction, with everything it changes."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from referrals import states
from referrals.codes import FollowUpKind, Reason
from referrals.errors import BadValue, Closed, Outdated
from referrals.holding import hold
from referrals.models import FollowUp, Need, Orientation, Person
from services.codes import SuggestionChannel

from . import follow_ups, orientations, persons, teaching


class Result(models.TextChoices):
    """What the agent learnt; `moves` says what it makes of the orientation."""

    HELPED = "helped", _("Got help")
    PARTLY = "partly", _("Helped in part")
    ELSEWHERE = "elsewhere", _("Sent on elsewhere, and helped there")
    ACCEPTED = "accepted", _("The service has accepted")
    WAITING = "waiting", _("Still waiting: ask again")
    NOT_YET = "not_yet", _("Has not got in touch with the service yet: ask again")
    UNREACHABLE = "unreachable", _("Nobody answered: try again")
    FAILED = "failed", _("It did not work out")
    TALKED = "talked", _("Talked to the person")
    OPPOSED = "opposed", _("Does not want to be called any more")


_COMPLETES = {Result.HELPED: "got_help", Result.PARTLY: "partly", Result.ELSEWHERE: "referred_elsewhere"}
_HEARD = {Result.WAITING: "still_waiting", Result.NOT_YET: "did_not_contact"}  # while it is under way
AGAIN = frozenset({*_HEARD, Result.UNREACHABLE})


def offered(follow_up: FollowUp) -> list[Result]:
    """What may be recorded about this one, by what its orientation's state allows."""
    orientation = follow_up.orientation
    if orientation is None:
        return [Result.TALKED, Result.UNREACHABLE, Result.OPPOSED]
    next_states = states.next_states(orientation.state, states.AGENT)
    found = []
    if states.way(orientation.state, states.COMPLETED, states.AGENT):
        found += [Result.HELPED, Result.PARTLY, Result.ELSEWHERE]
    if states.ACCEPTED in next_states:
        found.append(Result.ACCEPTED)
    found.append(Result.WAITING)
    if orientation.state == states.REQUESTED and follow_up.kind != FollowUpKind.SERVICE:
        found.append(Result.NOT_YET)
    found.append(Result.UNREACHABLE)
    if _failure(orientation.state) in next_states:
        found.append(Result.FAILED)
    if follow_up.person_id and follow_up.kind != FollowUpKind.SERVICE:
        found.append(Result.OPPOSED)
    return found


def _failure(state: str) -> str:
    """What did not work out is "non aboutie"; what a service was only looking into is given up."""
    return states.CANCELLED if state == states.ON_HOLD else states.FAILED


@transaction.atomic
def record(
    *,
    follow_up: FollowUp,
    by,
    result: str,
    version: int | None = None,
    reason: str = "",
    barriers: Iterable[str] = (),
    on: date | None = None,
    again_at: datetime | None = None,
) -> FollowUp:
    """Write it. `on`: the day it was learnt, when that was not today; `again_at`: when it is asked again (AGAIN).

    Raises Closed, Outdated, BadValue ("result", "on", "again_at", "barriers"), IllegalMove; then nothing is written.
    """
    seen = follow_up.orientation.version if follow_up.orientation is not None else None
    if follow_up.need_id:  # in the order of referrals.holding: need, orientations, person, follow-ups
        hold(Need.objects.filter(pk=follow_up.need_id))
    hold(Orientation.objects.filter(pk=follow_up.orientation_id))
    hold(Person.objects.filter(pk=follow_up.person_id))
    hold(follow_ups.with_siblings(follow_up))
    found = FollowUp.objects.select_related("orientation", "need", "person").get(pk=follow_up.pk)
    if not found.is_pending:
        raise Closed("it was done or cancelled before")
    if version is not None and version != found.version:
        raise Outdated(found.version)
    if result not in offered(found):
        raise BadValue("result", "not possible here")
    at = _moment(on, found)
    if result != Result.UNREACHABLE and found.person_id and found.kind != FollowUpKind.SERVICE:
        persons.spoke_with(found.person_id, on=timezone.localdate(at))
    if result in AGAIN:
        if again_at is None or not timezone.now() < again_at < timezone.now() + follow_ups.LATEST:
            raise BadValue("again_at", "a moment to come")
        if found.orientation is not None and list(barriers):
            orientations.meet(found.need, list(barriers))
        if found.orientation is not None and result in _HEARD:
            orientations.hear(orientation=found.orientation, outcome=_HEARD[Result(result)])
        return follow_ups.move_to(follow_up=found, at=again_at, by=by, version=found.version)
    if result == Result.OPPOSED:
        done = follow_ups.done(follow_up=found, by=by, at=at)
        persons.oppose(person=found.person, by=by)
        return done
    done = follow_ups.done(follow_up=found, by=by, at=at)
    if result == Result.TALKED or found.orientation is None:
        return done
    to = states.ACCEPTED if result == Result.ACCEPTED else _failure(found.orientation.state)
    if result in _COMPLETES:
        to = states.COMPLETED
    outcome = _COMPLETES.get(Result(result), "")
    if result == Result.FAILED and found.kind != FollowUpKind.SERVICE:
        outcome = states.heard_of_failure(reason)
    conclude(
        orientation=found.orientation,
        to=to,
        by=by,
        version=seen,
        reason=reason if result == Result.FAILED else "",
        outcome=outcome,
        barriers=barriers,
        at=at,
    )
    return done


@transaction.atomic
def conclude(
    *,
    orientation: Orientation,
    to: str,
    by,
    by_kind: str = states.AGENT,
    version: int | None = None,
    reason: str = "",
    outcome: str = "",
    barriers: Iterable[str] = (),
    at: datetime | None = None,
) -> Orientation:
    """What an agent learnt of an orientation, and what follows from it: its listing's team is told of wrong data, and
    whoever was accepted is asked later. Raises as orientations.move.
    """
    if states.way(orientation.state, to, by_kind)[:-1] == (states.ACCEPTED,):
        orientation = orientations.move(
            orientation=orientation, to=states.ACCEPTED, by=by, by_kind=by_kind, version=version, at=at
        )
        version = orientation.version
    moved = orientations.move(
        orientation=orientation,
        to=to,
        by=by,
        by_kind=by_kind,
        version=version,
        reason=reason,
        outcome=outcome,
        barriers=list(barriers),
        at=at,
    )
    if (
        to in (states.FAILED, states.CANCELLED)
        and reason == Reason.CLOSED_OR_WRONG_DATA
        and moved.service is not None
    ):
        teaching.suspect(
            moved.service,
            said=lambda: gettext("An agent learnt from a person: closed, or our details are wrong."),
            language=by.language or settings.LANGUAGE_CODE,
            channel=SuggestionChannel.AGENT,
        )
    if to == states.ACCEPTED:  # whether it helped is known by the person alone
        follow_ups.ask_again(orientation=moved, by=by)
    return moved


def _moment(on: date | None, follow_up: FollowUp) -> datetime:
    about = follow_up.orientation
    return moment(on, about.created_at if about is not None else follow_up.created_at)


def moment(on: date | None, first: datetime) -> datetime:
    """When it was learnt: now, or on an earlier day, not before `first`. Raises BadValue ("on")."""
    now = timezone.now()
    if on is None or on == timezone.localdate(now):
        return now
    if on > timezone.localdate(now):
        raise BadValue("on", "a day to come")
    if on < timezone.localdate(first):
        raise BadValue("on", "before it was given")
    return max(follow_ups.moment(on), first + timedelta(seconds=1))
