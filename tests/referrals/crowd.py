"""Many agents at the same moment, run in a process of its own against a database that all its threads share.

`python -c "… from tests.referrals import crowd; crowd.move_the_same()"`: what came of it is printed as JSON.
"""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable

from django.db import connection

from referrals import states
from referrals.actions import calls, follow_ups, orientations, persons
from referrals.errors import ReferralError
from referrals.models import Call, FollowUp, IdempotencyKey, Need, Orientation, OrientationEvent, Person

from . import builders


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each gave, or the exception it raised; they begin together."""
    gate, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(timeout=120)
            found[number] = acts[number]()
        except Exception as error:  # every failure is told
            found[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def told(found: list[object]) -> dict[str, int]:
    return dict(Counter(type(one).__name__ for one in found))


def tell(**values) -> None:
    print(json.dumps(values))


def pending() -> list[str]:
    return sorted(FollowUp.objects.filter(done_at=None, cancelled_at=None).values_list("kind", flat=True))


def move_the_same(agents: int) -> None:
    users = [builders.agent(f"agent{number}") for number in range(agents)]
    made = builders.orientation(users[0])
    found = at_once(
        [
            lambda by=by: orientations.move(orientation=made, to=states.ACCEPTED, by=by, version=1)
            for by in users
        ]
    )
    made.refresh_from_db()
    tell(told=told(found), state=made.state, version=made.version, rows=OrientationEvent.objects.count())


def click_twice(clicks: int) -> None:
    ada, key = builders.agent(), uuid.uuid4()
    need, service = builders.need(ada, about=builders.person(ada)), builders.catalogue.service()
    found = at_once([lambda: orientations.give(need=need, service=service, by=ada, key=key)] * clicks)
    tell(
        told=told(found),
        different=len({getattr(one, "pk", None) for one in found}),
        orientations=Orientation.objects.count(),
        keys=IdempotencyKey.objects.count(),
        rows=OrientationEvent.objects.count(),
        pending=pending(),
    )


def one_key_for_two_needs(clicks: int) -> None:
    """A page that is wrong: the same key for each need. One is given, the others are refused by name."""
    ada, key = builders.agent(), uuid.uuid4()
    service, needs = builders.catalogue.service(), [builders.need(ada) for _number in range(clicks)]
    found = at_once(
        [lambda need=need: orientations.give(need=need, service=service, by=ada, key=key) for need in needs]
    )
    tell(told=told(found), orientations=Orientation.objects.count())


def note_the_same_need(clicks: int) -> None:
    ada = builders.agent()
    call, term = builders.call(ada), builders.need_term()
    found = at_once([lambda: calls.add_need(call=call, term=term, by=ada)] * clicks)
    tell(told=told(found), needs=Need.objects.count())


def say_who_it_is(agents: int) -> None:
    """Agents say who is on the phone, all having read the same version, while orientations are given."""
    users = [builders.agent(f"agent{number}") for number in range(agents)]
    need, service = builders.need(users[0]), builders.catalogue.service()
    about = [builders.person(users[0]) for _user in users]
    acts: list[Callable[[], object]] = []
    for by, person in zip(users, about, strict=True):
        acts.append(
            lambda by=by, person=person: calls.set_person(call=need.call, person=person, by=by, version=1)
        )
        acts.append(lambda by=by: orientations.give(need=need, service=service, by=by))
    found = at_once(acts)
    chosen = Call.objects.get().person_id
    tell(
        told=told(found),
        known=chosen is not None,
        others=Need.objects.exclude(person=chosen).count()
        + Orientation.objects.exclude(person=chosen).count()
        + FollowUp.objects.exclude(person=chosen).count(),
        doubled=FollowUp.objects.count() - FollowUp.objects.values("orientation", "kind").distinct().count(),
        asked=FollowUp.objects.filter(kind="person").values("orientation").distinct().count(),
    )


def object_meanwhile(rounds: int) -> None:
    """The person objects while orientations are given and call-backs set: nothing is left by which they are contacted."""
    ada, service = builders.agent(), builders.catalogue.service()
    errors, left, expiring = Counter(), 0, 0
    for _round in range(rounds):
        person = builders.person(ada)
        needs = [builders.need(ada, about=person, code=code) for code in ("food", "care", "home")]
        acts = [lambda need=need: orientations.give(need=need, service=service, by=ada) for need in needs]
        acts += [
            lambda need=need: follow_ups.set_call_back(call=need.call, at=builders.now(), by=ada)
            for need in needs
        ]
        acts.insert(3, lambda person=person: persons.oppose(person=Person.objects.get(pk=person.pk), by=ada))
        errors.update(
            type(one).__name__
            for one in at_once(acts)
            if isinstance(one, Exception) and type(one).__name__ != "DoNotContact"
        )
        open_rows = FollowUp.objects.filter(person=person, done_at=None, cancelled_at=None)
        left += open_rows.exclude(kind="expiry").count()
        expiring += open_rows.filter(kind="expiry").count()
    tell(errors=dict(errors), left=left, expiring=expiring)


def everything_at_once(rounds: int) -> None:
    """Each kind of write over the same call at the same moment: nobody waits for ever, nothing fails but by refusal."""
    ada, bob, service = builders.agent(), builders.agent("bob"), builders.catalogue.service()
    errors, wrong = Counter(), 0
    for _round in range(rounds):
        call = builders.call(ada, about=builders.person(ada))
        one, two = (builders.need(ada, of=call, code=code) for code in ("food", "care"))
        made, other = (orientations.give(need=need, service=service, by=ada) for need in (one, one))
        person, mine = builders.person(bob), FollowUp.objects.filter(team=call.team_id, assignee=ada)
        found = at_once(
            [
                lambda call=call, person=person: calls.set_person(call=call, person=person, by=bob),
                lambda person=person: persons.oppose(person=person, by=bob),
                lambda made=made: orientations.move(
                    orientation=made, to=states.COMPLETED, by=ada, outcome="got_help"
                ),
                lambda other=other: orientations.move(
                    orientation=other, to=states.FAILED, by=bob, reason="full"
                ),
                lambda one=one: orientations.withdraw(need=one, by=ada),
                lambda two=two: calls.remove_need(need=two, by=ada),
                lambda two=two: orientations.give(need=two, service=service, by=bob),
                lambda mine=mine: follow_ups.reassign(rows=mine, to=bob, by=bob),
                lambda call=call: follow_ups.set_call_back(call=call, at=builders.now(), by=bob),
                lambda call=call: calls.close(call=call, by=ada),
            ]
        )
        errors.update(
            f"{type(one).__name__}: {one}"
            for one in found
            if isinstance(one, Exception) and not isinstance(one, ReferralError)
        )
        for need in Need.objects.filter(call=call):
            answers = [
                states.Answer(*row) for row in need.orientations.values_list("state", "reason", "outcome")
            ]
            wrong += need.status != states.need_status(answers, withdrawn=need.withdrawn_at is not None)
    open_rows = FollowUp.objects.filter(done_at=None, cancelled_at=None)
    wrong += open_rows.filter(need__status__in=states.CLOSED_NEEDS).count()
    wrong += open_rows.filter(orientation__state__in=states.ENDED).count()
    wrong += open_rows.exclude(kind="expiry").filter(person__do_not_contact=True).count()
    tell(errors=dict(errors), wrong=wrong)
