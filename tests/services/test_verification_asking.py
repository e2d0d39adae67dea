"""Asking organisations by e-mail: who is asked, how often at most, what the mail says, and what follows silence."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from accounts.models import Team
from audit.actor import acting
from outbox.models import Message, State
from services.care import actions as care
from services.models import Location, Phone, Service, VerificationRequest, VerificationRhythm
from services.verification import actions, asking, links

from .builders import location, organization, service, team

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.site.urls_with_suggestions")]


@pytest.fixture(autouse=True)
def asked(settings):
    settings.DIRECTORY_ASK_ORGANISATIONS = True
    settings.WAGTAILADMIN_BASE_URL = "https://directory.example"


def due(name: str = "Épicerie sociale", email: str = "info@epicerie.example", **values) -> Service:
    listing = service(name, email=email, **values)
    care.refresh([listing.pk])
    return listing


def run(days: int = 0, hours: int = 0):
    return asking.send_due_requests(timezone.now() + timedelta(days=days, hours=hours))


def mails(kind: str = asking.KIND) -> list[Message]:
    return list(Message.objects.filter(kind=kind).order_by("pk"))


class TestWhoIsAsked:
    def test_a_listing_that_is_due_soon(self):
        VerificationRhythm(kind=None, days=90).save()
        today = timezone.localdate()
        soon = due("Bientôt", "a@example.org", verified_on=today - timedelta(days=76))
        due(
            "Plus tard",
            "b@example.org",
            verified_on=today - timedelta(days=75),
            organization=organization("B"),
        )
        assert run().questions == 1
        assert VerificationRequest.objects.get().service == soon

    @pytest.mark.parametrize(
        "values",
        [
            {"is_example": True},
            {"live": False},
            {"lifecycle": "closed_permanently"},
            {"lifecycle": "archived"},
            {"email": ""},
        ],
    )
    def test_never(self, values):
        due(**values)
        assert run().questions == 0
        assert not VerificationRequest.objects.exists()

    def test_never_what_came_with_the_project(self):
        with acting("fixtures"):
            due()
        assert run().questions == 0

    def test_never_an_organisation_that_does_not_want_it(self):
        due(organization=organization(ask_by_email=False))
        assert run().questions == 0

    def test_never_unless_it_is_switched_on(self, settings):
        settings.DIRECTORY_ASK_ORGANISATIONS = False
        due()
        assert run().questions == 0
        assert not Message.objects.exists()

    def test_the_organisations_address_when_the_listing_has_none(self):
        due(email="", organization=organization(email="org@example.org"))
        assert run().questions == 1
        assert mails()[0].recipient == "org@example.org"

    def test_a_wrong_address_is_noted_and_not_tried_again(self):
        due(email="info chez nous")
        assert run().questions == 0
        assert VerificationRequest.objects.get().state == "failed"
        assert run(days=20).questions == 0


class TestHowOften:
    def test_one_mail_for_all_listings_of_an_organisation(self):
        org = organization()
        for number in range(3):
            due(f"Service {number}", organization=org)
        assert run().questions == 1
        assert VerificationRequest.objects.count() == 3
        assert "3" in mails()[0].subject

    def test_a_long_list_is_cut_and_goes_on_in_the_next_mail(self):
        org = organization()
        for number in range(12):
            due(f"Service {number}", organization=org)
        run()
        assert VerificationRequest.objects.count() == 10
        run(days=1)
        assert VerificationRequest.objects.count() == 10

    def test_two_addresses_of_one_organisation_take_turns(self):
        org = organization()
        due("Un", "un@example.org", organization=org)
        due("Deux", "deux@example.org", organization=org)
        run()
        run(days=13)
        assert len(mails()) == 1

    def test_one_mailbox_of_two_organisations_gets_one_mail(self):
        due("Un", organization=organization("A"))
        due("Deux", organization=organization("B"))
        assert run().questions == 1
        assert run(days=1).questions == 0

    def test_run_twice_sends_once(self):
        due()
        run()
        run()
        run(hours=1)
        assert len(mails()) == 1

    def test_over_two_months_an_organisation_gets_no_more_than_one_mail_a_fortnight(self):
        org = organization()
        for number in range(25):
            due(f"Service {number}", organization=org)
        moments = set()
        for day in range(60):
            run(days=day)
            moments |= set(VerificationRequest.objects.values_list("last_sent_at", flat=True))
        assert len(moments) > 2
        for earlier, later in pairwise(sorted(moments)):
            assert later - earlier >= timedelta(days=13, hours=23)


class TestTheMail:
    def test_in_the_language_of_the_listing_else_of_its_team(self):
        dutch = Team.objects.create(code="nl", name="Team", language="nl")
        due("A", "a@example.org", source_language="en", organization=organization("A"))
        due("B", "b@example.org", steward=dutch, organization=organization("B"))
        run()
        assert {message.recipient: message.language for message in mails()} == {
            "a@example.org": "en",
            "b@example.org": "nl",
        }

    def test_says_what_is_published_with_two_links_and_nothing_that_is_not_public(self):
        secret = location(
            street_fr="Rue Cachée", house_number="7", postcode="1000",
            address_visibility=Location._meta.get_field("address_visibility").choices[2][0],
        )  # fmt: skip
        listing = service(
            email="info@epicerie.example", at=[secret], description_fr="Écrire à INFO@epicerie.example"
        )
        listing.phones = [
            Phone(number="02 123 45 67"),
            Phone(number="02 999 99 99", visibility="professionals"),
        ]
        listing.save()
        care.refresh()
        run()
        message = mails()[0]
        for text in (message.body, message.html):
            assert "02 123 45 67" in text
            assert "02 999 99 99" not in text
            assert "Rue Cachée" not in text
            assert "info@epicerie.example" not in text.lower()
            assert text.count("https://directory.example/fr/confirm/") == 1
            assert text.count("https://directory.example/fr/suggest/answer/") == 1
        assert (message.about_kind, message.about_id) == ("organization", listing.organization.uuid)

    def test_texts_of_editors_are_text_in_the_html(self):
        due("<script>alert(1)</script>")
        run()
        assert "<script>" not in mails()[0].html


class TestSilence:
    def test_a_reminder_after_two_weeks_and_the_team_after_four(self):
        Team.objects.filter(pk=team().pk).update(email="nord@example.org", language="nl")
        listing = due()
        care.refresh([listing.pk])
        before = Service.objects.get(pk=listing.pk).care.urgency
        run()
        assert run(days=13).reminders == 0
        assert run(days=14, hours=1).reminders == 1
        assert run(days=15).reminders == 0
        request = VerificationRequest.objects.get()
        assert (request.step, request.state) == (2, "sent")
        assert links.read(links.token(request)) == request
        assert run(days=27).digests == 0
        assert run(days=28, hours=2).digests == 1
        [digest] = mails(asking.DIGEST_KIND)
        assert (digest.recipient, digest.language) == ("nord@example.org", "nl")
        assert "Épicerie sociale" in digest.body
        assert len(mails()) == 2
        assert Service.objects.get(pk=listing.pk).care.urgency == pytest.approx(before * 1.5)

    def test_a_team_gets_one_digest_a_week_about_all(self):
        Team.objects.filter(pk=team().pk).update(email="nord@example.org")
        for number in range(3):
            due(f"Service {number}", f"{number}@example.org", organization=organization(f"Org {number}"))
        run()
        assert run(days=29).digests == 1
        Message.objects.filter(kind=asking.DIGEST_KIND).update(created_at=timezone.now() + timedelta(days=29))
        VerificationRequest.objects.update(step=2)  # others have become silent
        assert run(days=35).digests == 0
        assert run(days=37).digests == 1
        assert [digest.body.count("/verify/") for digest in mails(asking.DIGEST_KIND)] == [3, 3]

    def test_a_team_without_a_mailbox_sees_it_in_its_list(self):
        listing = due()
        run()
        assert run(days=29).digests == 0
        assert VerificationRequest.objects.get().step == 3
        assert Service.objects.get(pk=listing.pk).care.urgency == pytest.approx(4.5)

    def test_nobody_is_reminded_of_what_was_verified_meanwhile(self):
        listing = due()
        run()
        actions.record(service=listing, channel="call", result="verified", fields=["name"], by=None)
        assert run(days=14, hours=1).reminders == 0
        assert run(days=29).digests == 0

    def test_an_answer_ends_it(self):
        due()
        run()
        actions.still_correct(request=VerificationRequest.objects.get())
        assert run(days=15).reminders == 0
        assert run(days=60).questions == 0

    def test_after_its_time_a_question_is_over_and_not_repeated_at_once(self):
        due()
        run()
        assert run(days=46).expired == 1
        assert run(days=80).questions == 0
        assert run(days=95).questions == 1

    def test_a_mail_that_was_given_up_closes_the_question(self):
        due()
        run()
        Message.objects.update(state=State.GIVEN_UP, given_up_at=timezone.now())
        assert run(hours=1).failed == 1
        assert VerificationRequest.objects.get().state == "failed"
        assert run(days=15).reminders == 0
