"""Reads of the desk, every one within the teams of who asks: another team's object is not there.

Superusers see no person by being superusers: a role in the team is what opens it (accounts.roles).
"""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership, Team
from accounts.roles import BY_CODE
from accounts.selectors import members_holding, roles_by_team

from .access import OPENED
from .codes import FollowUpKind
from .models import AccessRow, Call, FollowUp, Need, Opening, Orientation, Person

USE, VIEW, OTHER = "referrals.use_desk", "referrals.view_person", "referrals.open_other_team"
COORDINATE, FIGURES = "referrals.coordinate", "referrals.view_figures"
ACCESS, ERASE = "referrals.view_access", "referrals.erase"
Row = TypeVar("Row", bound=Model)


def teams_holding(user, permission: str) -> frozenset[int]:
    """Primary keys of the teams in which a role of this user holds the permission. Nobody holds it everywhere."""
    return frozenset(
        team
        for team, roles in roles_by_team(user).items()
        if any(permission in BY_CODE[role].permissions for role in roles if role in BY_CODE)
    )


def holds(user, permission: str, team: int | None) -> bool:
    return team is not None and team in teams_holding(user, permission)


def within(rows: "QuerySet[Row]", user, permission: str = VIEW) -> "QuerySet[Row]":
    """The rows of the teams in which the user holds the permission."""
    return rows.filter(team__in=teams_holding(user, permission))


def persons(user) -> QuerySet[Person]:
    """Of the own teams, and those of others that the user has opened with a reason and for a while."""
    opened = Opening.objects.filter(user=user.pk, until__gt=timezone.now()).values("person")
    own = Q(team__in=teams_holding(user, VIEW))
    if teams_holding(user, OTHER):
        own |= Q(pk__in=opened)
    return Person.objects.filter(own, merged_into=None, anonymised_at=None)


def files(user, permission: str) -> QuerySet[Person]:
    """Persons of the teams in which the user holds this permission; what is merged or forgotten is not there."""
    return within(Person.objects.filter(merged_into=None, anonymised_at=None), user, permission)


def same_number(person: Person) -> QuerySet[Person]:
    """Others of the team who have a number of this person's: perhaps the same person twice."""
    hashes = person.phones.values("number_hash")
    return (
        Person.objects.filter(
            team=person.team_id, phones__number_hash__in=hashes, merged_into=None, anonymised_at=None
        )
        .exclude(pk=person.pk)
        .distinct()
    )


def openings(user) -> QuerySet[Opening]:
    """Files opened across teams, by or of the teams that the user coordinates; the newest first."""
    teams = teams_holding(user, COORDINATE)
    return Opening.objects.filter(Q(team__in=teams) | Q(person__team__in=teams)).order_by("-opened_at")


def access_rows(user) -> QuerySet[AccessRow]:
    """Who did what, for the teams whose data the user protects: about their persons, or by their members elsewhere.

    What a member does in another team of theirs is that team's; what they opened there with a reason is both teams'.
    """
    teams = teams_holding(user, ACCESS)
    members = Membership.objects.filter(team__in=teams).values("user")
    theirs = Q(actor_id__in=members) & (Q(team_id=None) | ~Q(reason=""))
    # Also of who has left since: what they opened elsewhere for this team.
    opened = Opening.objects.filter(team__in=teams)
    left = Q(reason=OPENED, actor_id__in=opened.values("user"), object_uuid__in=opened.values("person__uuid"))
    return AccessRow.objects.filter(Q(team_id__in=teams) | theirs | left).order_by("-pk")


def calls(user) -> QuerySet[Call]:
    return within(Call.objects.all(), user)


def needs(user) -> QuerySet[Need]:
    return within(Need.objects.all(), user)


def orientations(user) -> QuerySet[Orientation]:
    return within(Orientation.objects.all(), user)


def follow_ups(user) -> QuerySet[FollowUp]:
    return within(FollowUp.objects.all(), user)


def pending(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.filter(done_at=None, cancelled_at=None)


def left_behind(user) -> QuerySet[FollowUp]:
    """Pending in the teams that the user coordinates, for somebody who cannot use the desk there any more.

    Their account was closed, or they lost the role. What the machine does on its day needs nobody.
    """
    found = Q(pk__in=[])
    for team in Team.objects.filter(pk__in=teams_holding(user, COORDINATE)):
        found |= Q(team=team) & ~Q(assignee__in=[one.pk for one in members_holding(USE, team)])
    return pending(FollowUp.objects.filter(found)).exclude(kind=FollowUpKind.EXPIRY)
