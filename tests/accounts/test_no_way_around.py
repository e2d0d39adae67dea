"""No page behind the sign-in is reached with a password alone: a table of ways that were tried."""

import json

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from wagtail.models import Page

from accounts import second_factor_actions
from accounts.models import Authenticator, User
from services.models import Service
from tests.services.builders import service

from .signing_in import PASSWORD, Phone, administrator, with_password, with_phone

pytestmark = pytest.mark.django_db
SECRET_NAME = "Permanence Coquelicot"


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.fixture
def user() -> User:
    return administrator()


@pytest.fixture
def listing() -> Service:
    made = service(SECRET_NAME, live=False)
    made.save_revision()
    return made


def of_snippet(name: str, *args):
    return lambda listing: reverse(f"wagtailsnippets_services_service:{name}", args=[*args, listing.pk])


def at(name: str, *args, query: str = ""):
    return lambda listing: reverse(name, args=args) + query


def of_page(name: str):
    return lambda listing: reverse(name, args=[Page.objects.order_by("-depth").first().pk])


# (what, method, address, headers or body)
XHR = {"x-requested-with": "XMLHttpRequest"}
JSON = {"accept": "application/json"}
WAYS = [
    ("the home page", "get", at("wagtailadmin_home"), {}),
    ("the list of services", "get", at("wagtailsnippets_services_service:list"), {}),
    ("its part that a script asks for", "get", at("wagtailsnippets_services_service:list_results"), XHR),
    ("its export", "get", at("wagtailsnippets_services_service:list", query="?export=csv"), {}),
    ("the edit form", "get", of_snippet("edit"), {}),
    ("a save", "post", of_snippet("edit"), {}),
    ("an autosave", "post", of_snippet("edit"), JSON),
    ("a new service", "post", at("wagtailsnippets_services_service:add"), {}),
    ("the history", "get", of_snippet("history"), {}),
    ("the preview", "post", of_snippet("preview_on_edit"), XHR),
    ("a deletion", "post", of_snippet("delete"), {}),
    ("an unpublication", "post", of_snippet("unpublish"), {}),
    ("a copy", "get", of_snippet("copy"), {}),
    ("where it is used", "get", of_snippet("usage"), {}),
    (
        "a workflow's action",
        "post",
        lambda listing: reverse(
            "wagtailsnippets_services_service:workflow_action", args=[listing.pk, "approve", 1]
        ),
        XHR,
    ),
    ("a bulk action", "post", at("wagtail_bulk_action", "services", "service", "delete", query="?id=1"), {}),
    ("a page's edit form", "get", of_page("wagtailadmin_pages:edit"), {}),
    ("a page's draft", "get", of_page("wagtailadmin_pages:view_draft"), {}),
    ("a page's unpublication", "post", of_page("wagtailadmin_pages:unpublish"), {}),
    ("the chooser of pages", "get", at("wagtailadmin_choose_page"), XHR),
    ("the chooser of images", "get", at("wagtailimages_chooser:choose"), XHR),
    ("the chooser of documents", "get", at("wagtaildocs_chooser:choose"), XHR),
    ("the admin's API", "get", at("wagtailadmin_api:pages:listing"), JSON),
    ("tags while typing", "get", at("wagtailadmin_tag_autocomplete", query="?term=a"), JSON),
    ("the account", "get", at("wagtailadmin_account"), {}),
    ("a change of password", "post", at("wagtailadmin_account"), {}),
    ("the users", "get", at("wagtailusers_users:index"), {}),
    ("a new user", "post", at("wagtailusers_users:add"), {}),
    ("the groups", "get", at("wagtailusers_groups:index"), {}),
    ("who may do what", "get", at("rights"), {}),
    ("the site's history", "get", at("wagtailadmin_reports:site_history"), {}),
    (
        "who else is editing",
        "post",
        at("wagtailadmin_editing_sessions:ping", "services", "service", 1, 1),
        JSON,
    ),
    ("an upload", "post", at("wagtailimages:add_multiple"), XHR),
    ("one's own sign-in", "get", at("own_sign_in"), {}),
    ("new recovery codes", "post", at("second_factor_new_codes"), {}),
    ("the phone's removal", "post", at("second_factor_remove"), {}),
    ("signing out everywhere", "post", at("sign_out_everywhere"), {}),
    ("somebody's sign-in", "post", lambda listing: reverse("sign_in_of", args=[1]), {}),
    ("an address that is none", "get", lambda listing: "/admin/nowhere/", {}),
    ("the desk, which asks again by itself", "get", lambda listing: "/desk/", {}),
]


