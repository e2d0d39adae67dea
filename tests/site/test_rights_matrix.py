"""Every address × role × method: who is let in, who is refused, who is asked to sign in.

What is expected of the desk follows from each view's door. For all other addresses it stands in rights_matrix.txt; after
a change that is meant, `WRITE_RIGHTS=1 make test SLOW=1 ARGS=tests/site/test_rights_matrix.py` writes it anew: read the difference.
"""

import os
import uuid
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.template.backends.django import Template
from django.urls import reverse
from django.utils.safestring import mark_safe

from accounts.actions import sync_roles
from accounts.models import Membership, User
from accounts.roles import BY_CODE, ROLE_CODES
from directory_site.desk.door import GUARDED
from tests.services.builders import location, organization, service, team, term

from .addresses import Address, every_address

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("rights_matrix.txt")
METHODS = ("get", "post")
OTHERS = ("head", "put", "patch", "delete")  # "options" names methods and shows nothing
WHO = ("anonymous", *ROLE_CODES, "superuser")
# Wagtail's own pages go by Django's permissions: tried by those who differ, and by everybody in the slow run; ours by
# everybody always.
OURS = (
    "catalogue",
    "suggestions",
    "notices",
    "handovers",
    "rights",
    "search",
    "teams",
    "users",
    "snippets/services",
)
DIFFER = frozenset({"anonymous", "moderator", "agent", "administrator", "superuser"})
LET_IN, REFUSED, SIGN_IN, NOT_THERE, NO_SUCH_METHOD, BROKEN = ".", "-", "s", "?", "m", "!"
NOT_TRIED = "_"  # this time; the table has a sign for everybody
HEAD = f"""# Who is let in where: one sign for each of {", ".join(WHO)}.
# {LET_IN} let in · {REFUSED} refused · {SIGN_IN} asked to sign in · {NOT_THERE} not there for them · {NO_SUCH_METHOD} no such method · {BROKEN} fails (Wagtail's own, without what it needs)
# GET, POST, address. Made by tests/site/test_rights_matrix.py, which says how; the desk's addresses are not here.
"""
# Without an account, besides the public pages: signing in, a forgotten password, the scripts' own words.
DOORS = (
    "admin/login/",
    "admin/password_reset/",
    "admin/jsi18n/",
    "admin/sprite/",
    "admin/logout/",
    "admin/test404/",
)


@pytest.fixture
def site(monkeypatch):
    """Users of one team, one for each role, and what there is to be asked for. Pages are decided about, not drawn."""
    monkeypatch.setattr(Template, "render", lambda self, context=None, request=None: mark_safe(""))
    sync_roles()
    nord = team("nord")
    users = {}
    for role in ROLE_CODES:
        users[role] = User.objects.create_user(role, f"{role}@nord.example.org", "secret")
        Membership.objects.create(user=users[role], team=nord, role=role)
    users["superuser"] = User.objects.create_superuser("superuser", "superuser@example.org", "secret")
    owner = organization(steward=nord)
    place = location(steward=nord)
    listing = service(organization=owner, at=[place], steward=nord)
    return users, {
        "service": listing,
        "organization": owner,
        "location": place,
        "taxonomyterm": term("need", "food"),
        "teams": nord,
    }


def values_of(address: Address, things) -> dict[str, str]:
    """For each parameter: the object that the route is about, else a key of nothing."""
    thing = next((found for name, found in things.items() if f"/{name}/" in f"/{address.route}"), None)
    if "services/<uuid" in address.route or "/suggest/<uuid" in address.route:
        thing = things["service"]
    plain = {
        "int": "0",
        "str": "nothing",
        "slug": "nothing",
        "uuid": str(uuid.UUID(int=1)),
        "path": "x",
        "re": "1",
    }
    found = {name: plain[kind] for name, kind in address.kinds.items()}
    if thing is not None:
        for name in found:
            if name in ("pk", "object_id"):
                found[name] = str(thing.pk)
            elif name == "uuid" and hasattr(thing, "uuid"):
                found[name] = str(thing.uuid)
    return found


