"""Random steps over the desk's real actions and a real database; after each, what must hold of every row is looked at.

600 steps in an ordinary run; 10,000 with THOROUGH=1 (see "Tests" in docs/development.md).
"""

import os
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from outbox.models import Message
from referrals import states
from referrals.actions import calls, follow_ups, orientations, persons, transmitting
from referrals.errors import ReferralError
from referrals.models import (
    AccessRow,
    Call,
    FollowUp,
    IdempotencyKey,
    Need,
    Orientation,
    OrientationEvent,
    Person,
    TransmittedFile,
)
from tests.services import builders as catalogue

from . import builders

pytestmark = pytest.mark.django_db
STEPS = 10_000 if os.environ.get("THOROUGH") else 600
STEPS_OF_A_STORY = 50
STORIES = STEPS // 25  # some steps find nothing to be done with and are not counted

TABLES = (
    Call,
    Person,
    Need,
    Orientation,
    OrientationEvent,
    FollowUp,
    TransmittedFile,
    IdempotencyKey,
    AccessRow,
    Message,
)
TRIED = (
    "give",
    "transmit",
    "answer",
    "read",
    "move to completed",
    "withdraw",
    "set person",
    "done",
    "give: refused",
)
TYPED = {"last_name": "Peeters", "phone": "0470 12 34 56"}
VERSIONED = (Call, Person, Orientation, FollowUp)
NOT_CONTENT = {
    "version",
    "changed_at",
    "last_contact_on",
}  # a day of contact is kept beside whatever else is done

which = st.integers(0, 30)
reasons = st.sampled_from(
    ["", "expired", "full", "deceased", "not_interested", "unreachable", "no such reason"]
)
outcomes = st.sampled_from(["", *sorted(states.OUTCOMES), "no such outcome"])
kinds = st.sampled_from([states.AGENT, states.AGENT, states.COORDINATOR, states.SERVICE, states.SYSTEM])
DONE: Counter[str] = Counter()


def picture() -> dict:
    """Every row of every table, by its key."""
    return {model: {row["id"]: row for row in model._default_manager.values()} for model in TABLES}