def tried(client: Client, way, listing):
    _what, method, address, headers = way
    return getattr(client, method)(address(listing), headers=headers)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[0])
@pytest.mark.parametrize("has_phone", [True, False], ids=["owes a code", "owes a phone"])
def test_no_way_leads_past_the_second_step(way, has_phone, client, user, listing):
    if has_phone:
        Phone(user)
    assert with_password(client, "ann").status_code == 302
    answer = tried(client, way, listing)
    step = reverse("second_step" if has_phone else "second_factor_set_up")
    if way[3]:
        assert answer.status_code == 403
        assert json.loads(answer.content) == {"error": "second_step_required"}
    else:
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, step)
    assert SECRET_NAME not in answer.content.decode()
    assert Service.objects.get(pk=listing.pk).name == SECRET_NAME
    assert User.objects.get().check_password(PASSWORD)
    assert Authenticator.objects.exists() == has_phone


def test_the_same_ways_are_open_after_it(client, user, listing):
    """Else the table above would prove nothing."""
    phone = Phone(user)
    with_password(client, "ann")
    with_phone(client, phone)
    steps = (reverse("second_step"), reverse("second_factor_set_up"))
    for way in WAYS:
        if way[0] in ("a deletion", "the phone's removal", "signing out everywhere", "a bulk action"):
            continue  # they would end the round
        answer = tried(client, way, listing)
        assert not answer.headers.get("Location", "").startswith(steps), way[0]
        assert answer.streaming or b"second_step_required" not in answer.content, way[0]


def test_public_pages_take_such_a_session_for_a_visitor(client, user, rf, listing):
    """Whatever a page does with its user, it has none. Documents of private collections ask so."""
    Phone(user)
    with_password(client, "ann")
    answer = client.get("/api/v1/search", {"q": "x"})
    assert not answer.wsgi_request.user.is_authenticated
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_forgotten_password_does_not_skip_it(client, user):
    phone = Phone(user)
    uid, token = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    link = client.get(reverse("wagtailadmin_password_reset_confirm", args=[uid, token]))
    new = "une autre longue phrase"
    done = client.post(link.headers["Location"], {"new_password1": new, "new_password2": new})
    assert done.headers["Location"] == reverse("wagtailadmin_password_reset_complete")
    assert "_auth_user_id" not in client.session
    with_password(client, "ann", new)
    assert client.get("/admin/").headers["Location"].startswith(reverse("second_step"))
    with_phone(client, phone)
    assert client.get("/admin/").status_code == 200


def test_a_session_from_before_the_phone_was_changed_is_worth_nothing(client, user):
    phone = Phone(user)
    with_password(client, "ann")
    with_phone(client, phone)
    kept = client.cookies["sessionid"].value
    second_factor_actions.reset(user=user, by=administrator("eve"))
    Phone(user)
    old = Client()
    old.cookies["sessionid"] = kept
    assert old.get("/admin/").headers["Location"].startswith(reverse("wagtailadmin_login"))


def test_a_right_given_during_a_session_asks_for_the_step_at_once(client, settings):
    settings.SECOND_FACTOR_FOR = ("services.view_service",)
    from accounts.actions import sync_roles
    from accounts.models import Membership
    from tests.services.builders import team

    sync_roles()
    plain = User.objects.create_user("plain", password=PASSWORD)
    with_password(client, "plain")
    assert client.get("/fr/").wsgi_request.user.is_authenticated
    Membership.objects.create(user=plain, team=team("nord"), role="editor")
    assert client.get("/admin/").headers["Location"].startswith(reverse("second_factor_set_up"))
    assert not client.get("/api/v1/search", {"q": "x"}).wsgi_request.user.is_authenticated


def test_the_sign_in_page_leads_on_to_the_step(client, user):
    Phone(user)
    with_password(client, "ann")
    answer = client.get(reverse("wagtailadmin_login"), {"next": "/desk/calls/"})
    assert answer.headers["Location"] == f"{reverse('second_step')}?next=%2Fdesk%2Fcalls%2F"


def test_whoever_owes_the_step_can_sign_out(client, user):
    Phone(user)
    with_password(client, "ann")
    client.post(reverse("sign_out"))
    assert "_auth_user_id" not in client.session


def test_a_visitor_without_session_costs_no_query(client, django_assert_num_queries):
    from django.http import HttpResponse
    from django.test import RequestFactory

    from accounts.middleware import SignInMiddleware

    with django_assert_num_queries(0):
        assert (
            SignInMiddleware(lambda request: HttpResponse("ok"))(RequestFactory().get("/fr/")).content
            == b"ok"
        )
