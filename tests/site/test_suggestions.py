"""Suggesting from the public pages, as a visitor does it: what is offered, kept, refused, and told afterwards."""

import time

import pytest
from django.core import signing
from django.utils.html import escape

from services.models import (
    CostOption,
    Notice,
    Phone,
    RecentSubmission,
    Schedule,
    Service,
    Suggestion,
    SuggestionSender,
    VerificationRequest,
)
from services.suggestions import challenge
from services.suggestions.screening import proves_work
from services.verification import links
from tests.services.builders import location, service

from .pages import Read

pytestmark = pytest.mark.django_db
FORM = {"reasons": [], "comment": "", "reply_to": "", "trap": "", "proof": "", "answer": ""}


@pytest.fixture
def listing() -> Service:
    place = location(street_fr="Rue Haute", house_number="5", postcode="1000")
    made = service("Épicerie sociale", at=[place], description_fr="Colis le mardi", languages=["fr"])
    made.phones = [Phone(number="02 512 34 56")]
    made.schedules = [Schedule(byday="MO", opens_at="09:00", closes_at="12:00")]
    made.save()
    return made


def sheet(seconds_ago: int = 60) -> tuple[str, str]:
    """(token, right answer) of a sheet that was given out a minute ago."""
    token = signing.dumps(
        ["ab" * 8 + str(time.monotonic_ns()), 3, 4, int(time.time()) - seconds_ago], salt=challenge.SALT
    )
    return token, "7"


def form_of(client, url: str) -> dict:
    """The fields of the page as a browser would send them back, with an honest answer to its question."""
    read = Read(client.get(url).content.decode())
    values: dict = {}
    for element in read.elements:
        name = element.get("name")
        if not name or (element.get("type") in ("checkbox", "radio") and "checked" not in element):
            continue
        text = element["text"] if element["tag"] == "textarea" else element.get("value", "")
        values.setdefault(name, []).append(text)
    values = {name: found for name, found in values.items() if name not in ("viewport", "color-scheme")}
    values["sheet"], values["answer"] = sheet()
    return values


def send(client, url: str, **changed):
    return client.post(url, {**form_of(client, url), **changed})


def at(listing: Service, lang: str = "fr") -> str:
    return f"/{lang}/suggest/{listing.uuid}/"


