"""Writing a message: in the caller's transaction, once, and refused with the field's name when it could not be sent."""

from uuid import uuid4

import pytest
from django.db import transaction

from audit.models import AuditEntry
from outbox.actions import enqueue
from outbox.errors import BadMessage, NoGateway
from outbox.models import Message

pytestmark = pytest.mark.django_db
GOOD = {
    "kind": "verification",
    "channel": "email",
    "recipient": "accueil@example.org",
    "subject": "Vos données sont-elles encore justes ?",
    "body": "Cliquez sur ce lien.",
    "language": "fr",
    "idempotency_key": "verification-1",
}


def test_a_message_waits_sealed_and_is_in_the_audit_record_without_its_recipient():
    about = uuid4()
    made = enqueue(**GOOD, about_kind="service", about_id=about)
    message = Message.objects.get()
    assert message == made
    assert (message.state, message.attempts, message.recipient) == ("queued", 0, GOOD["recipient"])
    assert message.about_id == about
    row = AuditEntry.objects.get(action="message.queued")
    assert (row.object_id, row.detail) == (str(made.uuid), {"kind": "verification", "channel": "email"})


def test_the_same_key_gives_the_same_message():
    first = enqueue(**GOOD)
    again = enqueue(**(GOOD | {"recipient": "other@example.org", "body": "Autre texte"}))
    assert again == first
    assert Message.objects.get().recipient == GOOD["recipient"]
    assert AuditEntry.objects.filter(action="message.queued").count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_written():
    with transaction.atomic():
        enqueue(**GOOD)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not AuditEntry.objects.filter(action="message.queued").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "Not a slug"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"channel": "pigeon"}, "channel"),
        ({"recipient": "no address"}, "recipient"),
        ({"recipient": ""}, "recipient"),
        ({"recipient": "a@example.org\nBcc: all@example.org"}, "recipient"),
        ({"channel": "sms"}, "recipient"),
        ({"channel": "sms", "recipient": "02 123 45 67"}, "recipient"),
        ({"channel": "sms", "recipient": "+320"}, "recipient"),
        ({"subject": ""}, "subject"),
        ({"subject": "two\nlines"}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"body": "  "}, "body"),
        ({"language": "xx"}, "language"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"idempotency_key": "x" * 201}, "idempotency_key"),
        ({"body": "Vous recevez ceci à Accueil@Example.org."}, "body"),
        ({"html": "<p>accueil@example.org</p>"}, "html"),
        ({"subject": "Pour accueil@example.org"}, "subject"),
    ],
)
def test_what_could_not_be_sent_is_refused_by_the_fields_name(wrong, field):
    with pytest.raises(BadMessage) as refusal:
        enqueue(**(GOOD | wrong))
    assert refusal.value.field == field
    assert "accueil@example.org" not in str(refusal.value).lower()
    assert not Message.objects.exists()


def test_a_channel_without_gateway_is_refused(settings):
    settings.OUTBOX_GATEWAYS = {"email": "outbox.gateways.email.MailGateway"}
    with pytest.raises(NoGateway, match="sms"):
        enqueue(**(GOOD | {"channel": "sms", "recipient": "+32470123456"}))


def test_an_sms_needs_no_subject():
    assert (
        enqueue(**(GOOD | {"channel": "sms", "recipient": "+32470123456", "subject": ""})).state == "queued"
    )