class Tries:
    """Requests by each role, none of which leaves anything behind."""

    def __init__(self, client, users) -> None:
        self.client, self.sessions = client, {}
        client.raise_request_exception = False
        for who, user in users.items():
            client.cookies.clear()  # else signing in ends the session of the one before
            client.force_login(user)
            self.sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.sign_in = (reverse(settings.LOGIN_URL), "/fr/_util/login/")
        self.home = reverse("wagtailadmin_home")

    def outcome(self, who: str, method: str, path: str) -> str:
        self.client.cookies = SimpleCookie(
            {settings.SESSION_COOKIE_NAME: self.sessions[who]} if who in self.sessions else None
        )
        with transaction.atomic():
            answer = getattr(self.client, method)(path)
            transaction.set_rollback(True)
        connection.run_on_commit.clear()
        status, to = answer.status_code, answer.headers.get("Location", "")
        if status in (301, 302) and to.partition("?")[0] in self.sign_in:
            return SIGN_IN
        if status == 403 or (
            status == 302 and to.partition("?")[0] == self.home
        ):  # Wagtail sends home whom it refuses
            return REFUSED
        if status == 404:
            return NOT_THERE
        if status == 405:
            return NO_SUCH_METHOD
        return BROKEN if status >= 500 else LET_IN


def is_the_desks(address: Address) -> bool:
    return address.route.startswith("desk/")


def test_every_view_of_the_desk_has_its_door():
    without = [one.route for one in every_address() if is_the_desks(one) and not hasattr(one.view, GUARDED)]
    assert not without, f"not decorated with desk_view: {without}"


def test_the_desk_lets_in_exactly_the_roles_that_hold_its_permission(client, site):
    users, things = site
    tries, wrong = Tries(client, users), []
    for address in every_address():
        if not is_the_desks(address):
            continue
        permission, path = getattr(address.view, GUARDED), address.path(values_of(address, things))
        for who in WHO:
            for method in METHODS + OTHERS:
                outcome = tries.outcome(who, method, path)
                if outcome == NO_SUCH_METHOD:
                    right = True  # of whoever asks
                elif who == "anonymous":
                    right = outcome == SIGN_IN
                elif who == "superuser" or permission not in BY_CODE[who].permissions:
                    right = outcome == REFUSED  # a superuser without a role sees no person
                else:
                    right = outcome in (LET_IN, NOT_THERE, NO_SUCH_METHOD)
                if not right:
                    wrong.append(f"{method} {address.route} by {who}: {outcome}")
    assert not wrong, "\n".join(wrong)


def declared() -> dict[str, tuple[str, str]]:
    lines = [line.split(None, 2) for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    return {route: (get, post) for get, post, route in lines}


@pytest.mark.parametrize("everybody", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_everywhere_else_it_is_as_the_table_says(client, site, everybody):
    """In the slow run also by each other method, which lets in nobody whom GET and POST do not."""
    users, things = site
    tries = Tries(client, users)
    found: dict[str, tuple[str, str]] = {}
    behind: list[str] = []
    for address in every_address():
        if (
            is_the_desks(address) or address.route in found
        ):  # the first pattern of two is the one that answers
            continue
        path = address.path(values_of(address, things))
        ours = everybody or not address.route.startswith("admin/") or address.route[6:].startswith(OURS)
        get, post = (
            "".join(tries.outcome(who, method, path) if ours or who in DIFFER else NOT_TRIED for who in WHO)
            for method in METHODS
        )
        found[address.route] = (get, post)
        for who, signs in zip(WHO, zip(get, post, strict=True), strict=True):
            behind += [
                f"{method} {address.route} lets in {who}, GET and POST do not"
                for method in (OTHERS if everybody and LET_IN not in signs else ())
                if tries.outcome(who, method, path) in {LET_IN, BROKEN} - {*signs}
            ]
    assert not behind, "\n".join(behind)

    for route, signs in found.items():
        if route.startswith("admin/") and not route.startswith(DOORS):
            for sign in signs:  # of nobody
                assert sign[0] in (SIGN_IN, NOT_THERE, NO_SUCH_METHOD), f"{route} lets in anybody: {signs}"
    if os.environ.get("WRITE_RIGHTS") and everybody:
        TABLE.write_text(
            HEAD + "".join(f"{get} {post} {route}\n" for route, (get, post) in sorted(found.items()))
        )
    expected = declared()
    missing, gone = sorted(found.keys() - expected.keys()), sorted(expected.keys() - found.keys())
    assert not missing, f"in no line of {TABLE.name}: {missing}"
    assert not gone, f"lines of {TABLE.name} without an address: {gone}"
    wrong = [
        f"{route}: {expected[route]} expected, {found[route]} found"
        for route in found
        if any(
            tried not in (NOT_TRIED, sign)
            for tried, sign in zip("".join(found[route]), "".join(expected[route]), strict=True)
        )
    ]
    assert not wrong, "\n".join(wrong)
