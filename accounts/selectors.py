"""Reads of who belongs where: the roles of a user by team, and the teams in which a user holds a permission."""

from collections.abc import Mapping

from wagtail.users.models import UserProfile

from .models import Team, User
from .roles import BY_CODE, EVERYWHERE

_CACHED = "_roles_by_team"


def roles_by_team(user) -> Mapping[int, frozenset[str]]:
    """Team primary key → codes of the roles this user holds in it. Asked once a user object, thus once a request."""
    if not user.is_authenticated or not user.is_active:
        return {}
    known = getattr(user, _CACHED, None)
    if known is None:
        found: dict[int, set[str]] = {}
        for team, role in user.memberships.values_list("team", "role"):
            found.setdefault(team, set()).add(role)
        known = {team: frozenset(roles) for team, roles in found.items()}
        setattr(user, _CACHED, known)
    return known


def holds_everywhere(user, permission: str) -> bool:
    """Whether the permission (`app.codename`) reaches every team's objects: superusers, and roles held everywhere."""
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    held = {role for roles in roles_by_team(user).values() for role in roles}
    return any(permission in BY_CODE[role].permissions for role in held & EVERYWHERE)


def holds_in(user, permission: str, team: int | None) -> bool:
    """Whether the user holds the permission over the objects that this team stewards (None: nobody does)."""
    if holds_everywhere(user, permission):
        return True
    roles = roles_by_team(user).get(team, frozenset()) if team is not None else frozenset()
    return any(permission in BY_CODE[role].permissions for role in roles if role in BY_CODE)


def teams_where(user, permission: str) -> frozenset[int] | None:
    """Primary keys of the teams over whose objects the user holds the permission; None: of all, also of nobody's."""
    if holds_everywhere(user, permission):
        return None
    return frozenset(team for team in roles_by_team(user) if holds_in(user, permission, team))


def teams_of(user) -> list[Team]:
    """The teams this user belongs to, by name; all of them for somebody who holds the right to write everywhere."""
    teams = Team.objects.order_by("name")
    if holds_everywhere(user, "services.change_service"):
        return list(teams)
    return list(teams.filter(pk__in=roles_by_team(user).keys()))


def members_holding(permission: str, team: Team) -> list[User]:
    """Active members of the team whose role in it holds the permission."""
    roles = [role.code for role in BY_CODE.values() if permission in role.permissions]
    return list(
        User.objects.filter(is_active=True, memberships__team=team, memberships__role__in=roles).distinct()
    )


def uses_single_keys(user: User) -> bool:
    """Whether pages may listen to single keys: yes, until the user says otherwise (`actions.use_single_keys`)."""
    return not UserProfile.objects.filter(user=user, keyboard_shortcuts=False).exists()
