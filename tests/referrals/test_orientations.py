"""An orientation given during a call: what is kept, what becomes due, and what its moves do to the need."""

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from outbox.models import Message
from referrals import waiting
from referrals.actions import calls, consents, details, expiry, follow_ups, orientations, persons, recording
from referrals.errors import BadValue, Closed, ConsentNeeded, IllegalMove, NationalNumber, NotListed, Outdated
from referrals.models import AccessRow, FollowUp, Orientation, OrientationEvent, Person, PersonPhone
from services.models import Phone, Service, Suggestion
from tests.services import builders as catalogue

from . import builders

pytestmark = pytest.mark.django_db


def pending(**values) -> set[str]:
    return set(
        FollowUp.objects.filter(done_at=None, cancelled_at=None, **values).values_list("kind", flat=True)
    )


class TestGiving:
    def test_the_listing_is_kept_as_it_was_given(self):
        ada = builders.agent()
        service = catalogue.service("Épicerie sociale")
        service.phones = [Phone(number="02 512 34 56")]
        service.save()
        made = builders.orientation(ada, to=service)
        service.name_fr = "Autre nom"
        service.save()
        made.refresh_from_db()
        assert made.snapshot["name"] == {"fr": "Épicerie sociale"}
        assert [phone["number"] for phone in made.snapshot["phones"]] == ["02 512 34 56"]
        assert (made.state, made.mode, made.need.status) == ("requested", "details_given", "oriented")
        assert [(event.of, event.to) for event in made.events.all()] == [("", "requested")]

    def test_without_a_person_one_click_is_enough_and_it_expires_by_itself(self):
        ada = builders.agent()
        builders.orientation(ada, of=builders.need(ada))
        assert pending() == {"expiry"}

    def test_a_person_who_becomes_known_is_asked_too(self):
        ada = builders.agent()
        need = builders.need(ada)
        made = builders.orientation(ada, of=need)
        somebody = builders.person(ada)
        calls.set_person(call=need.call, person=somebody, by=ada)
        need.refresh_from_db()
        assert need.person == somebody
        assert pending() == {"expiry", "person"}
        assert Orientation.objects.get(pk=made.pk).person is not None
        assert not FollowUp.objects.filter(person=None).exists()

    def test_what_is_due_falls_on_working_days(self):
        # A Thursday: three days later is a Sunday; the person is asked on the Monday.
        due = waiting.plan("file_transmitted", date(2026, 11, 19), lambda day: day == date(2026, 11, 30))
        assert due == [
            ("person", date(2026, 11, 23)),
            ("service", date(2026, 12, 1)),  # 29 November is a Sunday, and the 30th a holiday here
            ("expiry", date(2026, 12, 19)),
        ]

    def test_the_same_key_gives_the_same_orientation(self):
        ada, key = builders.agent(), uuid.uuid4()
        need, service = builders.need(ada), catalogue.service()
        first = orientations.give(need=need, service=service, by=ada, key=key)
        assert orientations.give(need=need, service=service, by=ada, key=key) == first
        for other in ({"service": catalogue.service()}, {"mode": "three_way_call"}):
            with pytest.raises(BadValue):  # another act: it is not told that the first was done again
                orientations.give(**{"need": need, "service": service, "by": ada, "key": key} | other)
        assert Orientation.objects.count() == 1

    @pytest.mark.parametrize("values", [{"live": False}, {"lifecycle": "closed_permanently"}])
    def test_nobody_is_sent_where_nothing_is(self, values):
        ada = builders.agent()
        with pytest.raises(NotListed):
            builders.orientation(ada, to=catalogue.service(**values))

    def test_a_file_needs_consent_for_this_very_service(self):
        ada, service = builders.agent(), catalogue.service()
        about = builders.person(ada)
        need = builders.need(ada, about=about)
        with pytest.raises(ConsentNeeded):
            orientations.give(need=need, service=service, mode="file_transmitted", by=ada)
        consents.give(
            person=about,
            kind="transmit",
            by=ada,
            script_version="1",
            service_uuid=catalogue.service("B").uuid,
        )
        with pytest.raises(ConsentNeeded):
            orientations.give(need=need, service=service, mode="file_transmitted", by=ada)
        consents.give(person=about, kind="transmit", by=ada, script_version="1", service_uuid=service.uuid)
        orientations.give(need=need, service=service, mode="file_transmitted", by=ada)
        assert pending() == {"person", "service", "expiry"}

    def test_a_deleted_listing_leaves_its_orientations(self):
        ada, service = builders.agent(), catalogue.service("Vestiaire")
        made = builders.orientation(ada, to=service)
        Service.objects.get(pk=service.pk).delete()
        made.refresh_from_db()
        assert (made.service, made.snapshot["name"]["fr"]) == (None, "Vestiaire")


