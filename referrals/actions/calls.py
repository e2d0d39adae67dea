"""Writes about a call: it is begun, kept as it is typed, given a person, needs, and closed."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import Team
from audit.actor import acting
from outbox.actions import withdraw as withdraw_messages
from referrals import access, holding, situation, states
from referrals.codes import AccessAction, CancelledBecause, Direction, FollowUpKind, Urgency
from referrals.contact import may_be_contacted
from referrals.errors import BadValue, Closed, Outdated
from referrals.models import Call, FollowUp, Need, Orientation, Person, TransmittedFile
from referrals.own_data import KIND
from referrals.texts import checked
from services.models import TaxonomyTerm

from . import follow_ups
from .persons import spoke_with, unsend

EARLIEST = timedelta(days=366)  # a call of longer ago is not noted any more: its figures have been read


@transaction.atomic
def begin(
    *,
    team: Team,
    by,
    direction: str = Direction.OUTGOING,
    person: Person | None = None,
    at: datetime | None = None,
) -> Call:
    """A call of this agent that is under way; with a person, their situation is known from the start.

    `at`: when it began, if it is noted late. Raises BadValue ("direction"; "at": to come, or before EARLIEST), Closed.
    """
    if direction not in Direction.values:
        raise BadValue("direction", f"one of {', '.join(Direction.values)}")
    now = timezone.now()
    if at is not None and not now - EARLIEST < at <= now:
        raise BadValue("at", "to come, or too long ago")
    known = {} if person is None else situation.of(holding.living(person.pk))
    return Call.objects.create(
        team=team,
        agent=by,
        person=person,
        direction=direction,
        started_at=at or now,
        situation=known,
        bassin=situation.bassin_of(known),
    )


@transaction.atomic
def keep(*, call: Call, by, version: int | None = None, **values: Any) -> Call:
    """Keep what was typed so far: `note`, `situation`, `direction`. `version`: the one the page has read.

    Raises Outdated when another page has written meanwhile, Closed, BadValue, NationalNumber; then nothing is written.
    """
    call = _open(call)
    if version is not None and version != call.version:
        raise Outdated(call.version)
    if "note" in values:
        call.note = checked("note", values["note"])
    if "situation" in values:
        before, call.situation = call.situation, situation.clean(values["situation"])
        if call.situation != before:
            call.bassin = situation.bassin_of(call.situation)
            if call.person_id:
                _learn(call)
    if "direction" in values:
        if values["direction"] not in Direction.values:
            raise BadValue("direction", f"one of {', '.join(Direction.values)}")
        call.direction = values["direction"]
    call.version += 1
    call.save(update_fields=["note", "situation", "bassin", "direction", "version"])
    return call


def _learn(call: Call) -> None:
    """What is newly heard of the situation goes into the person's file; what is not said in this call stays there."""
    person, heard = holding.person(call.person_id), situation.lasting(call.situation)
    changed = {name: value for name, value in heard.items() if getattr(person, name) != value}
    if changed:
        Person.objects.filter(pk=call.person_id).update(**changed, version=F("version") + 1)


def _open(call: Call) -> Call:
    """The call, locked. Raises Closed."""
    call = holding.held(Call.objects.filter(pk=call.pk)).get()
    if call.ended_at is not None:
        raise Closed("the call has ended")
    return call


