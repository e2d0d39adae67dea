"""Every address of the admin, from the URL resolver itself, tried by a reviewer of another team: nothing leaks, nothing moves."""

import re
from itertools import product

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.timezone import now, timedelta
from wagtail.models import ModelLogEntry, Revision

from accounts.actions import sync_roles
from accounts.models import Membership, User
from services.codes import SuggestionChannel, SuggestionKind
from services.models import (
    DuplicatePair,
    Handover,
    ImportRun,
    Location,
    Notice,
    Organization,
    Service,
    ServiceTemplate,
    Suggestion,
    VerificationRequest,
)
from tests.services.builders import location, organization, service, team

pytestmark = pytest.mark.django_db
SECRET = "Brouillon secret de Gand"
# Signing out ends the walk; the error page is an error on purpose; the sprite is half a megabyte of icons.
# Wagtail's own pages may stumble over a key of nothing; ours may not.
OURS = tuple(
    f"/admin/{name}/"
    for name in ("catalogue", "suggestions", "notices", "handovers", "rights", "search", "teams")
)
LEFT_OUT = {"wagtailadmin_logout", "wagtailadmin_error_test", "wagtailadmin_sprite"}


def admin_patterns() -> list[tuple[str, str]]:
    """(route, name) of every address below /admin/, as the resolver has them."""
    found = []

    def walk(resolver, prefix: str) -> None:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern, route)
            elif isinstance(pattern, URLPattern) and route.startswith("admin/"):
                found.append((route, pattern.name or ""))

    walk(get_resolver(), "")
    return found


PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>[^)]*\)")


def filled(route: str, values: dict[str, list[str]]) -> list[str]:
    """The addresses of a route with every value its parameters may have; none when a parameter is unknown."""
    names = [match["name"] or match["group"] for match in PARAMETER.finditer(route)]
    unknown = set(names) - set(values)
    if unknown and f"/{route}".startswith(OURS):
        raise ImproperlyConfigured(f"this test has no value for {unknown} in {route}")
    values = values | {name: ["1"] for name in unknown}
    if re.match("admin/(pages|images|documents|collections|workflows|users|groups|sites|locales)/", route):
        values = {
            name: found[:1] for name, found in values.items()
        }  # Wagtail's own: a key means nothing of ours
    found = []
    for chosen in product(*(values[name] for name in names)):
        rest = iter(chosen)
        path = PARAMETER.sub(lambda _match: next(rest), route)  # noqa: B023 - used at once
        found.append("/" + re.sub(r"[\\^$]", "", path))
    return found


@pytest.fixture
def gent() -> dict[str, object]:
    """What the team of Gent has, none of it published."""
    steward = team("gent")
    owner, place = organization(SECRET, steward=steward), location(name_fr=SECRET, steward=steward)
    one, two = (service(SECRET, organization=owner, at=[place], steward=steward) for _number in range(2))
    one.notices = [Notice(text_fr=SECRET, starts_on=now().date())]
    one.save()
    for thing in (owner, place, one, two):
        thing.save_revision()
        thing.live = False
        thing.save()
    author = User.objects.create_user("author", "author@gent.example.org", "secret")
    Membership.objects.create(user=author, team=steward, role="moderator")
    offer = Handover.objects.create(from_team=steward, to_team=team("sud"), reason=SECRET, offered_by=author)
    offer.services.add(one)
    return {
        "owner": owner,
        "place": place,
        "one": one,
        "two": two,
        "pair": DuplicatePair.objects.create(first=one, second=two, score=99, why="name"),
        "suggestion": Suggestion.objects.create(
            service=one,
            steward=steward,
            comment=SECRET,
            kind=SuggestionKind.CORRECTION,
            channel=SuggestionChannel.PUBLIC,
        ),
        "request": VerificationRequest.objects.create(service=one, expires_at=now() + timedelta(days=3)),
        "handover": offer,
        "template": ServiceTemplate.objects.create(name=SECRET, steward=steward),
        "run": ImportRun.objects.create(user=author, team=steward, name=SECRET, size=1),
    }


def values_for(gent) -> dict[str, list[str]]:
    numbers = sorted({str(thing.pk) for thing in gent.values()})
    uuids = [
        str(gent[name].uuid)
        for name in ("suggestion", "handover", "one", "run")
        if hasattr(gent[name], "uuid")
    ]
    revision = str(Revision.objects.for_instance(gent["one"]).latest("pk").pk)
    return {
        "pk": numbers,
        "object_id": numbers,
        "first": [str(gent["one"].pk)],
        "second": [str(gent["two"].pk)],
        "uuid": uuids,
        "revision_id": [revision],
        "revision_id_a": ["live", "earliest"],
        "revision_id_b": ["latest"],
        "language": ["nl"],
        "kind": ["csv"],
        "action_name": ["approve"],
        "task_state_id": ["1"],
        "task_id": ["1"],
        "workflow_state_id": ["1"],
        "action_type": ["delete"],
        "app_label": ["services"],
        "app_name": ["services"],
        "model_name": ["service", "organization", "location"],
        "action": ["delete", "hand_over", "merge"],
        "taxonomy": ["need"],
        "table": ["need"],
    }


def everything() -> tuple:
    return tuple(
        (model.__name__, tuple(model.objects.order_by("pk").values_list()))
        for model in (
            Service,
            Organization,
            Location,
            Suggestion,
            Handover,
            ServiceTemplate,
            ImportRun,
        )
    )


def test_no_address_tells_or_changes_what_is_another_teams(client, gent):
    sync_roles()
    service("Une des nôtres", steward=team("nord"))
    user = User.objects.create_user("moderator", "moderator@nord.example.org", "secret")
    Membership.objects.create(user=user, team=team("nord"), role="moderator")
    client.force_login(user)
    ModelLogEntry.objects.log_action(gent["one"], "wagtail.edit", title=SECRET)
    before, tried = everything(), 0
    client.raise_request_exception = False
    values = values_for(gent)
    ids = "&".join(f"id={gent[name].pk}" for name in ("one", "two"))
    for route, name in admin_patterns():
        if name in LEFT_OUT:
            continue
        for path in filled(route, values):
            for method in ("get", "post"):
                answer = getattr(client, method)(f"{path}?{ids}&next=/admin/", follow=True)
                tried += 1
                text = b"".join(answer) if answer.streaming else answer.content
                assert answer.status_code < 500 or not path.startswith(OURS), (method, path)
                assert SECRET.encode() not in text, (method, path)
    assert tried > 400
    assert everything() == before
