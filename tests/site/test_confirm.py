"""The page behind an organisation's signed link: opening changes nothing, one button answers, once."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.timezone import localdate

from audit.models import AuditEntry
from directory_site.work_models import Visits
from sealing.links import LinkExpired, LinkWrong
from services.care import actions as care
from services.models import Change, Phone, Service, Verification, VerificationRequest
from services.verification import links
from tests.services.builders import location, service

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.site.urls_with_suggestions")]


@pytest.fixture
def asked() -> VerificationRequest:
    listing = service("Épicerie sociale", email="info@epicerie.example")
    listing.phones = [Phone(number="02 123 45 67"), Phone(number="02 999 99 99", visibility="professionals")]
    listing.save()
    return VerificationRequest.objects.create(service=listing, expires_at=timezone.now() + timedelta(days=45))


def address(request: VerificationRequest, lang: str = "fr") -> str:
    with translation.override(lang):
        return reverse("confirm_listing", kwargs={"token": links.token(request)})


def test_opening_shows_what_is_published_and_changes_nothing(client, asked):
    before = (Change.objects.count(), AuditEntry.objects.count())
    for _visit in range(3):  # a mail program, its virus scanner, a person
        page = client.get(address(asked))
    assert client.head(address(asked)).status_code == 200
    text = page.content.decode()
    assert "Épicerie sociale" in text
    assert "02 123 45 67" in text
    assert "02 999 99 99" not in text
    assert reverse("suggest_for_request", kwargs={"token": links.token(asked)}).split("/")[-3] in text
    assert page["Cache-Control"].startswith("max-age=0") or "no-store" in page["Cache-Control"]
    assert "noindex" in text
    asked.refresh_from_db()
    assert (asked.state, asked.answered_at) == ("sent", None)
    assert (Change.objects.count(), AuditEntry.objects.count()) == before


def test_one_click_says_that_it_is_still_correct(asked):
    browser = Client(enforce_csrf_checks=True)  # a mail program's browser keeps no cookie
    answer = browser.post(address(asked), follow=True)
    assert answer.status_code == 200
    listing = Service.objects.get()
    assert (listing.verified_on, listing.verification_channel) == (localdate(), "self")
    made = Verification.objects.get()
    assert (made.by, made.channel, made.result) == (None, "self", "verified")
    asked.refresh_from_db()
    assert asked.state == "correct"
    assert listing.care.urgency == 0
    assert AuditEntry.objects.get(action="service.verified").actor_label == "organisation"
    assert "csrftoken" not in browser.cookies


def test_the_link_answers_once_and_then_says_what_was_answered(client, asked):
    client.post(address(asked))
    client.post(address(asked))
    assert Verification.objects.count() == 1
    page = client.get(address(asked)).content.decode()
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    asked.state = "changed"
    asked.save()
    assert "<form" not in client.get(address(asked)).content.decode().split("<main")[1].split("</main")[0]


def test_after_its_time_the_link_is_over(client, asked, monkeypatch):
    url = address(asked)
    asked.expires_at = timezone.now() - timedelta(seconds=1)
    asked.save()
    assert client.get(url).status_code == 410
    assert client.post(url).status_code == 410
    assert not Verification.objects.exists()


def test_an_old_signature_is_over_whatever_the_row_says(asked, monkeypatch):
    token = links.token(asked)
    real = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + 46 * 86_400)
    with pytest.raises(LinkExpired):
        links.read(token)


@pytest.mark.parametrize("state", ["expired", "failed"])
def test_a_closed_question_is_over(client, asked, state):
    asked.state = state
    asked.save()
    assert client.post(address(asked)).status_code == 410


def test_a_link_that_is_not_ours_is_refused(client, asked):
    good = links.token(asked)
    forged = signing.TimestampSigner(salt="something else").sign(asked.uuid.hex)
    other = signing.TimestampSigner(salt=links.SALT).sign("no uuid")
    for token in (good[:-1], good[1:], "x", asked.uuid.hex, forged, other, good + "x"):
        with pytest.raises(LinkWrong):
            links.read(token)
        url = reverse("confirm_listing", kwargs={"token": token})
        assert client.post(url).status_code == 404
    assert not Verification.objects.exists()


def test_the_token_holds_the_questions_uuid_and_no_more(asked):
    assert links.token(asked).split(":")[0] == asked.uuid.hex
    assert "@" not in links.token(asked)


def test_a_listing_that_is_gone_is_not_confirmed(client, asked):
    url = address(asked)
    asked.service.unpublish()
    assert client.post(url).status_code == 410


def test_a_hidden_address_is_not_told(client, asked):
    place = location(street_fr="Rue Cachée", postcode="1000", address_visibility="address_hidden")
    asked.service.service_at_locations.create(location=place)
    assert "Rue Cachée" not in client.get(address(asked)).content.decode()


def test_too_many_visits_wait(client, asked, settings):
    settings.LINK_VISITS = 3
    for _visit in range(3):
        assert client.get(address(asked)).status_code == 200
    assert client.post(address(asked)).status_code == 429
    assert not Verification.objects.exists()
    assert client.get(address(asked), REMOTE_ADDR="203.0.113.9").status_code == 429


def test_one_address_with_many_links_waits_and_is_nowhere_in_clear(client, asked, settings):
    settings.ADDRESS_VISITS = 2
    for number in range(3):
        answer = client.get(
            reverse("confirm_listing", kwargs={"token": f"guess{number}"}), REMOTE_ADDR="203.0.113.9"
        )
    assert answer.status_code == 429
    assert client.get(address(asked), REMOTE_ADDR="203.0.113.10").status_code == 200
    counted = Visits.objects.values_list("count", flat=True)
    assert sorted(counted) == [1, 1, 3], "of two addresses and a link, over all processes"
    assert "203.0.113" not in "".join(Visits.objects.values_list("key", flat=True))


def test_visits_of_past_windows_go(client, asked):
    client.get(address(asked))
    Visits.objects.update(key=F("id"), until=timezone.now() - timedelta(seconds=1))
    client.get(address(asked))
    assert Visits.objects.count() == 2
    assert not Visits.objects.filter(until__lt=timezone.now()).exists()


@pytest.mark.parametrize("lang", ["fr", "nl", "en", "de"])
def test_the_page_speaks_each_language(client, asked, lang):
    page = client.get(address(asked, lang))
    assert page.status_code == 200
    assert f'<html lang="{lang}"' in page.content.decode()


def test_freshness_follows_the_rhythm_of_the_listing(client, asked):
    """A food bank that was checked half a year ago is not "checked" any more; a town hall is."""
    listing = asked.service
    listing.verified_on = localdate() - timedelta(days=180)
    listing.verify_every_days = 90
    listing.save()
    url = reverse("listing", kwargs={"uuid": listing.uuid})
    assert "freshness-old" in client.get(url, follow=True).content.decode()
    listing.verify_every_days = 200
    listing.save()
    assert "freshness-old" not in client.get(url, follow=True).content.decode()
    care.refresh()
    listing.verified_on = None
    listing.save()
    with translation.override("fr"):
        assert "vérifié" in client.get(url, follow=True).content.decode().lower()