class TestCorrecting:
    def test_the_foot_of_a_listing_leads_there(self, client, listing):
        page = client.get(f"/fr/services/{listing.uuid}/", follow=True).content.decode()
        assert at(listing) in page
        assert "mailto:" not in page

    def test_one_field_is_corrected_and_the_others_are_left(self, client, listing):
        answer = send(client, at(listing), phones="02 511 11 11\r\n0470 12 34 56", reasons=["wrong_number"])
        suggestion = Suggestion.objects.get()
        assert answer.status_code == 302
        assert answer["Location"] == f"/fr/suggestions/{suggestion.uuid}/"
        assert [one["field"] for one in suggestion.changes] == ["phones"]
        assert suggestion.changes[0]["before"] == ["02 512 34 56"]
        assert suggestion.changes[0]["after"] == ["02 511 11 11", "0470 12 34 56"]
        assert (suggestion.reasons, suggestion.channel, suggestion.steward) == (
            ["wrong_number"],
            "public",
            listing.steward,
        )
        assert Service.objects.get(pk=listing.pk).phones.get().number == "02 512 34 56"

    def test_hours_are_a_week_to_fill_in(self, client, listing):
        send(client, at(listing), hours_0="9h-12h et 13h-16h", hours_1="9-12")
        [one] = Suggestion.objects.get().changes
        assert one["after"] == "Mo 09:00-12:00,13:00-16:00; Tu 09:00-12:00"
        assert one["before"] == "Mo 09:00-12:00"

    def test_what_boxes_say_is_shown_and_answered_in_words(self, client, listing):
        listing.cost_options = [CostOption(option="free")]
        listing.access_steps = ["appointment"]
        listing.save()
        page = client.get(at(listing)).content.decode()
        assert "Gratuit" in page
        assert "Sur rendez-vous" in page
        send(client, at(listing), cost="2 euros depuis mars")
        [one] = Suggestion.objects.get().changes
        assert (one["field"], one["before"], one["after"]) == ("cost", "", "2 euros depuis mars")

    def test_hours_that_no_week_says_are_told_in_words(self, client, listing):
        listing.schedules = [
            Schedule(byday="MO", opens_at="09:00", closes_at="12:00"),
            Schedule(byday="1SA", opens_at="10:00", closes_at="12:00"),
        ]
        listing.save()
        page = client.get(at(listing)).content.decode()
        assert 'name="hours_0"' not in page
        send(client, at(listing), hours="Aussi le jeudi")
        [one] = Suggestion.objects.get().changes
        assert (one["field"], one["after"]) == ("hours_words", "Aussi le jeudi")

    def test_a_text_is_corrected_in_the_language_it_is_in(self, client, listing):
        send(client, at(listing, "nl"), description="Colis le mercredi")
        suggestion = Suggestion.objects.get()
        assert suggestion.language == "nl"
        assert suggestion.changes[0]["language"] == "fr"

    def test_an_address_of_a_place(self, client, listing):
        part = listing.service_at_locations.get().uuid
        send(client, at(listing), **{f"street_{part}": "Rue Basse"})
        [one] = Suggestion.objects.get().changes
        assert (one["field"], one["before"], one["after"], one["part"]) == (
            "street",
            "Rue Haute",
            "Rue Basse",
            str(part),
        )

    def test_the_email_stands_apart_and_in_no_address(self, client, listing):
        answer = send(client, at(listing), reasons=["no_answer"], reply_to="jean@example.org")
        assert "jean" not in answer["Location"]
        assert SuggestionSender.objects.get().email == "jean@example.org"
        page = client.get(answer["Location"]).content.decode()
        assert "jean" not in page

    def test_a_listing_that_changed_while_the_page_was_open(self, client, listing):
        """What the reader left as it was is no correction of what came since."""
        values = form_of(client, at(listing))
        listing.description_fr = "Colis le vendredi"
        listing.save()
        client.post(at(listing), {**values, "reasons": ["no_answer"]})
        assert Suggestion.objects.get().changes == []

    def test_an_old_mistake_of_the_listing_is_not_its_readers(self, client, listing):
        Phone.objects.update(number="demander Anne")
        answer = send(client, at(listing), reasons=["no_answer"])
        assert answer.status_code == 302

    def test_nothing_said_is_nothing_sent(self, client, listing):
        answer = send(client, at(listing))
        assert answer.status_code == 422
        assert not Suggestion.objects.exists()

    @pytest.mark.parametrize("status", ["draft", "professionals", "archived", "unknown"])
    def test_what_a_reader_may_not_see(self, client, listing, status):
        if status == "draft":
            listing.live = False
        elif status == "professionals":
            listing.visibility = "professionals"
        elif status == "archived":
            listing.lifecycle = "archived"
        listing.save()
        url = at(listing) if status != "unknown" else "/fr/suggest/00000000-0000-4000-8000-000000000000/"
        assert client.get(url).status_code == 404
        assert client.post(url, FORM).status_code == 404

    def test_no_cookie_is_set(self, client, listing):
        answer = client.get(at(listing))
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]

    def test_few_queries(self, client, listing, django_assert_max_num_queries):
        client.get(at(listing))
        with django_assert_max_num_queries(25):
            client.get(at(listing))


