"""Details for a person: the very text is seen first, it goes once, and nothing of who gets it stays anywhere."""

import logging
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from accounts.actions import sync_roles
from audit.models import AuditEntry
from outbox.delivery import deliver_due
from outbox.models import Message
from referrals.actions import consents, forgetting, orientations, persons
from referrals.actions.merging import merge
from referrals.models import AccessRow, Person
from services.models import Phone
from tests.referrals import builders
from tests.services.builders import service

pytestmark = pytest.mark.django_db
NUMBER = "0470 12 34 56"


@pytest.fixture
def ada(client):
    sync_roles()
    user = builders.agent()
    client.force_login(user)
    return user


def given(by, **values):
    listing = service("Épicerie sociale", name_nl="Sociale kruidenier")
    listing.phones = [Phone(number="02 512 34 56"), Phone(number="02 512 34 57", visibility="professionals")]
    listing.save()
    about = builders.person(by, **values)
    return builders.orientation(by, of=builders.need(by, about=about), to=listing)


def at(one) -> str:
    return reverse("desk:send_person", args=[one.uuid])


def send(client, one, **values):
    fields = {"channel": "sms", "recipient": NUMBER, "language": "fr", "key": str(uuid.uuid4()), **values}
    return client.post(at(one), fields)


def test_the_text_is_in_the_persons_language_without_what_is_for_professionals(client, ada):
    one = given(ada, languages=["nl", "fr"])
    text = client.get(at(one)).context["text"]
    assert text.startswith("Sociale kruidenier")
    assert "02 512 34 56" in text
    assert "02 512 34 57" not in text
    assert client.get(at(one) + "?language=fr").context["text"].startswith("Épicerie sociale")


def test_it_goes_once_and_the_number_stands_in_the_outbox_only(client, ada, caplog):
    caplog.set_level(logging.DEBUG)
    one, key = given(ada), str(uuid.uuid4())
    for _click in range(2):
        answer = send(client, one, key=key)
        assert answer.status_code == 302
    message = Message.objects.get()
    assert (message.channel, message.recipient) == ("sms", "+32470123456")
    digits = "470123456"
    kept = [str(row) for model in (AuditEntry, AccessRow) for row in model.objects.values()]
    kept += [session.session_data for session in Session.objects.all()] + [
        message.body,
        answer["Location"],
        caplog.text,
    ]
    assert not [text for text in kept if digits in text.replace(" ", "")]


def test_to_the_number_in_the_file_which_is_not_shown(client, ada):
    one = given(ada)
    persons.add_phone(person=one.person, number=NUMBER, by=ada)
    page = client.get(at(one)).content.decode()
    assert "470123456" not in page.replace(" ", "")
    assert send(client, one, recipient="", from_file="on").status_code == 302
    assert Message.objects.get().recipient == "+32470123456"
    assert send(client, one, recipient="", from_file="on", channel="email").status_code == 422


@pytest.mark.parametrize(
    "values",
    [{"recipient": ""}, {"recipient": "12"}, {"channel": "email"}, {"channel": "pigeon"}, {"key": "x"}],
)
def test_what_is_wrong_is_said_and_nothing_goes(client, ada, values):
    assert send(client, given(ada), **values).status_code == 422
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("gateways", "first", "from_file"),
    [(["sms", "email"], "sms", True), (["email"], "email", False), ([], None, None)],
)
def test_only_what_can_go_is_offered(client, ada, settings, gateways, first, from_file):
    one = given(ada)
    persons.add_phone(person=one.person, number=NUMBER, by=ada)
    settings.OUTBOX_GATEWAYS = dict.fromkeys(gateways, "outbox.gateways.console.ConsoleGateway")
    form = client.get(reverse("desk:send_person", args=[one.uuid])).context["form"]
    assert [code for code, _label in form.fields["channel"].choices] == gateways
    if gateways:
        assert form["channel"].value() == first
        assert ("from_file" in form.fields) is from_file
    assert send(client, one, channel="sms").status_code == (302 if "sms" in gateways else 422)


def test_who_objects_gets_nothing(client, ada):
    one = given(ada)
    Person.objects.update(do_not_contact=True)
    assert send(client, one).status_code == 422
    assert not Message.objects.exists()


def test_the_sheet_names_the_service_and_nobody(client, ada):
    one = given(ada, languages=["nl"])
    persons.identify(person=one.person, by=ada, last_name="Peeters")
    page = client.get(reverse("desk:sheet", args=[one.uuid])).content.decode()
    assert 'lang="nl"' in page
    assert "Sociale kruidenier" in page
    assert "02 512 34 57" not in page
    assert "Peeters" not in page
    assert one.person.reference not in page
    assert AccessRow.objects.filter(action="print", object_uuid=one.person.uuid).count() == 1


def test_what_was_entered_in_error_or_is_another_teams_is_not_there(client, ada):
    one = given(ada)
    client.force_login(builders.agent("eve", team=builders.fund("other")))
    assert {client.get(at(one)).status_code, send(client, one).status_code} == {404}
    client.force_login(ada)
    orientations.move(orientation=one, to="entered_in_error", by=ada)
    assert client.get(at(one)).status_code == 404


@pytest.mark.parametrize("state", ["queued", "failed", "sending", "given_up"])
@pytest.mark.parametrize("end", ["opposition", "erasure", "undone", "no contact", "merged", "identity"])
def test_what_has_not_left_does_not_leave_when_nobody_wants_it_any_more(client, ada, end, state):
    one = given(ada)
    send(client, one)
    Message.objects.update(state=state, given_up_at=timezone.now() if state == "given_up" else None)
    sent = given(ada)
    send(client, sent)
    Message.objects.filter(about_id=sent.uuid).update(state="sent", recipient=None, sent_at=timezone.now())
    for about in (one, sent):
        if end == "opposition":
            persons.oppose(person=about.person, by=ada)
        elif end == "no contact":
            agreed = consents.give(person=about.person, kind="contact", by=ada, script_version="1")
            consents.withdraw(consent=agreed, by=ada)
        elif end == "merged":
            merge(kept=about.person, other=builders.person(ada, do_not_contact=True), by=ada)
        elif end == "identity":
            forgetting.forget_identity([about.person], reason="test")
        elif end == "erasure":
            forgetting.erase(person=about.person, by=ada)
        else:
            orientations.move(orientation=about, to="entered_in_error", by=ada)
    message = Message.objects.get(about_id=one.uuid)
    assert (message.state, message.recipient, message.last_error) == ("given_up", None, "Withdrawn")
    assert Message.objects.get(about_id=sent.uuid).state == "sent"
    assert deliver_due().sent == 0
    assert not Message.objects.resendable().exists()
