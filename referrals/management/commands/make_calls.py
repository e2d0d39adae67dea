"""manage.py make_calls N: N invented calls of the last months with what follows from them, to look at figures and measure."""

import random
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Team, User
from referrals import references, states
from referrals.codes import AgeBand, Barrier, Direction, FollowUpKind, Mode
from referrals.models import Call, FollowUp, Need, Orientation, OrientationEvent, Person
from referrals.situation import bassin_of
from services.models import Service, TaxonomyTerm

# How often each end is met, in percent: (state, reason, outcome, status of the need).
ENDS = (
    (38, states.COMPLETED, "", "got_help", states.SATISFIED),
    (12, states.COMPLETED, "", "partly", states.PARTLY),
    (8, states.FAILED, "did_not_come", "did_not_contact", states.UNSATISFIED),
    (9, states.FAILED, "full", "no_help", states.UNSATISFIED),
    (5, states.REJECTED, "not_eligible", "", states.UNSATISFIED),
    (8, states.CANCELLED, states.EXPIRED, "unknown", states.UNSATISFIED),
    (20, states.REQUESTED, "", "", states.ORIENTED),
)
POSTCODES = (
    "1000",
    "1020",
    "1030",
    "1050",
    "1060",
    "1070",
    "1080",
    "1090",
    "1190",
    "1200",
    "4000",
    "6000",
    "9000",
    "2000",
)
BATCH = 2000


class Command(BaseCommand):
    help = "Writes invented calls, needs, orientations and follow-ups for one team. Not where real ones are."

    def add_arguments(self, parser) -> None:
        parser.add_argument("count", type=int)
        parser.add_argument("--team", default="", help="code; else the first fund")
        parser.add_argument("--months", type=int, default=18)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--force", action="store_true", help="also where the site is no demonstration")

    def handle(self, *args, count: int, team: str, months: int, seed: int, force: bool, **options) -> None:
        if not (settings.DEMONSTRATION or force):
            raise CommandError("these are invented persons: --force puts them among the real ones")
        teams = Team.objects.filter(code=team) if team else Team.objects.filter(kind="fund")
        found = teams.order_by("pk").first()
        if found is None:
            raise CommandError(f"there is no team {team!r}" if team else "there is no fund yet")
        agents = list(User.objects.filter(memberships__team=found, memberships__role="agent").distinct())
        services = list(Service.objects.filter(live=True).order_by("pk")[:500])
        terms = list(TaxonomyTerm.objects.filter(taxonomy="need", retired=False).order_by("pk"))
        if not (agents and services and terms):
            raise CommandError("the team needs an agent, and the directory services and needs")
        maker = _Maker(found, agents, services, terms, months, random.Random(seed))  # noqa: S311 (invented)
        for start in range(0, count, BATCH):
            maker.write(min(BATCH, count - start))
        self.stdout.write(f"{count} calls of {found}: {maker.needs} needs, {maker.given} orientations")


