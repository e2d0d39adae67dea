"""What is left of a person who is forgotten: nothing of theirs, and one in a count."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from referrals import deletion_log
from referrals.actions import (
    calls,
    consents,
    follow_ups,
    forgetting,
    orientations,
    persons,
    recording,
    retention,
)
from referrals.models import (
    AccessRow,
    Call,
    Consent,
    DeletionRecord,
    FollowUp,
    IdempotencyKey,
    MonthlyCount,
    Need,
    Orientation,
    OrientationEvent,
    Person,
    PersonIdentity,
    PersonPhone,
    RetentionRun,
)
from referrals.retention import PERIODS
from tests.referrals import builders as desk

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
CANARIES = (
    "Zephyrine",
    "Quackenbush",
    "rue du Canari",
    "+32470123456",
    "dog bites",
    "fell twice",
    "'1083'",
)  # quoted: a moment may hold four such digits


@pytest.fixture(autouse=True)
def log_of_its_own(settings, tmp_path):
    settings.RETENTION_LOG = tmp_path / "forgotten.jsonl"


def known(by=None, *, contact: int = 0, state: str = "completed") -> Person:
    """Somebody with a name, a number, a call, a need, an orientation; last heard of `contact` days ago."""
    by = by or desk.agent()
    made = desk.person(
        by, postcode="1083", age_band="75_84", contact_safety="dog bites", languages=["fr"], mobility="mobile"
    )
    persons.identify(
        person=made, by=by, first_name="Zephyrine", last_name="Quackenbush", address="rue du Canari 3"
    )
    persons.add_phone(person=made, number="0470 12 34 56", by=by)
    consents.give(person=made, kind="contact", by=by, script_version="1")
    call = desk.call(by, about=made)
    calls.keep(call=call, by=by, note="fell twice", situation={"postcode": "1083"})
    need = desk.need(by, of=call)
    given = desk.orientation(by, of=need)
    if state == "completed":
        orientations.move(orientation=given, to="completed", by=by, outcome="got_help")
    Person.objects.filter(pk=made.pk).update(
        last_contact_on=TODAY - timedelta(days=contact),
        created_at=timezone.now() - timedelta(days=contact),
    )
    given_at = timezone.now() - timedelta(days=contact)
    Orientation.objects.filter(pk=given.pk).update(changed_at=given_at)
    made.refresh_from_db()
    return made


def everything() -> str:
    """All rows of the desk as text, opened."""
    from django.apps import apps

    rows = [
        repr(list(model._base_manager.values())) for model in apps.get_app_config("referrals").get_models()
    ]
    return "\n".join(rows)


def count() -> list[tuple]:
    return list(MonthlyCount.objects.values_list("age_band", "need", "status", "outcome", "count"))


def test_nothing_of_the_person_is_left_but_a_count():
    made = known()
    assert all(text in everything() for text in CANARIES), "the test sees what it looks for"
    reference = made.reference
    forgetting.erase(person=made, by=desk.agent("dpo", role="data_protection_officer"))
    left = everything()
    assert [text for text in (*CANARIES, reference) if text in left] == []
    for model in (PersonIdentity, PersonPhone, Consent, Need, Orientation, OrientationEvent, FollowUp):
        assert not model.objects.exists(), model.__name__
    assert Call.objects.get().person is None, "that an agent had a call is still known"
    assert count() == [("75_84", "food", "satisfied", "got_help", 1)]
    record = DeletionRecord.objects.get()
    assert (record.kind, record.object_uuid, record.what, record.reason) == (
        "person",
        made.uuid,
        "anonymised",
        "request",
    )
    row = AccessRow.objects.filter(object_uuid=made.uuid).latest("pk")
    assert (row.actor_label, row.reason) == ("dpo", "erased on request")


def test_forgotten_twice_is_counted_once():
    made = known()
    for _time in range(2):
        forgetting.erase(person=made, by=desk.agent())
    assert [row[-1] for row in count()] == [1]
    assert DeletionRecord.objects.count() == 1


def test_counts_add_up():
    by = desk.agent()
    for _person in range(3):
        forgetting.erase(person=known(by), by=by)
    assert count() == [("75_84", "food", "satisfied", "got_help", 3)]


def test_a_merged_file_goes_with_the_one_it_was_merged_into():
    from referrals.actions.merging import merge

    by = desk.agent()
    kept, other = known(by), desk.person(by)
    merge(kept=kept, other=other, by=by)
    forgetting.erase(person=kept, by=by)
    assert Person.objects.filter(anonymised_at=None).count() == 0
    assert other.reference not in everything()


def test_the_identity_goes_before_the_file():
    made = known(contact=PERIODS["identity"])
    retention.run()
    made.refresh_from_db()
    assert (made.anonymised_at, made.contact_safety, made.age_band) == (None, None, "75_84")
    assert not PersonPhone.objects.exists()
    assert not PersonIdentity.objects.exists()
    assert Need.objects.get().person == made


def test_what_ended_lately_or_is_still_to_be_done_keeps_the_number():
    ended, awaited, talked = (known(contact=PERIODS["identity"]) for _time in range(3))
    Orientation.objects.filter(person=ended).update(changed_at=timezone.now())
    by = desk.agent()
    follow_ups.set_call_back(call=awaited.calls.get(), at=timezone.now() + timedelta(days=200), by=by)
    due = follow_ups.set_call_back(call=talked.calls.get(), at=timezone.now(), by=by)
    recording.record(follow_up=due, by=by, result="talked")
    retention.run()
    assert {row.person for row in PersonPhone.objects.all()} == {ended, awaited, talked}
    talked.refresh_from_db()
    assert talked.last_contact_on == TODAY


def test_an_orientation_under_way_holds_the_file_and_a_wish_does_not_wait():
    held = known(contact=900, state="requested")
    retention.run()
    held.refresh_from_db()
    assert held.anonymised_at is None
    assert held.identity.first_name == "Zephyrine"
    Person.objects.filter(pk=held.pk).update(retention_due_on=TODAY)
    retention.run()
    held.refresh_from_db()
    assert held.anonymised_at is not None


def test_a_dry_run_counts_and_leaves_everything():
    known(contact=400)
    before, out = everything(), StringIO()
    call_command("retention", stdout=out)
    assert out.getvalue() == "person: 1 would be forgotten\n"
    assert everything() == before
    call_command("retention", "--wet-run", stdout=out)
    assert "person: 1 forgotten" in out.getvalue()
    assert retention.past_due() == {}


def test_a_second_run_has_nothing_to_do():
    known(contact=400)
    assert retention.run().counts == {"person": 1}
    assert retention.run().counts == {}
    assert RetentionRun.objects.filter(ended_at=None).count() == 0


def test_a_call_about_nobody_is_emptied_after_its_period():
    by = desk.agent()
    call = desk.call(by)
    calls.keep(call=call, by=by, note="fell twice", situation={"age_band": "85_plus"})
    desk.need(by, of=call)
    Call.objects.update(started_at=timezone.now() - timedelta(days=366))
    assert retention.run().counts == {"call": 1}
    call.refresh_from_db()
    assert (call.note, call.situation, Need.objects.count()) == (None, {}, 0)
    assert count() == [("85_plus", "food", "open", "", 1)]
    assert retention.past_due() == {}


def test_access_rows_go_by_the_retention_only():
    desk.person(desk.agent())
    old = timezone.now() - timedelta(days=366)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE referrals_accessrow SET at = %s", [old])
    IdempotencyKey.objects.create(user=desk.agent(), key="6f6f3a3e-0a58-4a4e-8f3b-9a7a3c1f2b11", act="give")
    assert retention.run().counts == {"access": 1}
    assert not AccessRow.objects.exists()
    assert IdempotencyKey.objects.exists()


def test_what_stays_past_due_is_told(monkeypatch):
    known(contact=400)
    monkeypatch.setattr(retention, "_forget_files", lambda *args: {})
    with pytest.raises(CommandError, match="past due still: person: 1"):
        call_command("retention", "--wet-run", stdout=StringIO())
    assert RetentionRun.objects.get().ended_at is None


def test_who_was_called_after_the_list_was_made_is_kept(monkeypatch):
    made = known(contact=400)
    listed = [(made.pk, "person")]
    Person.objects.filter(pk=made.pk).update(last_contact_on=TODAY)
    monkeypatch.setattr(retention, "due_files", lambda *args, **kw: iter(listed))
    monkeypatch.setattr(retention, "past_due", lambda *args: {})
    assert retention.run().counts == {}
    made.refresh_from_db()
    assert made.anonymised_at is None


def test_the_night_forgets_only_where_it_may(settings, caplog):
    made = known(contact=400)
    settings.RETENTION_RUN = False
    retention.nightly()
    made.refresh_from_db()
    assert made.anonymised_at is None
    assert "past due and kept" in caplog.text
    settings.RETENTION_RUN = True
    retention.nightly()
    made.refresh_from_db()
    assert made.anonymised_at is not None


def test_coordinators_are_warned_a_month_before():
    by = desk.agent()
    known(by, contact=PERIODS["person"] - 100)
    soon = known(by, contact=PERIODS["identity"] - 20)
    wish = known(by)
    Person.objects.filter(pk=wish.pk).update(retention_due_on=TODAY + timedelta(days=5))
    PersonIdentity.objects.exclude(person=soon).delete()
    PersonPhone.objects.exclude(person=soon).delete()
    found = [
        (person.pk, due.kind, (due.on - TODAY).days) for person, due in retention.warned([desk.fund().pk])
    ]
    assert found == [(wish.pk, "wish", 5), (soon.pk, "identity", 20)]
    assert retention.warned([desk.fund("other").pk]) == []


def test_a_restored_database_is_made_to_forget_again(django_capture_on_commit_callbacks, settings):
    by = desk.agent()
    gone, identity_gone, kept = known(by), known(by), known(by)
    with django_capture_on_commit_callbacks(execute=True):
        forgetting.erase(person=gone, by=by)
        forgetting.forget_identity([identity_gone], reason="identity")
    assert [(line.kind, line.uuid) for line in deletion_log.read()] == [
        ("person", gone.uuid),
        ("identity", identity_gone.uuid),
    ]
    # The backup is older than all of this.
    DeletionRecord.objects.all().delete()
    MonthlyCount.objects.all().delete()
    back = known(by)
    Person.objects.filter(pk=gone.pk).delete()
    Person.objects.filter(pk=back.pk).update(uuid=gone.uuid)
    again = PersonIdentity.objects.create(person=identity_gone, first_name="Zephyrine")
    PersonIdentity.objects.filter(pk=again.pk).update(changed_at=timezone.now() - timedelta(days=3))
    out = StringIO()
    call_command("retention_replay", stdout=out)
    assert out.getvalue() == "identity: 1 forgotten again\nperson: 1 forgotten again\n"
    back.refresh_from_db()
    assert back.anonymised_at is not None
    assert not PersonIdentity.objects.filter(person=identity_gone).exists()
    assert PersonIdentity.objects.get(person=kept).first_name == "Zephyrine"
    assert [row[-1] for row in count()] == [1]
    call_command("retention_replay", stdout=out)
    assert "forgotten here too" in out.getvalue()


def test_an_identity_given_again_later_is_not_replayed():
    made = known()
    line = deletion_log.Line("identity", made.uuid, "erased", "identity", timezone.now() - timedelta(days=1))
    assert retention.replay([line]) == {}
    assert made.identity.first_name == "Zephyrine"


def test_a_number_given_again_later_is_not_replayed_and_what_is_older_goes():
    made = known()
    then = timezone.now() - timedelta(days=1)
    PersonPhone.objects.update(created_at=then - timedelta(days=1))
    PersonIdentity.objects.update(changed_at=then - timedelta(days=1))
    new = persons.add_phone(person=made, number="02 511 22 33", by=desk.agent())
    line = deletion_log.Line("identity", made.uuid, "erased", "identity", then)
    assert retention.replay([line]) == {"identity": 1}
    assert made.phones.get() == new
    assert not PersonIdentity.objects.filter(person=made).exists()
    made.refresh_from_db()
    assert made.contact_safety == "dog bites", "how the new number is dialled safely is not lost"
    assert retention.replay([line]) == {}


def test_lines_that_a_kill_swallowed_are_written_again(settings):
    made = known()
    forgetting.erase(person=made, by=desk.agent())
    settings.RETENTION_LOG.write_text('{"kind": "per')
    assert deletion_log.catch_up() == 1
    assert [line.uuid for line in deletion_log.read()] == [made.uuid]
    assert deletion_log.catch_up() == 0


def test_a_log_that_is_none_changes_nothing(settings):
    settings.RETENTION_LOG.write_text('{"kind": "person"}\n')
    with pytest.raises(CommandError, match=r"line 1: KeyError\. Nothing was changed"):
        call_command("retention_replay")
    with pytest.raises(CommandError, match="is not there"):
        call_command("retention_replay", "--log", "no-such-file")


def test_the_day_a_clock_changes_is_a_day(settings):
    """A call of 25 October 2026, 23:30, the day with 25 hours, is a day old on the 26th, not on the 25th."""
    settings.RETENTION = {"call": 1}
    by = desk.agent()
    desk.need(by, of=desk.call(by))
    late = timezone.make_aware(datetime(2026, 10, 25, 23, 30))
    Call.objects.update(started_at=late)
    day = late.date()
    assert "call" not in retention.past_due(day)
    assert retention.past_due(day + timedelta(days=1))["call"] == 1
