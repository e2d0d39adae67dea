"""Suggestions: taken in, decided field by field, answered; what is outdated, drafted by others or not one's own is left."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.actions import sync_roles
from accounts.models import Membership, User
from audit.models import AuditEntry
from outbox.models import Message
from services.codes import SuggestionState
from services.models import (
    Location,
    Phone,
    RecentSubmission,
    Schedule,
    Service,
    Suggestion,
    SuggestionSender,
    VerificationRequest,
)
from services.suggestions import errors, quota
from services.suggestions.actions import forget, put_aside, suggest_correction, suggest_service, team_for
from services.suggestions.deciding import Choice, decide
from services.suggestions.drafting import make_draft, refuse_service
from services.suggestions.fields import change
from services.suggestions.reading import fingerprint, now_of, offered
from services.suggestions.selectors import decidable, open_count

from .builders import location, organization, service, team

pytestmark = pytest.mark.django_db
ANSWER = "Merci, c'est corrigé."


def user(role: str = "editor", code: str = "team") -> User:
    sync_roles()
    made = User.objects.create_user(f"{role}-{code}", f"{role}@{code}.example.org", "secret")
    Membership.objects.create(user=made, team=team(code), role=role)
    return made


def published(**values) -> Service:
    made = service("Épicerie sociale", website="https://ancien.example.org", **values)
    made.phones = [Phone(number="02 512 34 56"), Phone(number="02 999 99 99", visibility="professionals")]
    made.save()
    made.save_revision().publish()
    return Service.objects.get(pk=made.pk)


def correction(
    listing: Service, *changes: dict, reasons=(), email: str = "", comment: str = ""
) -> Suggestion:
    return suggest_correction(
        service=listing, changes=changes, reasons=reasons, comment=comment, language="nl", email=email
    )


def accepted(suggestion: Suggestion, index: int = 0, **values) -> Choice:
    one = suggestion.changes[index]
    listing = Service.objects.get(pk=suggestion.service_id)
    version = listing.get_latest_revision_as_object() if listing.has_unpublished_changes else listing
    values = {"value": one["after"], "seen": fingerprint(now_of(version, one)), **values}
    return Choice(accept=True, **values)


REFUSED = Choice(accept=False)


def phones(*numbers: str) -> dict:
    return change("phones", ["02 512 34 56"], list(numbers))


def website(after: str = "https://nouveau.example.org") -> dict:
    return change("website", "https://ancien.example.org", after)


class TestDeciding:
    def test_accepted_in_part(self):
        listing, by = published(), user()
        suggestion = correction(listing, phones("02 511 11 11"), website())
        decided = decide(
            suggestion=suggestion, by=by, choices={0: accepted(suggestion), 1: REFUSED}, answer=ANSWER
        )
        listing.refresh_from_db()
        assert decided.published
        assert decided.applied == 1
        assert decided.suggestion.state == SuggestionState.PARTLY
        assert [one["state"] for one in decided.suggestion.changes] == ["accepted", "refused"]
        assert [phone.number for phone in listing.phones.all()] == ["02 511 11 11", "02 999 99 99"]
        assert listing.website == "https://ancien.example.org"
        assert listing.latest_revision.user == by
        assert not listing.has_unpublished_changes
        entry = AuditEntry.objects.filter(action="suggestion.decided").get()
        assert entry.actor_id == by.pk
        assert entry.detail["accepted"] == 1

    def test_what_the_decider_made_of_it_is_what_stands(self):
        listing = published()
        suggestion = correction(listing, website("https://faux.example.org"))
        choice = accepted(suggestion, value="https://juste.example.org")
        decide(suggestion=suggestion, by=user(), choices={0: choice}, answer="")
        assert Service.objects.get(pk=listing.pk).website == "https://juste.example.org"
        assert Suggestion.objects.get().changes[0]["after"] == "https://juste.example.org"

    def test_outdated_changes_nothing_at_all(self):
        listing = published()
        suggestion = correction(listing, phones("02 511 11 11"), website())
        choices = {0: accepted(suggestion), 1: accepted(suggestion, 1)}
        listing.website = "https://entre-temps.example.org"
        listing.save_revision().publish()
        with pytest.raises(errors.Outdated) as refused:
            decide(suggestion=suggestion, by=user(), choices=choices, answer=ANSWER)
        assert refused.value.indexes == [1]
        listing = Service.objects.get(pk=listing.pk)
        assert next(phone.number for phone in listing.phones.all()) == "02 512 34 56"
        assert Suggestion.objects.get().state == SuggestionState.OPEN

    def test_anothers_draft_is_not_overwritten(self):
        listing, author, by = published(), user("contributor"), user()
        draft = Service.objects.get(pk=listing.pk)
        draft.description_fr = "Un brouillon"
        draft.save_revision(user=author)
        suggestion = correction(listing, website())
        with pytest.raises(errors.DraftOpen) as refused:
            decide(suggestion=suggestion, by=by, choices={0: accepted(suggestion)}, answer=ANSWER)
        assert refused.value.author == author
        decided = decide(
            suggestion=suggestion, by=by, choices={0: accepted(suggestion)}, answer=ANSWER, into_draft=True
        )
        assert not decided.published
        listing = Service.objects.get(pk=listing.pk)
        assert listing.website == "https://ancien.example.org"
        assert not listing.description_fr
        waiting = listing.get_latest_revision_as_object()
        assert (waiting.website, waiting.description_fr) == ("https://nouveau.example.org", "Un brouillon")

    def test_a_locked_listing_is_left(self):
        listing = published()
        listing.locked, listing.locked_by = True, user("moderator")
        listing.save()
        suggestion = correction(listing, website())
        with pytest.raises(errors.Locked):
            decide(suggestion=suggestion, by=user(), choices={0: accepted(suggestion)}, answer="")

    def test_a_wrong_value_names_its_change_and_nothing_is_written(self):
        listing = published()
        suggestion = correction(listing, website(), phones("pas un numéro"))
        choices = {0: accepted(suggestion), 1: accepted(suggestion, 1)}
        with pytest.raises(errors.NotAccepted) as refused:
            decide(suggestion=suggestion, by=user(), choices=choices, answer="")
        assert refused.value.index == 1
        assert Service.objects.get(pk=listing.pk).website == "https://ancien.example.org"

    def test_twice_is_once(self):
        suggestion = correction(published(), website())
        by = user()
        decide(suggestion=suggestion, by=by, choices={0: REFUSED}, answer="")
        with pytest.raises(errors.AlreadyDecided):
            decide(suggestion=suggestion, by=by, choices={0: REFUSED}, answer="")

    def test_other_teams_and_other_roles_do_not_decide(self):
        suggestion = correction(published(), website())
        for other in (user("moderator", "other"), user("contributor")):
            assert not decidable(other).exists()
            with pytest.raises(PermissionDenied):
                decide(suggestion=suggestion, by=other, choices={0: REFUSED}, answer="")

    def test_it_goes_where_the_listing_goes(self):
        """A hand-over takes the open suggestions along."""
        listing, new = published(), user("editor", "nord")
        correction(listing, website())
        assert open_count(new) == 0
        listing.steward = team("nord")
        listing.save()
        assert open_count(new) == 1

    def test_closed_for_good(self):
        listing = published()
        suggestion = correction(listing, reasons=["closed"])
        assert suggestion.kind == "report"
        assert suggestion.changes[0]["field"] == "closed"
        decide(suggestion=suggestion, by=user(), choices={0: accepted(suggestion)}, answer="")
        assert Service.objects.get(pk=listing.pk).lifecycle == "closed_permanently"

    def test_a_report_without_changes_is_dealt_with(self):
        suggestion = correction(published(), reasons=["no_answer"])
        decided = decide(suggestion=suggestion, by=user(), choices={}, answer="", dealt_with=True)
        assert decided.suggestion.state == SuggestionState.ACCEPTED


class TestHoursAndPlaces:
    def test_hours_of_a_week(self):
        listing = published()
        listing.schedules = [Schedule(byday="MO", opens_at="09:00", closes_at="12:00")]
        listing.save_revision().publish()
        suggestion = correction(listing, change("hours", "Mo 09:00-12:00", "Mo-Fr 10:00-16:00"))
        decide(suggestion=suggestion, by=user(), choices={0: accepted(suggestion)}, answer="")
        row = Service.objects.get(pk=listing.pk).schedules.get()
        assert (row.byday, row.opens_at, row.closes_at) == ("MO,TU,WE,TH,FR", "10:00", "16:00")

    def _at(self, **values) -> tuple[Service, Location]:
        place = location(
            street_fr="Rue Haute", street_nl="Hoogstraat", house_number="5", postcode="1000", **values
        )
        return published(at=[place]), place

    def _moved(self, listing: Service, street: str = "Rue Basse") -> Suggestion:
        part = str(listing.service_at_locations.get().uuid)
        return correction(
            listing,
            change("street", "Rue Haute", street, language="fr", part=part),
            change("house_number", "5", "7 bte 2", part=part),
        )

    def test_a_place_of_its_own_moves(self):
        listing, place = self._at(lat=50.84, lon=4.35)
        suggestion = self._moved(listing)
        choices = {0: accepted(suggestion), 1: accepted(suggestion, 1)}
        decide(suggestion=suggestion, by=user(), choices=choices, answer="")
        place.refresh_from_db()
        assert (place.street_fr, place.street_nl or "", place.house_number, place.box) == (
            "Rue Basse",
            "",
            "7",
            "2",
        )
        assert (place.lat, place.lon) != (50.84, 4.35), "the old door is not where it is"

    def test_a_shared_place_stays_for_the_others(self):
        listing, place = self._at()
        other = service("Un autre", at=[place])
        suggestion = self._moved(listing)
        choices = {0: accepted(suggestion), 1: accepted(suggestion, 1)}
        decided = decide(suggestion=suggestion, by=user(), choices=choices, answer="")
        assert decided.shared == 1
        assert other.service_at_locations.get().location.street_fr == "Rue Haute"
        moved = Service.objects.get(pk=listing.pk).service_at_locations.get().location
        assert (moved.pk != place.pk, moved.street_fr, moved.house_number) == (True, "Rue Basse", "7")

    def test_a_place_of_another_team_is_theirs(self):
        listing, place = self._at(steward=team("other"))
        suggestion = self._moved(listing)
        choices = {0: accepted(suggestion), 1: accepted(suggestion, 1)}
        with pytest.raises(errors.PlaceOfOthers):
            decide(suggestion=suggestion, by=user(), choices=choices, answer="")
        place.refresh_from_db()
        assert place.street_fr == "Rue Haute"

    def test_a_place_that_is_gone_is_outdated(self):
        listing, _place = self._at()
        suggestion = self._moved(listing)
        choices = {index: accepted(suggestion, index) for index in (0, 1)}
        listing.service_at_locations = []
        listing.save_revision().publish()
        with pytest.raises(errors.Outdated):
            decide(suggestion=suggestion, by=user(), choices=choices, answer="")

    def test_a_hidden_address_is_not_offered(self):
        listing, _place = self._at(address_visibility="address_hidden")
        shown = offered(listing, "fr")
        assert "Rue Haute" not in str(shown)
        assert not {"street", "postcode"} & {one.field.code for one in shown}

    def test_numbers_for_professionals_are_not_offered(self):
        assert "02 999 99 99" not in str([one.shown for one in offered(published(), "fr")])

    def test_a_text_in_another_language_is_corrected_in_that_one(self):
        listing = published(description_fr="Colis")
        [text] = [one for one in offered(listing, "nl") if one.field.code == "description"]
        assert (text.shown, text.language) == ("Colis", "fr")


class TestAnswers:
    def test_the_answer_goes_out_and_the_sender_is_forgotten(self):
        suggestion = correction(published(), website(), email="jean@example.org")
        decided = decide(suggestion=suggestion, by=user(), choices={0: REFUSED}, answer=ANSWER)
        message = Message.objects.get()
        assert decided.answered
        assert message.recipient == "jean@example.org"
        assert (message.body, message.language, message.about_id) == (ANSWER, "nl", suggestion.uuid)
        assert not SuggestionSender.objects.exists()

    def test_the_address_is_sealed(self):
        from django.db import connection

        correction(published(), website(), email="jean@example.org")
        with connection.cursor() as cursor:
            cursor.execute("SELECT email FROM services_suggestionsender")
            assert "jean" not in cursor.fetchone()[0]

    def test_no_answer_is_sent_when_nothing_is_decided(self):
        listing = published()
        suggestion = correction(listing, phones("x"), email="jean@example.org")
        with pytest.raises(errors.NotAccepted):
            decide(suggestion=suggestion, by=user(), choices={0: accepted(suggestion)}, answer=ANSWER)
        assert not Message.objects.exists()
        assert SuggestionSender.objects.exists()

    def test_unwanted_is_not_answered(self):
        suggestion = correction(published(), website(), email="jean@example.org")
        put_aside(suggestion=suggestion, by=user())
        assert not Message.objects.exists()
        assert not SuggestionSender.objects.exists()
        assert Suggestion.objects.get().state == SuggestionState.SPAM

    def test_what_is_no_longer_needed_is_forgotten(self, settings):
        old = correction(published(), website(), email="jean@example.org", comment="Je suis Jean")
        decide(suggestion=correction(old.service, website()), by=user(), choices={0: REFUSED}, answer="")
        now = timezone.now()
        assert forget(now + timedelta(days=settings.SUGGESTION_KEEP_SENDER_DAYS - 1))["senders"] == 0
        assert forget(now + timedelta(days=settings.SUGGESTION_KEEP_SENDER_DAYS + 1))["senders"] == 1
        assert Suggestion.objects.get(pk=old.pk).comment, "what waits for a decision is kept"
        decide(suggestion=old, by=User.objects.get(), choices={0: REFUSED}, answer="")
        later = now + timedelta(days=settings.SUGGESTION_KEEP_COMMENT_DAYS + 1)
        assert forget(later)["comments"] == 1
        assert not Suggestion.objects.get(pk=old.pk).comment
        assert forget(later) == {"senders": 0, "comments": 0, "unwanted": 0}

    def test_the_organisations_question_is_answered(self):
        listing = published()
        request = VerificationRequest.objects.create(
            service=listing, expires_at=timezone.now() + timedelta(days=5)
        )
        suggest_correction(
            service=listing, changes=[website()], reasons=[], comment="", language="fr",
            channel="organisation", request=request,
        )  # fmt: skip
        request.refresh_from_db()
        assert request.state == "changed"
        assert request.answered_at


class TestNewService:
    VALUES = {
        "name": "Le Coin café",
        "organization": "Asbl Le Coin",
        "description": "Café social",
        "street": "Rue Haute 12 bte 3",
        "postcode": "1000 Bruxelles",
        "phones": "02 512 34 56, demander Anne",
        "website": "www.lecoin.example.org",
        "email": "pas une adresse",
    }

    def test_a_draft_is_made_of_it_and_nothing_is_lost(self):
        Suggestion.objects.all().delete()
        suggestion = suggest_service(values=self.VALUES, comment="", language="fr", email="jean@example.org")
        suggestion.steward = team()
        suggestion.save()
        by = user()
        made = make_draft(suggestion=suggestion, by=by, answer=ANSWER)
        made = Service.objects.get(pk=made.pk).get_latest_revision_as_object()
        assert (made.live, made.steward, made.name_fr) == (False, team(), "Le Coin café")
        assert (str(made.organization), made.organization.live) == ("Asbl Le Coin", False)
        place = made.service_at_locations.get().location
        assert (place.street_fr, place.house_number, place.box, place.postcode) == (
            "Rue Haute",
            "12",
            "3",
            "1000",
        )
        assert [phone.number for phone in made.phones.all()] == ["02 512 34 56"]
        assert made.website == "https://www.lecoin.example.org"
        assert made.data_note.split("\n") == ["pas une adresse", "demander Anne"]
        suggestion.refresh_from_db()
        assert (suggestion.state, suggestion.service_id) == (SuggestionState.ACCEPTED, made.pk)
        assert Message.objects.get().recipient == "jean@example.org"

    def test_a_known_organisation_is_used(self):
        known = organization("Asbl Le Coin")
        suggestion = suggest_service(values=self.VALUES, comment="", language="fr")
        Suggestion.objects.update(steward=team())
        assert make_draft(suggestion=suggestion, by=user(), answer="").organization == known

    def test_refused(self):
        suggestion = suggest_service(values=self.VALUES, comment="", language="fr")
        Suggestion.objects.update(steward=team())
        refuse_service(suggestion=suggestion, by=user(), answer="")
        assert Suggestion.objects.get().state == SuggestionState.REFUSED
        assert not Service.objects.exists()

    def test_without_geography_it_goes_to_the_common_team(self):
        common = team("common")
        assert team_for("1080") == common
        assert team_for("") == common


class TestQuota:
    def test_one_address_is_slowed_down_and_others_are_not(self, settings):
        settings.SUGGESTIONS_PER_HOUR = 2
        for number in range(2):
            quota.count(address="192.0.2.1", nonce=f"n{number}", text=f"texte {number}")
        with pytest.raises(quota.TooMany):
            quota.count(address="192.0.2.1", nonce="n3", text="texte 3")
        quota.count(address="192.0.2.2", nonce="n4", text="texte 4")

    def test_one_household_is_one_sender(self, settings):
        settings.SUGGESTIONS_PER_HOUR = 1
        quota.count(address="2001:db8:1:2::1", nonce="a", text="a")
        with pytest.raises(quota.TooMany):
            quota.count(address="2001:db8:1:2:ffff::9", nonce="b", text="b")
        quota.count(address="2001:db8:1:3::1", nonce="c", text="c")

    def test_nothing_is_sent_twice(self):
        quota.count(address="192.0.2.1", nonce="a", text="Bonjour  à tous")
        with pytest.raises(quota.SentAlready):
            quota.count(address="192.0.2.9", nonce="b", text="bonjour à tous")
        with pytest.raises(quota.SentAlready):
            quota.count(address="192.0.2.9", nonce="a", text="autre")

    def test_no_address_is_kept_and_nothing_after_a_day(self):
        quota.count(address="192.0.2.1", nonce="a", text="secret")
        row = RecentSubmission.objects.values().get()
        assert "192.0.2" not in str(row)
        assert "secret" not in str(row)
        RecentSubmission.objects.update(at=timezone.now() - timedelta(hours=25))
        assert quota.forget() == 1