class _Maker:
    """Writes batches of calls; the same seed makes the same ones, but for the moment they are counted back from."""

    def __init__(self, team, agents, services, terms, months: int, chance: random.Random) -> None:
        self.team, self.agents, self.services, self.terms = team, agents, services, terms
        self.days, self.chance, self.now = months * 30, chance, timezone.now()
        self.bassins = {code: bassin_of({"postcode": code}) for code in POSTCODES}
        self.favourites = [chance.paretovariate(1) for _term in terms]
        self.taken = set(Person.objects.values_list("reference", flat=True))
        self.needs = self.given = 0

    @transaction.atomic
    def write(self, count: int) -> None:
        chance = self.chance
        people = Person.objects.bulk_create(
            Person(
                reference=self._reference(),
                team=self.team,
                postcode=chance.choice(POSTCODES),
                age_band=chance.choice(AgeBand.values),
                languages=[chance.choice(("fr", "nl", "ar"))],
                last_contact_on=self.now.date(),
            )
            for _number in range(count // 2 + 1)
        )
        calls = Call.objects.bulk_create(self._call(chance.choice(people)) for _number in range(count))
        needs = Need.objects.bulk_create(need for call in calls for need in self._needs(call))
        for need in needs:  # auto_now_add says now; the figures go by it
            need.created_at = need.call.started_at
        Need.objects.bulk_update(needs, ["created_at"], batch_size=500)
        made = Orientation.objects.bulk_create(self._orientation(need) for need in needs)
        OrientationEvent.objects.bulk_create(event for one in made for event in self._events(one))
        FollowUp.objects.bulk_create(row for one in made for row in self._follow_ups(one))
        self.needs, self.given = self.needs + len(needs), self.given + len(made)

    def _reference(self) -> str:
        while (found := references.new()) in self.taken:
            pass
        self.taken.add(found)
        return found

    def _call(self, person: Person) -> Call:
        at = self.now - timedelta(days=self.chance.random() ** 1.2 * self.days, hours=self.chance.random())
        return Call(
            team=self.team,
            agent=self.chance.choice(self.agents),
            person=person,
            direction=self.chance.choice(Direction.values),
            started_at=at,
            ended_at=at + timedelta(minutes=self.chance.randint(3, 40)),
            situation={"postcode": person.postcode, "age_band": person.age_band},
            bassin=self.bassins[person.postcode],
        )

    def _needs(self, call: Call):
        wanted = {
            self.chance.choices(self.terms, self.favourites)[0].pk: None
            for _number in range(self.chance.choice((1, 1, 1, 2, 3)))
        }
        by_pk = {term.pk: term for term in self.terms}
        for number, pk in enumerate(wanted):
            _often, state, _reason, outcome, status = self.chance.choices(ENDS, [one[0] for one in ENDS])[0]
            yield Need(
                call=call,
                team=self.team,
                person=call.person,
                term=by_pk[pk],
                status=status,
                outcome=outcome,
                barriers=self.chance.sample(Barrier.values, self.chance.choice((0, 1, 2)))
                if state != states.COMPLETED
                else [],
                sort_order=number,
            )

    def _orientation(self, need: Need) -> Orientation:
        _often, state, reason, outcome, _status = next(
            one for one in ENDS if (one[4], one[3]) == (need.status, need.outcome)
        )
        service = self.chance.choice(self.services)
        return Orientation(
            need=need,
            call=need.call,
            team=self.team,
            person=need.person,
            service=service,
            service_uuid=service.uuid,
            snapshot={
                "name": {"fr": service.name},
                "organization": {},
                "phones": [],
                "places": [],
                "hours": [],
            },
            mode=self.chance.choice((Mode.DETAILS_GIVEN, Mode.DETAILS_GIVEN, Mode.THREE_WAY_CALL)),
            state=state,
            reason=reason,
            outcome=outcome if state != states.CANCELLED else "",
            author=need.call.agent,
            assignee=need.call.agent,
            created_at=need.call.started_at,
        )

    def _events(self, one: Orientation):
        yield OrientationEvent(
            orientation=one, to=states.REQUESTED, by_kind=states.AGENT, by=one.author, at=one.created_at
        )
        if one.state != states.REQUESTED:
            kinds = {states.REJECTED: states.SERVICE, states.CANCELLED: states.SYSTEM}
            yield OrientationEvent(
                orientation=one,
                of=states.REQUESTED,
                to=one.state,
                by_kind=kinds.get(one.state, states.AGENT),
                reason=one.reason,
                outcome=one.outcome,
                at=one.created_at + timedelta(days=4),
            )

    def _follow_ups(self, one: Orientation):
        due = one.created_at + timedelta(days=3)
        ended = one.state != states.REQUESTED
        yield FollowUp(
            team=self.team,
            kind=FollowUpKind.PERSON,
            person=one.person,
            need=one.need,
            orientation=one,
            assignee=one.assignee,
            due_at=due,
            done_at=min(due, self.now) if ended else None,
            done_by=one.assignee if ended else None,
        )
        if not ended:
            yield FollowUp(
                team=self.team,
                kind=FollowUpKind.EXPIRY,
                person=one.person,
                need=one.need,
                orientation=one,
                assignee=one.assignee,
                due_at=self.now + timedelta(days=30),
            )
