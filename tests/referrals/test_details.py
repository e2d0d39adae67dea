"""The details of a service are sent to the person, once, in their language, and nobody is named anywhere."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.utils import timezone

from audit.models import AuditEntry
from outbox.models import Message
from referrals import details
from referrals.actions import persons
from referrals.actions.details import send_details
from referrals.errors import BadValue, DoNotContact
from referrals.models import AccessRow
from tests.referrals import builders as desk

pytestmark = pytest.mark.django_db
NAME, PHONE = "Zénobie Quatrefages", "+32470998877"


@pytest.fixture
def ada():
    return desk.agent("ada")


def sent(by, orientation, **values):
    values = {"channel": "sms", "recipient": "0470 99 88 77", "language": "fr", "key": uuid4()} | values
    return send_details(orientation=orientation, by=by, **values)


def test_a_double_click_sends_one_message(ada):
    given, key = desk.orientation(ada), uuid4()
    assert sent(ada, given, key=key).pk == sent(ada, given, key=key).pk
    assert Message.objects.filter(kind="details_for_person").count() == 1
    assert AccessRow.objects.filter(action="send", object_uuid=given.person.uuid).count() == 1


def test_the_appointment_is_told(ada):
    when = timezone.make_aware(datetime(2026, 12, 3, 14, 30))
    given = desk.orientation(ada, mode="appointment_made", appointment_at=when)
    assert "Rendez-vous le jeudi 3 décembre 2026, 14:30" in details.text(given, "fr")
    assert "14:30" in details.text(given, "nl")


def test_the_text_names_the_service_and_marks_another_language(ada):
    given = desk.orientation(ada)
    assert details.text(given, "fr").splitlines()[0] == "Épicerie sociale"
    assert details.text(given, "nl").splitlines()[0] == "Épicerie sociale (fr)"


def test_phones_for_professionals_are_not_told(ada):
    given = desk.orientation(ada)
    given.snapshot["phones"] = [
        {"number": "+3221111111", "visibility": "public"},
        {"number": "+3222222222", "visibility": "professionals"},
    ]
    told = details.text(given, "fr")
    assert "+3221111111" in told
    assert "+3222222222" not in told


def test_who_objects_is_not_written_to(ada):
    given = desk.orientation(ada)
    persons.oppose(person=given.person, by=ada)
    with pytest.raises(DoNotContact):
        sent(ada, given)
    assert not Message.objects.exists()


@pytest.mark.parametrize(("field", "wrong"), [("recipient", "abc"), ("channel", "paper")])
def test_what_is_wrong_is_named_and_nothing_is_written(ada, field, wrong):
    given = desk.orientation(ada)
    with pytest.raises(BadValue) as refused:
        sent(ada, given, **{field: wrong})
    assert refused.value.field == field
    assert not Message.objects.exists()
    assert not AccessRow.objects.filter(action="send").exists()


def test_a_name_and_a_number_stand_nowhere_but_sealed(ada, caplog):
    given = desk.orientation(ada)
    persons.identify(person=given.person, by=ada, last_name=NAME)
    persons.add_phone(person=given.person, number=PHONE, by=ada)
    with caplog.at_level("DEBUG", logger="outbox"):
        message = sent(ada, given, recipient=PHONE)
    assert message.recipient == PHONE
    rows = [*AuditEntry.objects.values(), *AccessRow.objects.values()]
    rows += list(Message.objects.defer("recipient").values("subject", "body", "html", "idempotency_key"))
    told = repr(rows) + caplog.text
    assert rows
    for planted in (NAME, PHONE, PHONE.removeprefix("+32")):
        assert planted not in told