class TestHostile:
    TYPED = "Un long texte que j'ai écrit avec soin."

    @pytest.mark.parametrize(
        ("field", "text"),
        [
            ("comment", "<script>alert(1)</script>"),
            ("comment", "http://a.be http://b.be http://c.be"),
            ("comment", "Elle s'appelle Anne, 85.07.30-033.28"),
            ("comment", "x" * 2001),
            ("description", "<img src=x onerror=alert(1)>"),
            ("name", "85073003328"),
            ("phones", "pas un numéro"),
            ("website", "javascript:alert(1)"),
            ("email", "pas une adresse"),
            ("reply_to", "pas une adresse"),
            ("hours_2", "quand je veux"),
        ],
    )
    def test_it_is_refused_and_nothing_typed_is_lost(self, client, listing, field, text):
        typed = {"cost": self.TYPED, field: text}
        answer = send(client, at(listing), **typed)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert not Suggestion.objects.exists()
        assert escape(self.TYPED) in page
        assert escape(text) in page
        assert "<script>alert" not in page
        assert "form-error" in page

    def test_a_megabyte_is_not_even_read(self, client, listing):
        answer = client.post(at(listing), {**FORM, "comment": "x" * 1_000_000})
        assert answer.status_code == 413
        assert len(answer.content) < 20_000

    def test_a_null_byte(self, client, listing):
        answer = send(client, at(listing), comment="a\x00b")
        assert answer.status_code == 422

    @pytest.mark.parametrize("name", ["sheet", "proof", "was_phones", "reasons"])
    def test_rubbish_in_hidden_fields(self, client, listing, name):
        answer = send(client, at(listing), comment="Bonjour à tous", **{name: "\u202e'; DROP TABLE--" * 30})
        assert answer.status_code in (302, 422)

    def test_somebody_elses_suggestion_tells_nothing_of_it(self, client, listing):
        send(client, at(listing), comment="Anne est malade", reasons=["other"], reply_to="jean@example.org")
        page = client.get(f"/fr/suggestions/{Suggestion.objects.get().uuid}/").content.decode()
        assert "malade" not in page
        assert "jean" not in page
        assert 'content="noindex"' in page


class TestSpam:
    def test_a_machine_that_answers_nothing(self, client, listing):
        answer = send(client, at(listing), comment="Achetez ceci", answer="")
        assert answer.status_code == 422
        assert "human-needed" in answer.content.decode()
        assert "Achetez ceci" in answer.content.decode()

    def test_a_wrong_sum_gets_another_question(self, client, listing):
        answer = send(client, at(listing), comment="Bonjour", answer="12")
        assert answer.status_code == 422

    def test_a_proof_of_work_stands_for_the_answer(self, client, listing):
        token, _right = sheet()
        nonce = challenge.sheet_of(token).nonce
        proof = next(str(number) for number in range(10_000_000) if proves_work(nonce, str(number)))
        answer = send(client, at(listing), comment="Bonjour", sheet=token, answer="", proof=proof)
        assert answer.status_code == 302

    @pytest.mark.parametrize("seconds", [0, 100_000])
    def test_too_quick_and_too_late(self, client, listing, seconds, monkeypatch):
        values = form_of(client, at(listing))
        if seconds == 0:
            values["sheet"] = sheet(0)[0]
        else:
            now = time.time()
            with monkeypatch.context() as past:
                past.setattr(time, "time", lambda: now - seconds)
                values["sheet"] = sheet()[0]
        answer = client.post(at(listing), {**values, "comment": "Bonjour"})
        assert answer.status_code == 422
        assert "Bonjour" in answer.content.decode()
        if seconds:  # the new sheet of the page is good
            again = Read(answer.content.decode()).all("input", name="sheet")[0]["value"]
            assert again != values["sheet"]

    def test_the_trap_is_not_told(self, client, listing):
        answer = send(client, at(listing), comment="Achetez", trap="http://spam", reply_to="a@example.org")
        assert answer.status_code == 302
        assert Suggestion.objects.get().state == "spam"
        assert not SuggestionSender.objects.exists()
        assert client.get(answer["Location"]).status_code == 200

    def test_the_same_sheet_twice(self, client, listing):
        token, right = sheet()
        values = {**form_of(client, at(listing)), "sheet": token, "answer": right}
        assert client.post(at(listing), {**values, "comment": "Un"}).status_code == 302
        assert client.post(at(listing), {**values, "comment": "Deux"}).status_code == 422
        assert Suggestion.objects.count() == 1

    def test_a_flood_from_one_network(self, client, listing, settings):
        settings.SUGGESTIONS_PER_HOUR = 2
        for number in range(2):
            assert send(client, at(listing), comment=f"Message {number}").status_code == 302
        answer = send(client, at(listing), comment="Message 3")
        assert answer.status_code == 429
        assert "Message 3" in answer.content.decode()

    def test_behind_a_proxy_the_client_is_who_the_proxy_saw(self, client, listing, settings):
        settings.SUGGESTIONS_PER_HOUR, settings.TRUSTED_PROXIES = 1, 1
        values = form_of(client, at(listing))
        for number, seen in enumerate(("9.9.9.9, 192.0.2.1", "192.0.2.2", "8.8.8.8, 192.0.2.1")):
            values["sheet"] = sheet()[0]
            headers = {"X-Forwarded-For": seen}
            answer = client.post(at(listing), {**values, "comment": f"M {number}"}, headers=headers)
            assert answer.status_code == (429 if number == 2 else 302), (
                "what the client wrote itself counts nothing"
            )

    def test_two_people_may_report_the_same(self, client, listing):
        for address in ("192.0.2.1", "192.0.2.2"):
            values = {**form_of(client, at(listing)), "reasons": ["no_answer"]}
            assert client.post(at(listing), values, REMOTE_ADDR=address).status_code == 302
        assert Suggestion.objects.count() == 2
        values = {**form_of(client, at(listing)), "reasons": ["no_answer"]}
        assert client.post(at(listing), values, REMOTE_ADDR="192.0.2.1").status_code == 422

    def test_nothing_of_the_sender_is_written_down(self, client, listing, caplog):
        send(client, at(listing), comment="Bonjour", reply_to="jean@example.org")
        assert "127.0.0.1" not in str(list(RecentSubmission.objects.values()))
        assert "jean" not in caplog.text


