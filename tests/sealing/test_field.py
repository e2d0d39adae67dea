"""A sealed column: plain in Python, a token in the database, and no way around."""

import json

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Lower

from outbox.models import Message
from sealing.errors import NotSearchable, WrongKey
from sealing.fields import SealedTextField
from sealing.keys import TOKEN_BEGINS, seal
from tests.outbox.builders import message

pytestmark = pytest.mark.django_db
WHO = "odette@example.org"


def stored(pk: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient FROM outbox_message WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_the_row_holds_a_token_and_python_the_text():
    made = message(recipient=WHO)
    assert stored(made.pk).startswith(TOKEN_BEGINS)
    assert WHO not in stored(made.pk)
    assert Message.objects.get(pk=made.pk).recipient == WHO
    assert list(Message.objects.values_list("recipient", flat=True)) == [WHO]
    assert Message.objects.values().get()["recipient"] == WHO
    assert Message.objects.annotate(copy=F("recipient")).get().copy == WHO


def test_null_stays_null_and_can_be_asked_for():
    sent = message(state="sent")
    waiting = message()
    assert stored(sent.pk) is None
    assert Message.objects.get(recipient__isnull=True) == sent
    assert Message.objects.get(recipient__isnull=False) == waiting


def test_update_and_bulk_writes_seal():
    made = [message(), message()]
    Message.objects.filter(pk=made[0].pk).update(recipient="jeanne@example.org")
    made[1].recipient = "marie@example.org"
    Message.objects.bulk_update([made[1]], ["recipient"])
    assert all(stored(row.pk).startswith(TOKEN_BEGINS) for row in made)
    assert [Message.objects.get(pk=row.pk).recipient for row in made] == [
        "jeanne@example.org",
        "marie@example.org",
    ]


@pytest.mark.parametrize("plain", [Value(WHO), Concat(Value("odette"), Value("@example.org"))])
def test_the_database_refuses_what_is_no_token(plain):
    made = message()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=made.pk).update(recipient=plain)


@pytest.mark.parametrize(
    "asked",
    [
        {"recipient": WHO},
        {"recipient__exact": None},
        {"recipient__in": [WHO]},
        {"recipient__icontains": "odette"},
        {"recipient__gt": "a"},
        {"recipient__regex": "."},
        {"recipient__lower": WHO},
        {"recipient__lower__contains": WHO},
    ],
)
def test_it_cannot_be_searched(asked):
    message(recipient=WHO)
    with pytest.raises(NotSearchable, match="recipient is sealed") as refusal:
        Message.objects.filter(**asked).exists()
    assert isinstance(refusal.value, FieldError)
    assert WHO not in str(refusal.value)


def test_a_wrong_key_raises_and_never_gives_the_token(settings):
    made = message(recipient=WHO)
    settings.SEALING_KEYS = [Fernet.generate_key().decode()]
    for read in (
        lambda: Message.objects.get(pk=made.pk),
        lambda: list(Message.objects.values("recipient")),
        lambda: list(Message.objects.annotate(low=Lower("recipient")).values_list("low")),
        lambda: made.refresh_from_db(),
        lambda: Message.objects.defer("recipient").get().recipient,
    ):
        with pytest.raises(WrongKey):
            read()
    assert Message.objects.defer("recipient").get().kind == made.kind, "the rest can be read"


def test_a_text_that_looks_like_a_token_is_a_text():
    token = seal("inner")
    made = message(recipient=token)
    assert Message.objects.get(pk=made.pk).recipient == token


def test_a_dump_is_sealed_and_loads_again():
    made = message(recipient=WHO)
    dumped = serializers.serialize("json", [made, message(state="sent")])
    assert WHO not in dumped
    assert json.loads(dumped)[1]["fields"]["recipient"] is None
    Message.objects.all().delete()
    for row in serializers.deserialize("json", dumped):
        row.save()
    assert Message.objects.get(pk=made.pk).recipient == WHO


def test_an_index_of_it_is_a_mistake_that_the_checks_find():
    class Indexed(models.Model):  # noqa: DJ008  (never saved, never shown)
        text = SealedTextField(unique=True)

        class Meta:
            app_label = "sealing"
            managed = False

    try:
        assert "sealing.E003" in {found.id for found in Indexed.check()}
    finally:
        from django.apps import apps

        del apps.all_models["sealing"]["indexed"]
        apps.clear_cache()
