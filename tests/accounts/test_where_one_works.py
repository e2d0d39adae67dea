"""After the sign-in everybody comes to where they work, unless they had asked for a page."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import sync_roles
from accounts.models import Membership, User
from tests.referrals import builders

from .signing_in import PASSWORD, Phone

pytestmark = pytest.mark.django_db
ADMIN = "/admin/"


def member(*roles: str) -> User:
    user = User.objects.create_user("ann", password=PASSWORD)
    for role in roles:
        Membership.objects.create(user=user, team=builders.fund(), role=role)
    sync_roles()
    return user


def after_sign_in(**more) -> str:
    answer = Client().post(reverse("wagtailadmin_login"), {"username": "ann", "password": PASSWORD, **more})
    return answer["Location"]


@pytest.mark.parametrize(
    ("roles", "place"),
    [
        (["agent"], "/desk/"),
        (["community_health_worker"], "/desk/"),
        (["coordinator"], "/desk/"),
        (["data_protection_officer"], "/desk/persons/access/"),
        (["contributor"], ADMIN),
        (["editor"], ADMIN),
        (["agent", "editor"], ADMIN),
        (["taxonomy_manager"], ADMIN),
    ],
)
def test_without_a_wish(roles, place):
    member(*roles)
    assert after_sign_in() == after_sign_in(next=ADMIN) == place


def test_a_superuser_works_in_the_admin():
    User.objects.filter(pk=member("agent").pk).update(is_superuser=True)
    assert after_sign_in() == ADMIN


def test_who_asked_for_a_page_gets_it_and_no_other_site():
    member("agent")
    assert after_sign_in(next="/desk/day/") == "/desk/day/"
    assert after_sign_in(next="https://elsewhere.example/") == "/desk/"


def test_after_the_second_step_too():
    phone, client = Phone(member("agent")), Client()
    answer = client.post(
        reverse("wagtailadmin_login"), {"username": "ann", "password": PASSWORD}, follow=True
    )
    assert answer.redirect_chain[-1][0].startswith("/admin/second-step/")
    answer = client.post(answer.redirect_chain[-1][0], {"code": phone.code()})
    assert answer["Location"] == "/desk/"
