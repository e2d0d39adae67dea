"""What happens when somebody takes a consent back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from referrals.actions import consents, follow_ups, orientations, persons
from referrals.actions.details import send_details
from referrals.actions.merging import merge
from referrals.errors import BadValue, ConsentNeeded, DoNotContact
from referrals.models import Person
from tests.referrals import builders as desk
from tests.services import builders as catalogue

pytestmark = pytest.mark.django_db


def transmitted(by, person, service):
    consents.give(person=person, kind="transmit", by=by, script_version="1", service_uuid=service.uuid)
    return desk.orientation(by, of=desk.need(by, about=person), to=service, mode="file_transmitted")


def test_withdrawing_stops_what_was_sent_to_that_service_and_nothing_else():
    by = desk.agent()
    person, here, there = desk.person(by), catalogue.service(), catalogue.service()
    stopped, other = transmitted(by, person, here), transmitted(by, person, there)
    told = desk.orientation(by, of=desk.need(by, about=person), to=here)
    row = person.consents.get(service_uuid=here.uuid)
    for _time in range(2):
        consents.withdraw(consent=row, by=by)
    for one in (stopped, other, told):
        one.refresh_from_db()
    assert (stopped.state, stopped.reason) == ("cancelled", "consent_withdrawn")
    assert (other.state, told.state) == ("requested", "requested")
    stopped.need.refresh_from_db()
    assert stopped.need.status == "withdrawn"
    assert not stopped.follow_ups.filter(cancelled_at=None).exists()
    with pytest.raises(ConsentNeeded):
        orientations.give(need=desk.need(by, about=person), service=here, mode="file_transmitted", by=by)


def test_withdrawing_to_keep_a_file_plans_its_erasure_and_agreeing_again_takes_it_back():
    by = desk.agent()
    person = desk.person(by)
    row = consents.give(person=person, kind="keep_record", by=by, script_version="1")
    assert consents.give(person=person, kind="keep_record", by=by, script_version="1") == row
    consents.withdraw(consent=row, by=by)
    assert Person.objects.get().retention_due_on == timezone.localdate() + timedelta(days=30)
    consents.give(person=person, kind="keep_record", by=by, script_version="1")
    assert Person.objects.get().retention_due_on is None


def test_withdrawing_to_be_called_cancels_the_calls():
    by = desk.agent()
    person = desk.person(by)
    given = desk.orientation(by, of=desk.need(by, about=person))
    row = consents.give(person=person, kind="contact", by=by, script_version="1")
    consents.withdraw(consent=row, by=by)
    assert set(given.follow_ups.filter(cancelled_at=None).values_list("kind", flat=True)) == {"expiry"}


@pytest.mark.parametrize("how", ["consent", "preference", "merged"])
def test_who_wants_no_contact_is_not_called_for_later_orientations_either(how):
    by = desk.agent()
    person, service = desk.person(by), catalogue.service()
    row = consents.give(person=person, kind="contact", by=by, script_version="1")
    before = desk.orientation(by, of=desk.need(by, about=person))
    if how == "consent":
        consents.withdraw(consent=row, by=by)
    elif how == "preference":
        consents.set_contact(person=person, by=by, preference="none", safety="", opposed=False)
    else:
        other = desk.person(by, contact_preference="none")
        merge(kept=person, other=other, by=by)
    person.refresh_from_db()
    later = desk.orientation(by, of=desk.need(by, about=person), to=service)
    for one in (before, later):
        assert [row.kind for row in one.follow_ups.filter(cancelled_at=None)] == ["expiry"]
    with pytest.raises(DoNotContact):
        follow_ups.set_call_back(call=later.call, at=timezone.now() + timedelta(days=1), by=by)
    with pytest.raises(DoNotContact):
        send_details(
            orientation=later, channel="sms", recipient="0470 99 88 77", language="fr", key=uuid4(), by=by
        )
    if how == "consent":
        consents.give(person=person, kind="contact", by=by, script_version="1")
    else:
        consents.set_contact(person=person, by=by, preference="phone", safety="", opposed=False)
    for one in (before, later):
        kinds = {row.kind for row in one.follow_ups.filter(cancelled_at=None)}
        assert kinds == {"expiry", "person"}, "asked again, who may be"


def test_what_is_no_consent_is_refused():
    by = desk.agent()
    person = desk.person(by)
    for kind, service in (("transmit", None), ("anything", None), ("", uuid4())):
        with pytest.raises(BadValue):
            consents.give(person=person, kind=kind, by=by, script_version="1", service_uuid=service)
    assert not person.consents.exists()


def test_contact_is_set_and_an_objection_can_be_taken_back():
    by = desk.agent()
    person = desk.person(by)
    given = desk.orientation(by, of=desk.need(by, about=person))
    consents.set_contact(person=person, by=by, preference="phone", safety=" ", opposed=True)
    assert not given.follow_ups.filter(cancelled_at=None).exclude(kind="expiry").exists()
    consents.set_contact(person=person, by=by, preference="phone", safety="", opposed=False)
    assert Person.objects.get().do_not_contact is False
    with pytest.raises(BadValue):
        consents.set_contact(person=person, by=by, preference="pigeon", safety="", opposed=False)
    number = persons.add_phone(person=person, number="02 511 11 11", by=by)
    consents.mark_phone(phone=number, bad=True, by=by)
    assert person.phones.get().is_bad


def test_who_agreed_twice_and_takes_one_back_has_still_agreed():
    """Two files of one person that were merged: each had the consent."""
    by = desk.agent()
    person, twin, service = desk.person(by), desk.person(by), catalogue.service()
    sent = transmitted(by, person, service)
    consents.give(person=twin, kind="transmit", by=by, script_version="1", service_uuid=service.uuid)
    merge(kept=person, other=twin, by=by)
    first, second = person.consents.filter(kind="transmit").order_by("pk")
    consents.withdraw(consent=first, by=by)
    sent.refresh_from_db()
    assert sent.state == "requested"
    consents.withdraw(consent=second, by=by)
    sent.refresh_from_db()
    assert sent.state == "cancelled"
