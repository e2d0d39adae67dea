"""Agents, calls and what is in them, in a few words."""

from django.utils import timezone

from accounts.models import Membership, Team, User
from referrals.actions import calls, orientations, persons
from referrals.models import Call, Need, Orientation, Person
from services.models import Service, TaxonomyTerm
from tests.services import builders as catalogue


def fund(code: str = "fund") -> Team:
    return Team.objects.get_or_create(code=code, defaults={"name": f"Fund {code}", "kind": "fund"})[0]


def agent(name: str = "ada", *, role: str = "agent", team: Team | None = None) -> User:
    user = User.objects.filter(username=name).first() or User.objects.create_user(name, password="secret")
    Membership.objects.get_or_create(user=user, team=team or fund(), role=role)
    return User.objects.get(pk=user.pk)  # without remembered roles


def need_term(code: str = "food") -> TaxonomyTerm:
    found = TaxonomyTerm.objects.filter(taxonomy="need", code=code).first()
    return found or catalogue.term("need", code)


def person(by: User, **values) -> Person:
    made = persons.begin(team=Membership.objects.get(user=by).team, by=by)
    if values:
        Person.objects.filter(pk=made.pk).update(**values)
        made.refresh_from_db()
    return made


def call(by: User, *, about: Person | None = None) -> Call:
    return calls.begin(team=Membership.objects.get(user=by).team, by=by, person=about)


def need(by: User, *, about: Person | None = None, code: str = "food", of: Call | None = None) -> Need:
    return calls.add_need(call=of or call(by, about=about), term=need_term(code), by=by)


def orientation(by: User, *, of: Need | None = None, to: Service | None = None, **values) -> Orientation:
    wanted = of or need(by, about=person(by))
    return orientations.give(need=wanted, service=to or catalogue.service(), by=by, **values)


def now():
    return timezone.now()