class Desk(RuleBasedStateMachine):
    """Two agents, three persons, two services; `story` is what became of each orientation, kept apart from the database."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.last: dict | None = None  # the picture after the step before

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        self.agents = [builders.agent(), builders.agent("bob")]
        self.persons = [builders.person(self.agents[0]).pk for _number in range(3)]
        self.services = [
            catalogue.service("A", email="a@example.org"),
            catalogue.service("B", email="b@example.org"),
            catalogue.service("Fermé", live=False),
        ]
        self.terms = [builders.need_term("food"), builders.need_term("care")]
        self.story: dict[int, list[str]] = {}
        for pk in (None, *self.persons[:2]):
            about = None if pk is None else Person.objects.get(pk=pk)
            call = builders.call(self.agents[0], about=about)
            for term in self.terms:
                need = calls.add_need(call=call, term=term, by=self.agents[0])
                made = orientations.give(need=need, service=self.services[0], by=self.agents[0])
                self.story[made.pk] = [states.REQUESTED]
                if about is not None:
                    given = {"typed": TYPED, "told": [], "agreed": True, "key": uuid4(), "by": self.agents[0]}
                    file = transmitting.transmit(need=need, service=self.services[1], **given)
                    self.story[file.orientation_id] = [states.REQUESTED]

    def attempt(self, name: str, act) -> object | None:
        """Do it. What is refused changes no row; what changed a row that has a version made the version grow."""
        before = self.last or picture()
        try:
            result = act()
        except ReferralError:
            refused = True
        else:
            refused = False
        if refused:
            assert picture() == before, f"{name} was refused and wrote"
            self.last = before
            DONE[f"{name}: refused"] += 1
            return None
        DONE[name] += 1
        after = self.last = picture()
        for model in VERSIONED:
            for pk, row in before[model].items():
                now = after[model][pk]
                changed = {field for field in row if row[field] != now[field]} - NOT_CONTENT
                assert not changed or now["version"] > row["version"], (name, model.__name__, changed)
                assert now["version"] >= row["version"], name
        return result

    def one(self, rows, number: int):
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    # What happens at a desk.

    @rule(person=st.none() | which, who=st.booleans())
    def call(self, person, who) -> None:
        about = None if person is None else Person.objects.get(pk=self.persons[person % 3])
        by = self.agents[who]
        self.attempt("call", lambda: calls.begin(team=builders.fund(), by=by, person=about))

    @rule(number=which, term=st.integers(0, 1))
    def need(self, number, term) -> None:
        call = self.one(Call.objects, number)
        self.attempt("need", lambda: calls.add_need(call=call, term=self.terms[term], by=self.agents[0]))

    @rule(number=which)
    def take_back(self, number) -> None:
        if (need := self.one(Need.objects, number)) is not None and number % 3 == 0:
            self.attempt("take back", lambda: calls.remove_need(need=need, by=self.agents[0]))

    @rule(number=which, to=st.integers(0, 2), who=st.booleans(), days=st.integers(0, 40))
    def give(self, number, to, who, days) -> None:
        if (need := self.one(Need.objects, number)) is None:
            return
        made = self.attempt(
            "give",
            lambda: orientations.give(
                need=need,
                service=self.services[to],
                by=self.agents[who],
                at=timezone.now() - timedelta(days=days) if days else None,
            ),
        )
        if made is not None:
            self.story[made.pk] = [states.REQUESTED]

    @rule(
        number=which,
        to=st.sampled_from(states.STATES),
        by_kind=kinds,
        who=st.booleans(),
        reason=reasons,
        outcome=outcomes,
        barriers=st.sampled_from([None, ["mobility"], ["luck"]]),
        stale=st.sampled_from([None, 0, 0, 1]),
    )
    def move(self, number, to, by_kind, who, reason, outcome, barriers, stale) -> None:
        found = self.one(Orientation.objects, number)
        if found is not None:
            self.change(found, to, by_kind, who, reason, outcome, barriers, stale)

    @rule(
        number=which,
        choice=which,
        who=st.booleans(),
        outcome=st.sampled_from(sorted(states.COMPLETED_OUTCOMES)),
    )
    def move_on(self, number, choice, who, outcome) -> None:
        """A step that the table knows, with what it asks for: most of the random ones are refused."""
        found = self.one(Orientation.objects, number)
        targets = sorted(states.TRANSITIONS[found.state]) if found else []
        if not targets:
            return
        to = targets[choice % len(targets)]
        by_kind = states.AGENT if states.AGENT in states.SET_BY[to] else states.SERVICE
        reason = "full" if to in states.REASON_REQUIRED else ""
        self.change(found, to, by_kind, who, reason, outcome if to == states.COMPLETED else "", None, 0)

    def change(self, found, to, by_kind, who, reason, outcome, barriers, stale) -> None:
        by = self.agents[who] if by_kind in (states.AGENT, states.COORDINATOR) else None
        made = self.attempt(
            f"move to {to}",
            lambda: orientations.move(
                orientation=found,
                to=to,
                by=by,
                by_kind=by_kind,
                version=None if stale is None else found.version - stale,
                reason=reason,
                outcome=outcome,
                barriers=barriers,
            ),
        )
        if made is not None:
            assert not stale
            self.story[found.pk].append(to)

    @rule(number=which, to=st.integers(0, 2), agreed=st.sampled_from([True, True, False]))
    def transmit(self, number, to, agreed) -> None:
        if (need := self.one(Need.objects, number)) is None:
            return
        given = {"typed": TYPED, "told": [], "agreed": agreed, "key": uuid4()}
        file = self.attempt(
            "transmit",
            lambda: transmitting.transmit(need=need, service=self.services[to], by=self.agents[0], **given),
        )
        if file is not None:
            self.story[file.orientation_id] = [states.REQUESTED]

    @rule(
        number=which,
        said=st.sampled_from(transmitting.Answer.values),
        reason=st.sampled_from(["", "full", "full", "deceased"]),
    )
    def answer(self, number, said, reason) -> None:
        """By the service; what it says twice is one answer."""
        if (file := self.one(TransmittedFile.objects, number)) is None:
            return
        of = Orientation.objects.get(pk=file.orientation_id).state
        if self.attempt("answer", lambda: transmitting.answer(file, answer=said, reason=reason)) is not None:
            to = transmitting.LEADS_TO[said]
            if of != to:
                self.story[file.orientation_id].append(to)

    @rule(number=which)
    def read(self, number) -> None:
        if (file := self.one(TransmittedFile.objects, number)) is not None:
            self.attempt("read", lambda: transmitting.opened(file))

    @rule(number=which)
    def withdraw(self, number) -> None:
        need = self.one(Need.objects, number)
        if need is None:
            return
        under_way = list(need.orientations.filter(state__in=states.UNDER_WAY).values_list("pk", flat=True))
        if self.attempt("withdraw", lambda: orientations.withdraw(need=need, by=self.agents[0])) is not None:
            for pk in under_way:
                self.story[pk].append(states.CANCELLED)

    @rule(number=which)
    def oppose(self, number) -> None:
        if number % 5:  # now and then: who objects stays so
            return
        person = Person.objects.get(pk=self.persons[number % 3])
        self.attempt("oppose", lambda: persons.oppose(person=person, by=self.agents[0]))

    @rule(number=which, of=st.none() | which, days=st.integers(1, 9))
    def call_back(self, number, of, days) -> None:
        call = self.one(Call.objects, number)
        need = None if of is None else self.one(Need.objects, of)
        at = timezone.now() + timedelta(days=days)
        self.attempt(
            "call back", lambda: follow_ups.set_call_back(call=call, at=at, by=self.agents[1], need=need)
        )

    @rule(number=which, late=st.booleans())
    def done(self, number, late) -> None:
        if (found := self.one(FollowUp.objects, number)) is not None:
            at = timezone.now() - timedelta(days=2) if late else None
            self.attempt("done", lambda: follow_ups.done(follow_up=found, by=self.agents[0], at=at))

    @rule(number=which, stale=st.integers(0, 1))
    def put_off(self, number, stale) -> None:
        if (found := self.one(FollowUp.objects, number)) is not None:
            at = timezone.now() + timedelta(days=5)
            version = found.version - stale
            self.attempt(
                "put off",
                lambda: follow_ups.move_to(follow_up=found, at=at, by=self.agents[0], version=version),
            )

    @rule(number=which, person=which, stale=st.sampled_from([None, 0, 1]))
    def set_person(self, number, person, stale) -> None:
        call = self.one(Call.objects, number)
        about = Person.objects.get(pk=self.persons[person % 3])
        version = None if stale is None else call.version - stale
        self.attempt(
            "set person",
            lambda: calls.set_person(call=call, person=about, by=self.agents[0], version=version),
        )

    @rule(to=st.booleans())
    def reassign(self, to) -> None:
        mine = FollowUp.objects.filter(assignee=self.agents[not to])
        self.attempt(
            "reassign", lambda: follow_ups.reassign(rows=mine, to=self.agents[to], by=self.agents[to])
        )

    @rule(number=which)
    def close(self, number) -> None:
        if number % 10 == 0:
            call = self.one(Call.objects, number)
            self.attempt("close", lambda: calls.close(call=call, by=self.agents[0]))

    @rule(number=which)
    def a_day_passes(self, number) -> None:
        """From here on its author comes too late to say that it was entered in error."""
        if (found := self.one(Orientation.objects, number)) is not None:
            Orientation.objects.filter(pk=found.pk).update(created_at=found.created_at - timedelta(hours=25))
            self.last = None

    # What must hold.

    def rows(self, model) -> list[dict]:
        if self.last is None:
            self.last = picture()
        return list(self.last[model].values())

    @invariant()
    def every_change_is_a_row_of_the_table(self) -> None:
        for one in self.rows(Orientation):
            events = [row for row in self.rows(OrientationEvent) if row["orientation_id"] == one["id"]]
            events.sort(key=lambda row: row["id"])
            story = self.story[one["id"]]
            assert [event["to"] for event in events] == story
            assert [event["of"] for event in events] == ["", *story[:-1]]
            for event in events[1:]:
                assert event["of"] != states.ENTERED_IN_ERROR
                legal = states.TRANSITIONS[event["of"]] | {states.ENTERED_IN_ERROR}
                assert event["to"] in legal, (event["of"], event["to"])
            assert story[-1] == one["state"]
            if len(events) > 1:
                last = events[-1]
                assert (last["reason"], last["outcome"]) == (one["reason"], one["outcome"])
            assert one["version"] >= len(events)

    @invariant()
    def a_need_is_what_its_orientations_make_of_it(self) -> None:
        for need in self.rows(Need):
            answers = [
                states.Answer(one["state"], one["reason"], one["outcome"])
                for one in self.rows(Orientation)
                if one["need_id"] == need["id"]
            ]
            withdrawn = need["withdrawn_at"] is not None
            assert need["status"] == states.need_status(answers, withdrawn=withdrawn)

    @invariant()
    def what_is_pending_can_be_done_and_nothing_under_way_is_forgotten(self) -> None:
        persons = {row["id"]: row for row in self.rows(Person)}
        needs = {row["id"]: row for row in self.rows(Need)}
        made = {row["id"]: row for row in self.rows(Orientation)}
        expiring = set()
        for row in self.rows(FollowUp):
            if row["kind"] == "expiry" and row["cancelled_at"] is None:
                expiring.add(row["orientation_id"])  # pending, or done by hand
            if row["done_at"] is not None or row["cancelled_at"] is not None:
                continue
            need, orientation = needs.get(row["need_id"]), made.get(row["orientation_id"])
            assert row["kind"] == "expiry" or need is None or need["status"] not in states.CLOSED_NEEDS, row
            assert orientation is None or orientation["state"] not in states.ENDED, row
            if row["kind"] != "expiry":
                about = {row["person_id"], need and need["person_id"]} - {None}
                assert not any(persons[pk]["do_not_contact"] for pk in about), row
        for one in made.values():
            if one["state"] in states.UNDER_WAY:
                assert one["id"] in expiring, one["id"]

    @invariant()
    def a_file_is_there_as_long_as_its_orientation_is_under_way(self) -> None:
        made = {row["id"]: row for row in self.rows(Orientation)}
        for file in self.rows(TransmittedFile):
            state = made[file["orientation_id"]]["state"]
            assert (file["content"] is None) == (state in states.ENDED), state
        for row in self.rows(FollowUp):
            if row["kind"] == "service" and row["done_at"] is row["cancelled_at"] is None:
                assert made[row["orientation_id"]]["state"] in (states.REQUESTED, states.ON_HOLD)

    @invariant()
    def one_call_is_about_one_person(self) -> None:
        of_call = {row["id"]: row["person_id"] for row in self.rows(Call)}
        for one in [*self.rows(Need), *self.rows(Orientation)]:
            assert one["person_id"] == of_call[one["call_id"]]


def test_whatever_is_done_at_the_desk_its_rows_hold_together():
    DONE.clear()
    rounds = 0
    # A story in which little can be done is shorter than it was meant, and one round may leave something out.
    while rounds < 6 and (sum(DONE.values()) < STEPS or not all(DONE[name] for name in TRIED)):
        rounds += 1
        run_state_machine_as_test(
            Desk,
            settings=settings(
                max_examples=STORIES,
                stateful_step_count=STEPS_OF_A_STORY,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    print(sum(DONE.values()), "attempts:", dict(DONE))
    # It went somewhere: calls were made, orientations given and moved, and some of it was refused.
    assert sum(DONE.values()) >= STEPS
    assert not [name for name in TRIED if not DONE[name]]
