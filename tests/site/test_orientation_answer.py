"""The page behind a service's link: nothing is shown or changed by opening it, the file is asked for, one answer counts."""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.actions import sync_roles
from audit.models import AuditEntry
from directory_site.failures import WithoutLinks
from outbox.models import Message
from referrals import links
from referrals.actions import orientations, persons
from referrals.models import AccessRow, FollowUp, Orientation, OrientationEvent, TransmittedFile
from services.models import Change
from tests.referrals import builders
from tests.services.builders import service

pytestmark = pytest.mark.django_db
SECRETS = ("Rosalie", "Canary", "470123456", "470 12 34", "déambulateur")


@pytest.fixture
def ada(client):
    sync_roles()
    user = builders.agent()
    client.force_login(user)
    return user


@pytest.fixture
def call(ada):
    found = builders.call(ada, about=builders.person(ada))
    found.situation = {"postcode": "1080", "languages": ["fr", "ar"], "bim": True}
    found.save()
    return found


@pytest.fixture
def listing():
    return service("Cuisine de quartier", email="accueil@cuisine.example")


FIELDS = {
    "first_name": "Rosalie",
    "last_name": "Van Canary",
    "phone": "0470 12 34 56",
    "asked": "Un colis, elle marche avec un déambulateur",
    "told": ["place", "languages"],
    "agreed": "on",
}


def send(client, call, listing, **values):
    """The agent's way: the search's button, then the page of the file."""
    need = builders.need(call.agent, of=call)
    orient = reverse("desk:call-orient", args=[call.uuid])
    fields = {"mode": "file_transmitted", "service": listing.uuid, "need": need.uuid, "key": uuid4()}
    page = client.post(orient, fields, follow=True)
    assert page.redirect_chain[-1][0] == reverse("desk:send_file", args=[need.uuid, listing.uuid])
    return client.post(
        page.redirect_chain[-1][0], {**FIELDS, "key": page.context["form"]["key"].value(), **values}
    )


def link() -> str:
    return "/fr/orientation/" + Message.objects.latest("pk").body.split("/orientation/")[1].split()[0]


def rows() -> list[int]:
    models = (AccessRow, AuditEntry, OrientationEvent, FollowUp, Message, Change)
    return [model.objects.count() for model in models]


def main(page) -> str:
    return page.content.decode().split("<main")[1].split("</main")[0]


def test_the_whole_way_from_the_call_to_the_answer_and_nothing_of_it_leaks(
    client, ada, call, listing, caplog
):
    caplog.set_level(logging.DEBUG)
    assert send(client, call, listing).status_code == 302
    address, stranger = link(), Client(enforce_csrf_checks=True)
    front = stranger.get(address)
    assert not [secret for secret in SECRETS if secret in front.content.decode()]
    shown = stranger.post(address, {"act": "open"})
    assert all(
        secret in main(shown) for secret in ("Rosalie Van Canary", "0470 12 34 56", "déambulateur", "1080")
    )
    assert "tel:+32470123456" in main(shown)
    answered = stranger.post(
        address, {"act": "answer", "answer": "decline", "reason": "full", "note": "Van Canary"}
    )
    assert (answered.status_code, answered["Location"]) == (302, address)
    assert "<form" not in main(stranger.get(address))
    assert (Orientation.objects.get().state, Orientation.objects.get().reason) == ("rejected", "full")
    day = client.get(reverse("desk:day")).content.decode()
    assert "Cuisine de quartier" in day
    follow_up = FollowUp.objects.get(kind="call_back")
    assert "Van Canary" in client.get(reverse("desk:follow_up", args=[follow_up.uuid])).content.decode()
    kept = [str(row) for model in (AuditEntry, AccessRow) for row in model.objects.values()]
    kept += [session.session_data for session in Session.objects.all()]
    kept += [text for mail in Message.objects.all() for text in (mail.subject, mail.body, mail.html)]
    assert not [text for text in kept for secret in SECRETS if secret in text]
    logged = [record.getMessage() for record in caplog.records if WithoutLinks().filter(record)]
    assert not [text for text in logged for secret in (*SECRETS, address) if secret in text]


def test_opening_the_link_shows_and_changes_nothing(client, ada, call, listing):
    send(client, call, listing)
    address, before = link(), rows()
    for method in (client.get, client.head, client.get):
        answer = method(address)
        assert answer.status_code == 200
    assert rows() == before
    file = TransmittedFile.objects.get()
    assert (file.opened_at, file.answered_at, Orientation.objects.get().state) == (None, None, "requested")
    assert "no-store" in answer["Cache-Control"]
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex")
    for secret in (*SECRETS, Orientation.objects.get().person.reference):
        assert secret not in main(answer)
    assert client.put(address).status_code == 405


def test_a_decline_without_a_reason_keeps_what_was_typed_and_answers_nothing(client, ada, call, listing):
    send(client, call, listing)
    fields = {"act": "answer", "answer": "decline", "note": "Nous sommes en travaux"}
    page = client.post(link(), fields)
    assert page.status_code == 422
    assert "Nous sommes en travaux" in main(page)
    assert 'value="decline" checked' in main(page)
    assert set(page.context["wrong"]) == {"reason"}
    fields |= {"reason": "full", "note": "NISS 85.07.30-033 28"}
    page = client.post(link(), fields)
    assert (page.status_code, set(page.context["wrong"])) == (422, {"note"})
    assert client.post(link(), {"act": "answer"}).context["wrong"].keys() == {"answer"}
    assert Orientation.objects.get().state == "requested"


