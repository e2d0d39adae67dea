"""One records what became of it while another ends it: in a process of its own, like tests.referrals.crowd."""

import json
import uuid
from datetime import timedelta

from django.utils import timezone

from outbox.models import Message
from referrals import states
from referrals.actions import calls, details, orientations, persons, recording
from referrals.models import FollowUp, Orientation

from . import builders
from .crowd import at_once

FINE = {"Closed", "Outdated", "IllegalMove", "BadValue"}  # what the one who came second may be told


def _due(by) -> FollowUp:
    given = builders.orientation(by)
    Orientation.objects.filter(pk=given.pk).update(created_at=timezone.now() - timedelta(days=5))
    details.send_details(
        orientation=given, channel="sms", recipient="0470 99 88 77", language="fr", key=uuid.uuid4(), by=by
    )
    return FollowUp.objects.get(orientation=given, kind="person")


def _record(one: FollowUp, by, result: str):
    return lambda: recording.record(follow_up=one, by=by, result=result, version=one.version)


def ending(what: str, rounds: int) -> None:
    """`what`: need, call, opposition or orientation. Tells what was wrong in some round, nothing when it was right."""
    ada, bob = builders.agent("ada"), builders.agent("bob")
    wrong: list[str] = []
    for _round in range(rounds):
        one = _due(ada)
        end = {
            "need": lambda one=one: orientations.withdraw(need=one.need, by=bob),
            "call": lambda one=one: calls.close(call=one.need.call, by=bob),
            "opposition": lambda one=one: persons.oppose(person=one.person, by=bob),
            "orientation": lambda one=one: orientations.move(
                orientation=one.orientation, to=states.FAILED, by=bob, reason="full"
            ),
        }[what]
        found = at_once([_record(one, ada, "helped"), end])
        wrong += [
            type(error).__name__
            for error in found
            if isinstance(error, Exception) and type(error).__name__ not in FINE
        ]
        wrong += _contradictions(one, what, recorded=not isinstance(found[0], Exception))
    print(json.dumps(wrong))


def _contradictions(one: FollowUp, what: str, *, recorded: bool) -> list[str]:
    one = FollowUp.objects.select_related("orientation", "need", "person").get(pk=one.pk)
    said = []
    if recorded != (one.done_at is not None):
        said.append("what was said to be recorded is not, or the other way round")
    if recorded and one.orientation.state != states.COMPLETED and what != "orientation":
        said.append(f"recorded as helped, and it is {one.orientation.state}")
    if one.orientation.events.order_by("pk").last().to != one.orientation.state:
        said.append("the last event is another state")
    ended = one.need.status in states.CLOSED_NEEDS or what == "opposition"
    pending = FollowUp.objects.filter(need=one.need, done_at=None, cancelled_at=None)
    if ended and pending.exclude(kind="expiry").exists():
        said.append("something is still to be done")
    if what == "opposition" and not one.person.do_not_contact:
        said.append("the objection is lost")
    if ended and Message.objects.filter(about_id=one.orientation.uuid, state="queued").exists():
        said.append("a message is still to be sent")
    return said
