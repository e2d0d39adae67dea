"""What listings need from their team: rows follow every change, also those that a request left, and grow older at night."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from services import following as log_following
from services.care import actions, following
from services.codes import SuggestionChannel, SuggestionKind, SuggestionState
from services.models import (
    Change,
    CostOption,
    ListingCare,
    ListingUse,
    Notice,
    Phone,
    Schedule,
    Service,
    Suggestion,
    VerificationRhythm,
)
from services.stewardship import assign

from .builders import location, organization, service, team, term

pytestmark = pytest.mark.django_db


def days_ago(days: int):
    return timezone.localdate() - timedelta(days=days)


def care(listing) -> ListingCare:
    return ListingCare.objects.get(pk=listing.pk)


def report(listing, **values) -> Suggestion:
    return Suggestion.objects.create(
        service=listing, kind=SuggestionKind.REPORT, channel=SuggestionChannel.PUBLIC, **values
    )


def test_a_row_holds_what_a_list_sorts_by():
    listing = service(verified_on=days_ago(400))
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    ListingUse.objects.create(service=listing, week=monday, shown=20, opened=2)
    ListingUse.objects.create(service=listing, week=monday - timedelta(weeks=2), shown=10, opened=1)
    ListingUse.objects.create(service=listing, week=monday - timedelta(weeks=20), shown=99, opened=99)
    listing.notices = [
        Notice(text_fr="Fermé", starts_on=days_ago(3), ends_on=days_ago(-9)),
        Notice(text_fr="Plus tard", starts_on=days_ago(-20), ends_on=days_ago(-30)),
        Notice(text_fr="Passé", starts_on=days_ago(30), ends_on=days_ago(20)),
    ]
    listing.save()
    report(listing)
    report(listing, state=SuggestionState.REFUSED)
    assert actions.refresh([listing.pk]) == 1
    row = care(listing)
    assert (row.steward, row.listed, row.due_on) == (team(), True, days_ago(35))
    assert (row.shown, row.views, row.reports) == (30, 3, 1)
    assert row.urgency == pytest.approx(400 / 365 * 3 * 3, abs=0.001)


@pytest.mark.parametrize(
    ("own", "of_kind", "of_organization", "days"),
    [(30, 90, 180, 30), (None, 90, 180, 90), (None, None, 180, 180), (None, None, None, 300)],
)
def test_due_by_its_own_rhythm_its_kinds_or_its_organisations(own, of_kind, of_organization, days):
    VerificationRhythm(kind=None, days=300).save()
    kinds = {}
    for code, length in (("food_aid", of_kind), ("cpas", of_organization)):
        if length:
            kinds[code] = term("organisation_type", code)
            VerificationRhythm(kind=kinds[code], days=length).save()
    listing = service(
        verified_on=days_ago(10),
        verify_every_days=own,
        organisation_type=kinds.get("food_aid"),
        organization=organization(organisation_type=kinds.get("cpas")),
    )
    actions.refresh()
    assert care(listing).due_on == days_ago(10 - days)


def test_a_draft_has_a_row_and_no_urgency():
    listing = service(live=False)
    actions.refresh()
    assert (care(listing).listed, care(listing).urgency) == (False, 0)


def test_completeness_grows_with_what_is_filled_in():
    listing = service()
    actions.refresh()
    before = care(listing)
    assert {"reachable", "hours", "cost", "somewhere"} <= set(before.lacking)
    listing.phones = [Phone(number="02 123 45 67")]
    listing.schedules = [Schedule(byday="MO", opens_at="09:00", closes_at="12:00")]
    listing.cost_options = [CostOption(option="free")]
    listing.save()
    actions.refresh()
    assert care(listing).completeness == before.completeness + 16 + 14 + 8
    assert not {"reachable", "hours", "cost"} & set(care(listing).lacking)


def test_a_thousand_listings_cost_a_bounded_number_of_queries(django_assert_max_num_queries):
    place = location(50.85, 4.35, postcode="1000")
    listings = [service(f"Service {number}", at=[place]) for number in range(40)]
    with django_assert_max_num_queries(30):
        assert actions.refresh([listing.pk for listing in listings]) == 40


class TestFollowing:
    @pytest.fixture(autouse=True)
    def begun(self):
        actions.ensure()

    def test_a_change_is_followed_after_its_commit(self, committing):
        with committing():
            listing = service("Nouveau")
        assert care(listing).listed
        with committing():
            assign(Service.objects.filter(pk=listing.pk), team("nord"))
        assert care(listing).steward == team("nord")

    def test_what_its_places_and_its_organisation_say_reaches_it(self, committing):
        kind = term("organisation_type", "food_aid")
        VerificationRhythm(kind=kind, days=90).save()
        place = location(postcode="1000")
        with committing():
            listing = service(at=[place], verified_on=days_ago(100))
        assert "pointed" in care(listing).lacking
        assert care(listing).urgency == 0
        with committing():
            place.lat, place.lon = 50.85, 4.35
            place.save()
            listing.organization.organisation_type = kind
            listing.organization.save()
        assert "pointed" not in care(listing).lacking
        assert care(listing).urgency > 1

    def test_another_rhythm_moves_the_due_dates_of_its_kind(self, committing):
        kind = term("organisation_type", "food_aid")
        rhythm = VerificationRhythm(kind=kind, days=90)
        rhythm.save()
        with committing():
            listing = service(organisation_type=kind, verified_on=days_ago(100))
        with committing():
            rhythm.days = 120
            rhythm.save()
        assert care(listing).due_on == days_ago(-20)

    def test_many_changes_at_once_are_left_to_the_scheduler_and_none_is_lost(self, committing, monkeypatch):
        monkeypatch.setattr(actions, "QUICK_LISTINGS", 2)
        with committing():
            listings = [service(f"Service {number}") for number in range(5)]
        assert ListingCare.objects.count() == 0
        assert following.catch_up() == 0
        assert ListingCare.objects.count() == len(listings)
        assert log_following.read_up_to("care") == Change.objects.latest("pk").pk

    def test_a_killed_follower_leaves_its_changes_to_the_next(self, committing, monkeypatch):
        service("Avant")

        def killed(pks):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(actions, "refresh", killed)
            with pytest.raises(KeyboardInterrupt):
                actions.follow()
        assert actions.follow() == 0
        assert ListingCare.objects.count() == 1

    def test_an_edit_succeeds_when_the_care_cannot_be_written(self, committing, monkeypatch):
        from django.db import OperationalError

        def locked(**values):
            raise OperationalError("database is locked")

        monkeypatch.setattr(actions, "follow", locked)
        with committing():
            listing = service()
        assert Service.objects.filter(pk=listing.pk).exists()

    def test_a_report_is_counted_at_once(self):
        listing = service(verified_on=days_ago(1))
        made = report(listing)
        assert (care(listing).reports, care(listing).urgency) == (1, 3.0)
        made.state = SuggestionState.ACCEPTED
        made.save()
        assert (care(listing).reports, care(listing).urgency) == (0, 0)

    def test_a_deleted_listing_has_no_row(self, committing):
        with committing():
            listing = service()
            report(listing)
        with committing():
            Service.objects.get(pk=listing.pk).delete()
        assert not ListingCare.objects.exists()


def test_the_night_makes_listings_older(monkeypatch):
    listing = service(verified_on=days_ago(365))
    actions.refresh(today=days_ago(1))
    assert care(listing).urgency == 0
    assert following.nightly() == 1
    assert care(listing).urgency == 1.0


def test_the_command_says_how_many(capsys):
    service()
    call_command("care_refresh")
    assert "1 listings in" in capsys.readouterr().out
    call_command("care_refresh", "--follow")
    assert "up to date" in capsys.readouterr().out


def test_starting_rhythms_are_made_once_and_then_left_to_the_editors():
    term("organisation_type", "food_aid")
    assert actions.ensure_rhythms() == 2
    VerificationRhythm.objects.filter(kind__code="food_aid").update(days=45)
    assert actions.ensure_rhythms() == 0
    assert VerificationRhythm.objects.get(kind__code="food_aid").days == 45


def test_completeness_is_for_editors_and_never_public(admin_client, client, committing):
    actions.ensure()
    with committing():
        listing = service()
    edit = admin_client.get(reverse("wagtailsnippets_services_service:edit", args=[listing.pk]))
    assert "A phone number or an e-mail address" in edit.content.decode().replace("&#x27;", "'") or (
        "numéro de téléphone ou une adresse" in edit.content.decode()
    )
    index = admin_client.get(
        reverse("wagtailsnippets_services_service:list") + "?ordering=-care__completeness"
    )
    assert f"{care(listing).completeness} %" in index.content.decode()
    public = client.get(reverse("listing", kwargs={"uuid": listing.uuid}), follow=True)
    assert public.status_code == 200
    assert "omplete" not in public.content.decode().replace("autocomplete", "")