def test_considering_then_helping(client, ada, call, listing):
    send(client, call, listing)
    client.post(link(), {"act": "answer", "answer": "study"})
    page = client.post(link(), {"act": "open"})
    assert [value for value, _label in page.context["may"]] == ["accept", "decline"]
    client.post(link(), {"act": "answer", "answer": "accept"})
    assert Orientation.objects.get().state == "accepted"
    page = client.post(link(), {"act": "open"})
    assert page.context["may"] == []
    assert "Van Canary" in main(page)
    client.post(link(), {"act": "answer", "answer": "decline", "reason": "full"})  # from an old window
    assert Orientation.objects.get().state == "accepted"


def test_what_was_taken_back_is_over_for_whoever_has_the_page_open(client, ada, call, listing):
    send(client, call, listing)
    theirs = link()
    orientations.withdraw(need=Orientation.objects.get().need, by=ada)
    assert client.get(theirs).status_code == 410
    for fields in ({"act": "open"}, {"act": "answer", "answer": "accept"}):
        answer = client.post(theirs, fields, follow=True)
        assert answer.status_code == 410
        assert "Canary" not in answer.content.decode()
    assert Orientation.objects.get().state == "cancelled"


def test_a_wrong_old_or_other_link_opens_nothing(client, ada, call, listing):
    send(client, call, listing)
    for wrong in (link()[:-4] + "/", link().replace("orientation", "confirm"), "/fr/orientation/x/"):
        assert client.post(wrong, {"act": "open"}).status_code == 404
    TransmittedFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.post(link(), {"act": "open"}).status_code == 410


def test_a_link_or_an_address_that_is_opened_very_often_waits(client, ada, call, listing, settings):
    send(client, call, listing)
    settings.LINK_VISITS, settings.ADDRESS_VISITS = 2, 3
    assert [client.get(link()).status_code for _visit in range(3)] == [200, 200, 429]
    assert client.get("/fr/orientation/guess/").status_code == 429
    assert client.get(link(), REMOTE_ADDR="10.0.0.9").status_code == 429


@pytest.mark.parametrize("lang", [code for code, _name in settings.LANGUAGES])
def test_the_page_and_the_mail_speak_each_language(client, ada, call, listing, lang):
    listing.source_language = lang
    listing.save()
    send(client, call, listing)
    assert f"/{lang}/orientation/" in Message.objects.get().body
    with translation.override(lang):
        address = reverse("orientation_answer", args=[links.token(TransmittedFile.objects.get())])
    page = client.post(address, {"act": "open"})
    assert f'<html lang="{lang}"' in page.content.decode()
    assert "Van Canary" in main(page)


def test_the_agents_page_says_what_is_wrong_and_sends_nothing(client, ada, call, listing):
    for values, field in (
        ({"agreed": ""}, "agreed"),
        ({"phone": "x"}, "phone"),
        ({"first_name": "", "last_name": ""}, "last_name"),
    ):
        page = send(client, call, listing, **values)
        assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
        assert "déambulateur" in main(page)
    assert not Message.objects.exists()
    assert not Orientation.objects.exists()


def test_what_is_known_of_the_person_is_filled_in_and_that_is_a_reading(client, ada, call, listing):
    persons.identify(person=call.person, by=ada, last_name="Van Canary")
    need = builders.need(ada, of=call)
    before = AccessRow.objects.filter(object_kind="identity").count()
    page = client.get(reverse("desk:send_file", args=[need.uuid, listing.uuid]))
    assert "Van Canary" in main(page)
    assert "no-store" in page["Cache-Control"]
    assert AccessRow.objects.filter(object_kind="identity").count() == before + 1


def test_without_a_mailbox_or_a_person_the_page_says_what_to_do(client, ada, call):
    need = builders.need(ada, of=call)
    page = client.get(reverse("desk:send_file", args=[need.uuid, service("Sans courriel").uuid]))
    assert 'type="submit"' not in main(page).replace(" ", "")
    assert "<form" not in main(page)
    alone = builders.call(ada)
    orient = reverse("desk:call-orient", args=[alone.uuid])
    fields = {
        "mode": "file_transmitted",
        "service": service("B").uuid,
        "need": builders.need(ada, of=alone).uuid,
    }
    assert client.post(orient, fields).status_code == 422


def test_another_teams_need_is_not_there(client, ada, call, listing):
    need = builders.need(ada, of=call)
    client.force_login(builders.agent("eve", team=builders.fund("other")))
    address = reverse("desk:send_file", args=[need.uuid, listing.uuid])
    assert client.get(address).status_code == 404
    assert client.post(address, FIELDS).status_code == 404


def test_a_service_that_calls_is_found_by_the_files_reference(client, ada, call, listing):
    send(client, call, listing)
    page = client.post(reverse("desk:persons"), {"query": TransmittedFile.objects.get().reference.lower()})
    assert page["Location"] == reverse("desk:person", args=[call.person.uuid])


def test_no_log_line_holds_the_signed_part_of_an_address():
    """Through every handler that the settings give, whatever the logger."""
    handlers = [
        logging.getLogger(name)
        for name in ("", "django", "django.request", "django.server", "gunicorn.error")
    ]
    filters = [
        handler.filters for one in handlers for handler in one.handlers if "console" in (handler.name or "")
    ]
    assert filters
    assert all(any(isinstance(one, WithoutLinks) for one in found) for found in filters)
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 1, "%s: %s", ("Gone", "/fr/orientation/ab:cd:ef/"), None
    )
    assert WithoutLinks().filter(record)
    assert record.getMessage() == "Gone: /fr/orientation/…/"