@transaction.atomic
def set_person(*, call: Call, person: Person, by, version: int | None = None) -> Call:
    """Say who is on the phone: what was noted so far is about that person. `version`: of the call, as it was read.

    Raises Closed (also: the file was merged or erased), Outdated when somebody else has changed the call since, BadValue ("person": a service has a file about
    somebody else, who agreed to it; it is taken back first).
    """
    call = _open(call)
    if version is not None and version != call.version:
        raise Outdated(call.version)
    needs = holding.hold(Need.objects.filter(call=call))
    orientations = holding.hold(Orientation.objects.filter(call=call))
    files = TransmittedFile.objects.filter(orientation__in=orientations, content__isnull=False)
    if files.exclude(orientation__person=person).exists():
        raise BadValue("person", "a file about somebody else was sent in this call")
    living = holding.living(person.pk)
    if call.person_id not in (None, person.pk):  # what waits to be sent is for somebody else
        withdraw_messages(
            about_kind="orientation",
            about_ids=Orientation.objects.filter(pk__in=orientations).values_list("uuid", flat=True),
            kind=KIND,
        )
    Call.objects.filter(pk=call.pk).update(person=person, version=F("version") + 1)
    Need.objects.filter(pk__in=needs).update(person=person)
    Orientation.objects.filter(pk__in=orientations).exclude(person=person).update(
        person=person, version=F("version") + 1
    )
    # Call-backs of a need go with it; one about no need is the person's that it was made for.
    noted = holding.hold(
        FollowUp.objects.filter(
            Q(orientation__in=orientations) | Q(need__in=needs) | Q(declined__in=orientations)
        )
    )
    FollowUp.objects.filter(pk__in=noted).exclude(person=person).update(
        person=person, version=F("version") + 1
    )
    if not may_be_contacted(living):
        theirs = FollowUp.objects.filter(pk__in=noted).exclude(kind=FollowUpKind.EXPIRY)
        if not living.do_not_contact:  # what concerns the services goes on
            theirs = theirs.exclude(kind=FollowUpKind.SERVICE)
        follow_ups.cancel(theirs, because=CancelledBecause.OPPOSITION, at=timezone.now())
        unsend([person.pk])
    for orientation in Orientation.objects.filter(pk__in=orientations, state__in=states.UNDER_WAY):
        if orientation.need.status not in states.CLOSED_NEEDS:
            follow_ups.plan(orientation=orientation, missing_only=True)
    spoke_with(person.pk, on=localdate(call.happened_at(timezone.now())))
    call.refresh_from_db()
    if call.situation:
        _learn(call)
    with acting(by):
        access.note(action=AccessAction.VIEW, kind="person", uuid=person.uuid, team=call.team_id)
    return call


@transaction.atomic
def add_need(*, call: Call, term: TaxonomyTerm, by, urgency: str = "", note: str | None = None) -> Need:
    """Note a need; the same once more in this call is the one that is there. Raises Closed, BadValue, NationalNumber."""
    call = _open(call)
    if term.taxonomy != "need" or term.retired:
        raise BadValue("need", "no need of the list")
    if urgency and urgency not in Urgency.values:
        raise BadValue("urgency", f"one of {', '.join(Urgency.values)}")
    text = checked("note", note)
    found = Need.objects.filter(call=call, term=term).first()
    if found is not None:
        return found
    return Need.objects.create(
        call=call,
        team=call.team,
        person=call.person,
        term=term,
        urgency=urgency,
        note=text,
        sort_order=Need.objects.filter(call=call).count(),
    )


@transaction.atomic
def remove_need(*, need: Need, by) -> None:
    """Take back a need of an open call that nothing was done about. Raises Closed."""
    _open(need.call)
    if not holding.hold(Need.objects.filter(pk=need.pk)):
        return  # somebody else has
    if Orientation.objects.filter(need=need).exists():
        raise Closed("an orientation was given for it")
    need.delete()


@transaction.atomic
def close(*, call: Call, by) -> Call:
    """End the call; one that is noted late ended when it began, as far as anybody knows. Twice is once."""
    call = holding.held(Call.objects.filter(pk=call.pk)).get()
    if call.ended_at is None:
        now = timezone.now()
        call.ended_at = call.happened_at(now) or now
        call.version += 1
        call.save(update_fields=["ended_at", "version"])
        if call.person_id:
            spoke_with(call.person_id, on=localdate(call.ended_at))
    return call


@transaction.atomic
def reopen(*, call: Call, by) -> Call:
    """Something was forgotten: the call can be written in again, until it is closed. Twice is once."""
    call = holding.held(Call.objects.filter(pk=call.pk)).get()
    if call.ended_at is not None:
        call.ended_at = None
        call.version += 1
        call.save(update_fields=["ended_at", "version"])
    return call
