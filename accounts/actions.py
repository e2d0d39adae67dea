"""Writes about people who work here: roles' permissions, demo accounts, how they work."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Q
from wagtail.users.models import UserProfile

from .models import Membership, Team, TeamKind, User
from .roles import ROLES


@dataclass(frozen=True)
class DemoAccount:
    username: str
    password: str
    what: str
    role: str | None  # None: superuser
    team: str = "brusano-centre-ouest"


DEMO_ACCOUNTS = (
    DemoAccount("admin", "demo-admin", "administrator", None),
    DemoAccount("moderator", "demo-moderator", "moderator", "moderator"),
    DemoAccount("editor", "demo-editor", "editor", "editor"),
    DemoAccount("contributor", "demo-contributor", "contributor", "contributor"),
    DemoAccount("editor-gent", "demo-editor-gent", "editor of Gent", "editor", "gent"),
    DemoAccount("agent", "demo-agent", "agent of a fund", "agent", "demo-fund"),
    DemoAccount("agent2", "demo-agent2", "agent of a fund", "agent", "demo-fund"),
    DemoAccount("agent-other", "demo-agent-other", "agent of another fund", "agent", "demo-other-fund"),
    DemoAccount("coordinator", "demo-coordinator", "coordinator of a fund", "coordinator", "demo-fund"),
    DemoAccount("analyst", "demo-analyst", "analyst", "analyst", "demo-fund"),
    DemoAccount("dpo", "demo-dpo", "data-protection officer", "data_protection_officer", "demo-fund"),
    DemoAccount("taxonomies", "demo-taxonomies", "taxonomy manager", "taxonomy_manager", "common"),
)


FUNDS = {"demo-fund": "Mutualité de démonstration", "demo-other-fund": "Autre mutualité de démonstration"}


def _kind(team: str) -> str:
    return TeamKind.FUND if team in FUNDS else TeamKind.BASSIN


class UnknownPermission(Exception):
    """A role names a permission that no model declares."""


@transaction.atomic
def sync_roles() -> int:
    """Give each role's group exactly the permissions of `roles.ROLES`; returns how many groups there are.

    Raises UnknownPermission naming the codename that does not exist.
    """
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role.code)
        wanted = []
        for name in role.permissions:
            app_label, codename = name.split(".")
            found = Permission.objects.filter(Q(content_type__app_label=app_label), codename=codename).first()
            if found is None:
                raise UnknownPermission(f"role {role.code}: no permission {name}")
            wanted.append(found)
        if set(group.permissions.values_list("pk", flat=True)) != {permission.pk for permission in wanted}:
            group.permissions.set(wanted)
    return len(ROLES)


@transaction.atomic
def create_demo_accounts() -> int:
    """Create the demo accounts that are missing; returns how many were made. Passwords changed by hand are kept.

    Raises ImproperlyConfigured outside the development settings.
    """
    if not getattr(settings, "DEMO_ACCOUNTS", False):
        raise ImproperlyConfigured("demo accounts exist in the development settings only")
    made = 0
    for account in DEMO_ACCOUNTS:
        if User.objects.filter(username=account.username).exists():
            continue
        user = User(
            username=account.username, is_staff=account.role is None, is_superuser=account.role is None
        )
        user.set_password(account.password)
        user.save()
        if account.role:
            team, _created = Team.objects.get_or_create(
                code=account.team,
                defaults={"name": FUNDS.get(account.team, account.team), "kind": _kind(account.team)},
            )
            Membership.objects.create(user=user, team=team, role=account.role)
        made += 1
    return made


def use_single_keys(user: User, *, on: bool) -> None:
    """Whether pages listen to single keys; Wagtail's own setting, so that the admin and the desk agree."""
    UserProfile.objects.update_or_create(user=user, defaults={"keyboard_shortcuts": on})
