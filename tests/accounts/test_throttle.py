"""The fifth wrong password is answered 429, the right one then too; and nothing that was typed is written down."""

import logging
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts import sign_in
from accounts.client import UNKNOWN, client_address, client_network
from accounts.models import User
from audit.models import AuditEntry

from .signing_in import PASSWORD, administrator, in_english, with_password

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return in_english()


@pytest.fixture
def user() -> User:
    return administrator()


def fail(client: Client, times: int = 5, name: str = "ann", **extra) -> list[int]:
    return [
        client.post(
            reverse("wagtailadmin_login"), {"username": name, "password": "wrong"}, **extra
        ).status_code
        for _time in range(times)
    ]


def test_the_fifth_failure_is_429_and_the_right_password_is_then_refused(client, user):
    assert fail(client) == [200, 200, 200, 200, 429]
    answer = with_password(client, "ann")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "Wait 15 minutes" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_it_is_the_name_and_the_address_together(client, user):
    administrator("eve")
    fail(client)
    assert with_password(client, "eve").status_code == 302
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert with_password(elsewhere, "ann").status_code == 302


def test_one_name_from_many_addresses_is_stopped_too(client, user, settings):
    settings.SIGN_IN_FAILURES_OF_A_NAME = 6
    for last in (1, 2, 3):
        fail(Client(REMOTE_ADDR=f"192.0.2.{last}"), 2)
    fresh = Client(REMOTE_ADDR="192.0.2.9")
    assert with_password(fresh, "ann").status_code == 429
    assert sign_in.is_locked_out(user)
    administrator("eve")
    assert with_password(fresh, "eve").status_code == 302
    assert sign_in.unlock(user=user)
    assert with_password(fresh, "ann").status_code == 302


def test_one_address_that_tries_many_names_is_stopped_too(client, user, settings):
    settings.SIGN_IN_FAILURES_OF_AN_ADDRESS = 6
    assert [fail(client, 2, name)[-1] for name in ("x", "y", "z")][:2] == [200, 200]
    assert with_password(client, "ann").status_code == 429
    assert with_password(Client(REMOTE_ADDR="192.0.2.7"), "ann").status_code == 302
    AccessAttempt.objects.update(attempt_time=sign_in.now() - timedelta(minutes=16))
    assert with_password(client, "ann").status_code == 302


def test_capitals_and_unknown_names_are_counted_alike(client, user):
    assert fail(client, 3, "ann") + fail(client, 2, "ANN") == [200, 200, 200, 200, 429]
    assert fail(client, 5, "nobody") == [200, 200, 200, 200, 429]


def test_a_success_forgets_the_failures(client, user):
    for _round in range(2):
        fail(client, 4)
        assert with_password(client, "ann").status_code == 302


def test_time_unlocks_and_waiting_is_not_made_longer(client, user, settings):
    fail(client, 8)
    AccessAttempt.objects.update(attempt_time=sign_in.now() - timedelta(minutes=16))
    assert with_password(client, "ann").status_code == 302
    assert AccessAttempt.objects.count() == 0


def test_an_administrator_unlocks(client, user):
    fail(client)
    other = in_english()
    other.force_login(administrator("eve"))
    address = reverse("sign_in_of", args=[user.pk])
    assert sign_in.is_locked_out(user)
    other.post(address, {"unlock": "1"})
    assert not sign_in.is_locked_out(user)
    assert with_password(client, "ann").status_code == 302
    (entry,) = AuditEntry.objects.filter(action="user.unlocked")
    assert (entry.actor_label, entry.object_id) == ("eve", str(user.pk))


def test_what_was_typed_is_in_no_log_and_no_table(client, user, caplog, settings):
    typed = "MyPassw0rd-by-mistake"
    with caplog.at_level(logging.DEBUG):
        for _time in range(6):
            client.post(
                f"{reverse('wagtailadmin_login')}?next=/admin/persons/123/",
                {"username": typed, "password": f"{typed}!", "next": "/admin/persons/123/"},
                REMOTE_ADDR="192.0.2.99",
            )
        with_password(client, "ann")
    said = "\n".join(
        f"{record.getMessage()} {record.args}"
        for record in caplog.records
        if record.name != "django.db.backends"
    )
    assert "AXES" in said
    for word in (typed, typed.lower(), "192.0.2.99", "persons/123"):
        assert word not in said
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM axes_accessattempt")
        rows = str(cursor.fetchall())
    assert sign_in.name_hash(typed) in rows
    for word in (typed, typed.lower(), "persons/123"):
        assert word not in rows
    assert not AccessLog.objects.exists()
    assert not AccessFailureLog.objects.exists()


def test_failures_are_forgotten(client, user):
    fail(client, 2)
    sign_in.forget_old()
    assert AccessAttempt.objects.count() == 1
    AccessAttempt.objects.update(attempt_time=sign_in.now() - timedelta(minutes=16))
    sign_in.forget_old()
    assert AccessAttempt.objects.count() == 0


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "expected"),
    [
        (0, "203.0.113.5", "192.0.2.1", "192.0.2.1"),  # anybody can write the header
        (1, "203.0.113.5", "192.0.2.1", "203.0.113.5"),
        (1, "6.6.6.6, 203.0.113.5", "192.0.2.1", "203.0.113.5"),
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.1", "192.0.2.1", "203.0.113.5"),
        (2, "203.0.113.5", "192.0.2.1", "192.0.2.1"),
        (1, "2001:db8:1:2:aaaa::1", "192.0.2.1", "2001:db8:1:2::"),
        (1, "::ffff:203.0.113.5", "192.0.2.1", "203.0.113.5"),
        (1, "unknown", "192.0.2.1", UNKNOWN),
        (0, "", "", UNKNOWN),
    ],
)
def test_failures_are_counted_by_the_address_that_our_proxy_saw(
    settings, proxies, forwarded, remote, expected
):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded}, REMOTE_ADDR=remote)
    assert client_network(request) == expected
    assert isinstance(client_address(request), str)


def test_behind_our_proxy_a_forged_header_opens_nothing(client, user, settings):
    settings.TRUSTED_PROXIES = 1
    statuses = [
        client.post(
            reverse("wagtailadmin_login"),
            {"username": "ann", "password": PASSWORD if attempt == 5 else "wrong"},
            headers={"x-forwarded-for": f"10.9.9.{attempt}, 203.0.113.5"},
        ).status_code
        for attempt in range(6)
    ]
    assert statuses == [200, 200, 200, 200, 429, 429]