class TestMoving:
    def test_each_change_is_a_row(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        made = orientations.move(orientation=made, to="accepted", by=ada)
        made = orientations.move(
            orientation=made, to="failed", by=ada, reason="not_mobile", barriers=["mobility"]
        )
        made = orientations.move(orientation=made, to="completed", by=ada, outcome="got_help")
        assert [event.to for event in made.events.all()] == ["requested", "accepted", "failed", "completed"]
        assert (made.reason, made.outcome, made.need.status) == ("", "got_help", "satisfied")
        assert made.need.barriers == ["mobility"]

    def test_what_is_refused_writes_nothing(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        with pytest.raises(IllegalMove) as refused:
            orientations.move(orientation=made, to="failed", by=ada)
        assert (refused.value.code, refused.value.field) == ("reason_missing", "reason")
        with pytest.raises(BadValue):
            orientations.move(orientation=made, to="failed", by=ada, reason="full", barriers=["luck"])
        assert OrientationEvent.objects.count() == 1
        made.refresh_from_db()
        assert (made.state, made.version) == ("requested", 1)

    def test_whoever_read_an_older_version_is_told(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        orientations.move(orientation=made, to="accepted", by=ada, version=1)
        with pytest.raises(Outdated) as told:
            orientations.move(orientation=made, to="completed", by=ada, version=1, outcome="partly")
        assert told.value.version == 2

    def test_closing_the_need_cancels_what_is_pending(self):
        ada = builders.agent()
        about = builders.person(ada)
        need = builders.need(ada, about=about)
        one = builders.orientation(ada, of=need)
        builders.orientation(ada, of=need, to=catalogue.service("Autre"))
        follow_ups.set_call_back(call=need.call, at=timezone.now() + timedelta(days=1), by=ada, need=need)
        orientations.move(orientation=one, to="completed", by=ada, outcome="got_help")
        left = FollowUp.objects.get(done_at=None, cancelled_at=None)
        assert (left.kind, left.orientation.service.name_fr) == ("expiry", "Autre")  # else it would never end
        assert set(FollowUp.objects.values_list("cancelled_because", flat=True)) == {
            "need_closed",
            "orientation_ended",
            "",
        }
        expiry.expire(timezone.now() + timedelta(days=40))
        assert not pending()
        need.refresh_from_db()
        assert (need.status, need.orientations.get(state="cancelled").reason) == ("satisfied", "expired")

    def test_late_recording_keeps_both_moments(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        when = timezone.now() - timedelta(days=2)
        made = orientations.move(orientation=made, to="completed", by=ada, outcome="partly", at=when)
        last = made.events.last()
        assert (last.at, last.recorded_at > when) == (when, True)

    def test_withdrawing_cancels_what_is_under_way(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        need = orientations.withdraw(need=made.need, by=ada)
        made.refresh_from_db()
        assert (made.state, need.status, pending()) == ("cancelled", "withdrawn", set())


class TestFollowingUp:
    def test_who_objects_is_not_called_any_more(self):
        ada = builders.agent()
        about = builders.person(ada)
        builders.orientation(ada, of=builders.need(ada, about=about))
        assert persons.oppose(person=about, by=ada) == 1
        assert pending() == {"expiry"}  # by which nobody is contacted
        builders.orientation(ada, of=builders.need(ada, about=Person.objects.get(pk=about.pk)))
        assert pending() == {"expiry"}

    def test_a_call_back_replaces_the_one_before(self):
        ada = builders.agent()
        made = builders.call(ada, about=builders.person(ada))
        noon = timezone.make_aware(datetime(2026, 11, 24, 12))
        follow_ups.set_call_back(call=made, at=noon, by=ada)
        follow_ups.set_call_back(call=made, at=noon + timedelta(days=1), by=ada)
        assert [one.due_at for one in FollowUp.objects.filter(cancelled_at=None)] == [
            noon + timedelta(days=1)
        ]

    def test_nothing_is_planned_for_after_the_file(self):
        ada = builders.agent()
        made = builders.call(ada, about=builders.person(ada))
        far = timezone.now() + timedelta(days=731)
        with pytest.raises(BadValue):
            follow_ups.set_call_back(call=made, at=far, by=ada)
        builders.orientation(ada)
        due = FollowUp.objects.get(kind="person")
        with pytest.raises(BadValue):
            follow_ups.move_to(follow_up=due, at=far, by=ada)
        with pytest.raises(BadValue):
            recording.record(follow_up=due, by=ada, result="unreachable", again_at=far)

    def test_what_was_said_before_the_person_was_named_is_kept_of_them(self):
        ada = builders.agent()
        known = builders.person(ada)
        made = calls.keep(
            call=builders.call(ada), by=ada, situation={"postcode": "1080", "age_band": "85_plus"}
        )
        calls.set_person(call=made, person=known, by=ada)
        known.refresh_from_db()
        assert (known.postcode, known.age_band) == ("1080", "85_plus")

    def test_a_call_that_is_about_somebody_else_after_all_calls_nobody_who_wants_no_contact(self):
        ada = builders.agent()
        one, other = builders.person(ada), builders.person(ada, contact_preference="none")
        made = builders.orientation(ada, of=builders.need(ada, about=one))
        details.send_details(
            orientation=made,
            channel="sms",
            recipient="0470 99 88 77",
            language="fr",
            key=uuid.uuid4(),
            by=ada,
        )
        calls.set_person(call=made.call, person=other, by=ada)
        assert pending(person=other) == {"expiry"}
        assert Message.objects.get().recipient is None

    def test_done_is_done_once(self):
        ada = builders.agent()
        builders.orientation(ada)
        due = FollowUp.objects.get(kind="person")
        follow_ups.done(follow_up=due, by=ada)
        with pytest.raises(Closed):
            follow_ups.done(follow_up=due, by=ada)

    def test_somebody_elses_work_in_bulk(self):
        ada, bob = builders.agent(), builders.agent("bob")
        made = builders.orientation(ada)
        assert follow_ups.reassign(rows=FollowUp.objects.filter(assignee=ada), to=bob, by=bob) == 2
        made.refresh_from_db()
        assert made.assignee == bob


class TestPersons:
    def test_a_number_is_sealed_and_found_however_it_is_written(self):
        ada = builders.agent()
        about = builders.person(ada)
        persons.add_phone(person=about, number="0470 12 34 56", by=ada)
        persons.add_phone(person=about, number="+32470123456", by=ada)
        hashed = persons.phone_hash("0032 470/12.34.56")
        assert PersonPhone.objects.get(number_hash=hashed).number == "+32470123456"
        with pytest.raises(BadValue):
            persons.add_phone(person=about, number="12", by=ada)

    def test_a_national_number_is_refused_wherever_it_is_written(self):
        ada = builders.agent()
        about = builders.person(ada)
        for field in persons.IDENTITY:
            with pytest.raises(NationalNumber):
                persons.identify(person=about, by=ada, **{field: "n° 85.07.30-033.28"})
        with pytest.raises(NationalNumber):
            calls.keep(call=builders.call(ada), by=ada, note="85073003328")

    def test_each_write_about_a_person_leaves_an_access_row(self):
        ada = builders.agent()
        about = builders.person(ada)
        before = AccessRow.objects.count()
        persons.identify(person=about, by=ada, last_name="Peeters")
        persons.add_phone(person=about, number="0470 12 34 56", by=ada)
        rows = AccessRow.objects.all()[before:]
        assert [(row.actor_label, row.action, row.object_uuid) for row in rows] == [
            ("ada", "change", about.uuid)
        ] * 2


class TestCalls:
    def test_two_pages_of_one_call_do_not_overwrite_each_other(self):
        ada = builders.agent()
        made = builders.call(ada)
        calls.keep(call=made, by=ada, version=1, note="Vit seule")
        with pytest.raises(Outdated):
            calls.keep(call=made, by=ada, version=1, note="Autre")
        made.refresh_from_db()
        assert made.note == "Vit seule"

    def test_what_is_heard_in_a_call_is_known_in_the_next(self):
        ada = builders.agent()
        about = builders.person(ada, languages=["nl"], age_band="75_84")
        made = builders.call(ada, about=about)
        calls.keep(call=made, by=ada, situation={"postcode": "1030", "age_band": "85_plus", "bim": False})
        about.refresh_from_db()
        assert (about.postcode, about.age_band, about.bim, about.languages) == (
            "1030",
            "85_plus",
            False,
            ["nl"],
        )
        version = about.version
        calls.keep(call=made, by=ada, note="Vit seule", situation={"postcode": "1030", "age_band": "85_plus"})
        about.refresh_from_db()
        assert about.version == version
        again = builders.call(ada, about=about)
        assert again.situation == {
            "postcode": "1030",
            "age_band": "85_plus",
            "bim": False,
            "languages": ["nl"],
        }

    def test_a_situation_is_codes(self):
        ada = builders.agent()
        made = builders.call(ada)
        made = calls.keep(
            call=made,
            by=ada,
            situation={"postcode": "1080", "age_band": "75_84", "bim": True, "name": "Jeanne"},
        )
        assert made.situation == {"postcode": "1080", "age_band": "75_84", "bim": True}
        with pytest.raises(BadValue):
            calls.keep(call=made, by=ada, situation={"age_band": "old"})

    def test_an_ended_call_is_not_written_any_more(self):
        ada = builders.agent()
        made = calls.close(call=builders.call(ada), by=ada)
        with pytest.raises(Closed):
            calls.keep(call=made, by=ada, note="trop tard")
        with pytest.raises(Closed):
            builders.need(ada, of=made)


class TestLate:
    def test_what_was_noted_late_can_still_be_taken_back_for_a_day(self):
        ada = builders.agent()
        made = builders.orientation(ada, at=timezone.now() - timedelta(days=3))
        made = orientations.move(orientation=made, to="entered_in_error", by=ada)
        assert made.state == "entered_in_error"

    def test_a_call_of_last_month_is_asked_about_from_today_on(self):
        ada, happened = builders.agent(), timezone.now() - timedelta(days=45)
        made = calls.begin(team=builders.fund(), by=ada, at=happened)
        made = calls.set_person(call=made, person=builders.person(ada, last_contact_on=None), by=ada)
        given = builders.orientation(ada, of=builders.need(ada, of=made), at=happened)
        due = {one.kind: timezone.localdate(one.due_at) for one in given.follow_ups.all()}
        assert due["person"] >= timezone.localdate()
        assert due["expiry"] > due["person"]
        made = calls.close(call=made, by=ada)
        made.person.refresh_from_db()
        assert made.ended_at == happened
        assert made.person.last_contact_on == timezone.localdate(happened)

    def test_an_older_call_does_not_put_the_last_contact_back(self):
        ada = builders.agent()
        about = builders.person(ada)
        made = calls.begin(team=builders.fund(), by=ada, person=about, at=timezone.now() - timedelta(days=9))
        calls.close(call=made, by=ada)
        about.refresh_from_db()
        assert about.last_contact_on == timezone.localdate()

    @pytest.mark.parametrize("days", [-1, 400])
    def test_a_call_to_come_or_of_long_ago_is_not_noted(self, days):
        with pytest.raises(BadValue) as refusal:
            calls.begin(team=builders.fund(), by=builders.agent(), at=timezone.now() - timedelta(days=days))
        assert refusal.value.field == "at"

    def test_a_closed_call_is_opened_again_once(self):
        ada = builders.agent()
        made = calls.close(call=builders.call(ada), by=ada)
        made = calls.reopen(call=made, by=ada)
        assert calls.reopen(call=made, by=ada).version == made.version
        assert builders.need(ada, of=made).call == made

    def test_what_helped_is_not_withdrawn(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        orientations.move(orientation=made, to="completed", outcome="got_help", by=ada)
        with pytest.raises(Closed):
            orientations.withdraw(need=made.need, by=ada)

    def test_nothing_is_noted_before_it_happens(self):
        ada = builders.agent()
        with pytest.raises(BadValue):
            builders.orientation(ada, at=timezone.now() + timedelta(hours=1))
        made = builders.orientation(ada)
        with pytest.raises(BadValue):
            orientations.move(orientation=made, to="accepted", by=ada, at=timezone.now() + timedelta(hours=1))


class TestWhatIsAskedLater:
    """The machine never lets go of what somebody is still going to ask."""

    def row(self, made: Orientation, kind: str) -> FollowUp:
        return FollowUp.objects.get(orientation=made, kind=kind, done_at=None, cancelled_at=None)

    def test_when_the_service_has_accepted_the_person_is_asked_once_more(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        recording.record(follow_up=self.row(made, "person"), by=ada, result="accepted")
        again = self.row(made, "person")
        assert timedelta(days=2) < again.due_at - timezone.now() < timedelta(days=8)
        assert made.follow_ups.filter(kind="person").count() == 2
        recording.record(follow_up=again, by=ada, result="helped")
        made.refresh_from_db()
        assert (made.state, made.need.status) == ("completed", "satisfied")

    def test_wrong_data_learnt_from_the_person_is_looked_at_by_the_listings_team(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        recording.record(
            follow_up=self.row(made, "person"), by=ada, result="failed", reason="closed_or_wrong_data"
        )
        told = Suggestion.objects.get()
        assert (told.service, told.channel, told.state) == (made.service, "agent", "open")
        assert told.comment

    def test_nobody_who_objects_is_asked_once_more(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        persons.oppose(person=made.person, by=ada)
        made.refresh_from_db()
        assert follow_ups.ask_again(orientation=made, by=ada) is None

    def test_a_later_date_takes_the_expiry_with_it(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        when = timezone.now() + timedelta(days=60)
        recording.record(follow_up=self.row(made, "person"), by=ada, result="waiting", again_at=when)
        assert self.row(made, "person").due_at == when
        assert self.row(made, "expiry").due_at - when > timedelta(days=25)
        assert expiry.expire(timezone.now() + timedelta(days=61)) == 0

    def test_an_earlier_date_leaves_it(self):
        ada = builders.agent()
        made = builders.orientation(ada)
        before = self.row(made, "expiry").due_at
        soon = timezone.now() + timedelta(hours=2)
        follow_ups.move_to(follow_up=self.row(made, "person"), at=soon, by=ada)
        assert self.row(made, "expiry").due_at == before

    def test_everything_waits_for_the_appointment(self):
        ada = builders.agent()
        when = timezone.now() + timedelta(days=45)
        made = builders.orientation(ada, mode="appointment_made", appointment_at=when)
        assert self.row(made, "person").due_at > when
        assert self.row(made, "expiry").due_at > when + timedelta(days=28)
