"""The report of messages: what became of each, never to whom; and sending again what was given up."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import translation
from wagtail.users.models import UserProfile

from audit.models import AuditEntry
from outbox import kinds
from outbox.models import Message
from outbox.reasons import in_words

from .builders import message

pytestmark = pytest.mark.django_db
LIST, RESEND = "outbox_messages:index", "outbox_messages:resend"


@pytest.fixture
def signed_in(client, django_user_model):
    """`signed_in("view_message")`: a client of somebody who may open the admin, and that."""

    def sign_in(*codenames: str):
        group = Group.objects.create(name="those who …")
        group.permissions.set(Permission.objects.filter(codename__in=["access_admin", *codenames]))
        user = django_user_model.objects.create(username="somebody")
        UserProfile.objects.create(user=user, preferred_language="en")
        user.groups.add(group)
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def given_up() -> Message:
    return message(
        state="given_up",
        attempts=16,
        last_error="TimeoutError",
        recipient="odette@example.org",
        kind="answer",
    )


@pytest.fixture
def named(monkeypatch):
    monkeypatch.setattr(kinds, "_names", {})
    kinds.register("verification", "Verification")
    kinds.register("answer", "Answer")


def page(client, name: str, *args, **query) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_became_of_each_and_never_to_whom(signed_in, given_up, named):
    message(state="sent")
    waiting = message(recipient="jeanne@example.org")
    shown = page(signed_in("view_message", "change_message"), LIST)
    for text in ("Answer", "The mail server did not answer", "Given up", "Waiting", "Sent", "16"):
        assert text in shown
    for hidden in ("odette", "jeanne", "example.org", "gAAAA", waiting.body):
        assert hidden not in shown
    assert reverse(RESEND, args=[given_up.uuid]) in shown
    assert reverse(RESEND, args=[waiting.uuid]) not in shown


def test_the_recipient_is_not_even_read(signed_in, given_up, settings, django_assert_max_num_queries):
    client = signed_in("view_message")
    for _number in range(60):
        message()
    settings.SEALING_KEYS = ["QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="]  # not the database's
    with django_assert_max_num_queries(30):
        page(client, LIST)


@pytest.mark.parametrize("query", [{"state": "given_up"}, {"kind": "answer"}])
def test_narrowed(signed_in, given_up, named, query):
    message(state="failed", last_error="SMTPServerDisconnected", attempts=2)
    shown = page(signed_in("view_message"), LIST, **query)
    assert "The mail server did not answer" in shown
    assert "The connection to the mail server broke" not in shown


def test_a_reason_without_words_is_shown_as_it_is():
    with translation.override("en"):
        assert in_words("SMTPDataError") == "The mail server refused the message"
    assert in_words("CarrierError") == "CarrierError"


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_the_table_to_take_away_has_no_recipient_either(signed_in, given_up, format_):
    answer = signed_in("view_message").get(reverse(LIST), {"export": format_})
    assert answer.status_code == 200
    taken = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"odette" not in taken
    if format_ == "csv":
        assert str(given_up.uuid) in taken.decode()


def test_sending_again_asks_first_and_says_who_did(signed_in, given_up):
    client = signed_in("view_message", "change_message")
    asked = page(client, RESEND, given_up.uuid)
    assert given_up.subject in asked
    assert "odette" not in asked
    answer = client.post(reverse(RESEND, args=[given_up.uuid]), follow=True)
    assert "waits to be sent again" in answer.content.decode()
    given_up.refresh_from_db()
    assert (given_up.state, given_up.attempts) == ("queued", 0)
    assert AuditEntry.objects.get(action="message.resent").actor_label == "somebody"
    again = client.post(reverse(RESEND, args=[given_up.uuid]), follow=True)
    assert "Nothing was sent" in again.content.decode()
    assert AuditEntry.objects.filter(action="message.resent").count() == 1


@pytest.mark.parametrize("values", [{"state": "sent"}, {"state": "given_up", "recipient": None}])
def test_what_has_no_recipient_any_more_cannot_be_sent_again(signed_in, values):
    made = message(**values)
    client = signed_in("view_message", "change_message")
    assert reverse(RESEND, args=[made.uuid]) not in page(client, LIST)
    answer = client.post(reverse(RESEND, args=[made.uuid]), follow=True)
    assert "Nothing was sent" in answer.content.decode()


def test_who_may_what(signed_in, given_up):
    client = signed_in("view_message")
    home = page(client, "wagtailadmin_home")
    assert reverse(LIST) in home
    assert "/resend/" not in page(client, LIST)
    for method in (client.get, client.post):
        assert method(reverse(RESEND, args=[given_up.uuid])).status_code == 302
    given_up.refresh_from_db()
    assert given_up.state == "given_up"


def test_others_neither_see_nor_open_it(signed_in, given_up):
    client = signed_in()
    assert reverse(LIST) not in page(client, "wagtailadmin_home")
    assert client.get(reverse(LIST)).status_code == 302
    assert client.post(reverse(RESEND, args=[given_up.uuid])).status_code == 302
    given_up.refresh_from_db()
    assert given_up.state == "given_up"


def test_a_message_that_is_not_there(signed_in):
    client = signed_in("view_message", "change_message")
    nobody = reverse(RESEND, args=["6b2f2d5e-0f6c-4d43-8b1e-000000000000"])
    assert client.get(nobody, follow=True).status_code == 404