class TestNewService:
    URL = "/fr/suggest/new/"

    def test_a_missing_service(self, client):
        answer = send(
            client,
            self.URL,
            name="Le Coin café",
            description="Café social",
            postcode="1080",
            phones="02 512 34 56",
        )
        suggestion = Suggestion.objects.get()
        assert answer.status_code == 302
        assert suggestion.kind == "new_service"
        assert {one["field"]: one["after"] for one in suggestion.changes} == {
            "name": "Le Coin café",
            "description": "Café social",
            "postcode": "1080",
            "phones": "02 512 34 56",
        }

    def test_what_is_needed_is_asked_for(self, client):
        answer = send(client, self.URL, phones="02 512 34 56")
        assert answer.status_code == 422
        assert "02 512 34 56" in answer.content.decode()

    @pytest.mark.parametrize("lang", ["fr", "nl", "en", "de"])
    def test_in_every_language(self, client, lang):
        assert client.get(f"/{lang}/suggest/new/").status_code == 200


class TestTheOrganisationsLink:
    @pytest.fixture
    def request_of(self, listing):
        from datetime import timedelta

        from django.utils import timezone

        return VerificationRequest.objects.create(
            service=listing, expires_at=timezone.now() + timedelta(days=10)
        )

    def test_the_same_form_without_a_question(self, client, listing, request_of):
        url = f"/fr/suggest/answer/{links.token(request_of)}/"
        page = client.get(url).content.decode()
        assert 'name="answer"' not in page
        values = {**form_of(client, url), "description": "Colis le jeudi"}
        assert client.post(url, {**values, "sheet": "", "answer": ""}).status_code == 302
        request_of.refresh_from_db()
        suggestion = Suggestion.objects.get()
        assert (request_of.state, suggestion.channel, suggestion.request) == (
            "changed",
            "organisation",
            request_of,
        )

    def test_a_wrong_link_says_so(self, client, request_of):
        answer = client.get(f"/fr/suggest/answer/{links.token(request_of)}x/")
        assert answer.status_code == 404
        assert not Read(answer.content.decode()).all("form")

    def test_an_old_link_says_so(self, client, request_of):
        request_of.state = "expired"
        request_of.save()
        assert client.get(f"/fr/suggest/answer/{links.token(request_of)}/").status_code == 410


def test_a_closure_is_said_with_its_dates(client, listing):
    from datetime import timedelta

    from django.utils import timezone

    day = timezone.localdate()
    for text, first, last in (
        ("Passé", -9, -1),
        ("Bientôt", 3, 5),
        ("Maintenant", -1, 1),
        ("Plus tard", 40, 50),
    ):
        Notice.objects.create(
            service=listing,
            kind="message",
            text_fr=text,
            starts_on=day + timedelta(first),
            ends_on=day + timedelta(last),
        )
    read = Read(client.get(f"/fr/services/{listing.uuid}/", follow=True).content.decode())
    said = [notice["text"] for notice in read.all("div", css="notice")]
    assert [("Maintenant" in text, "Bientôt" in text) for text in said] == [(True, False), (False, True)]
