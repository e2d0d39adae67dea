"""Another SEALING_HASH_KEY: persons are found by their numbers as before, all of them or nothing was changed."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit.models import AuditEntry
from referrals.actions import openings, persons
from referrals.models import PersonPhone
from sealing import proof, rehashing
from tests.referrals import builders

pytestmark = pytest.mark.django_db
NEW = "another secret of thirty-two characters or more"
NUMBER = "0470 12 34 56"


@pytest.fixture
def ada():
    user = builders.agent()
    for number in (NUMBER, "02 512 34 56"):
        persons.add_phone(person=builders.person(user), number=number, by=user)
    return user


def found(by) -> int:
    return len(openings.look_up(text=NUMBER, by=by, team=builders.fund()))


@pytest.fixture
def changed(settings, monkeypatch, ada):
    monkeypatch.setenv("SEALING_HASH_KEY_BEFORE", settings.SEALING_HASH_KEY)
    settings.SEALING_HASH_KEY = NEW


def test_everybody_is_found_as_before(changed, ada):
    assert found(ada) == 0
    said = StringIO()
    call_command("sealing_rehash", stdout=said)
    assert "referrals.PersonPhone.number_hash: 2 hashed anew" in said.getvalue()
    assert found(ada) == 1
    assert proof.wrong_keys() == []
    assert AuditEntry.objects.get(action="sealing.rehashed").detail == {
        "referrals.PersonPhone.number_hash": 2
    }


@pytest.mark.parametrize("before", ["", "short", "a third secret of thirty-two characters or more"])
def test_with_another_key_than_the_databases_nothing_is_changed(changed, monkeypatch, before):
    hashes = sorted(PersonPhone.objects.values_list("number_hash", flat=True))
    monkeypatch.setenv("SEALING_HASH_KEY_BEFORE", before)
    with pytest.raises(CommandError):
        call_command("sealing_rehash")
    assert sorted(PersonPhone.objects.values_list("number_hash", flat=True)) == hashes


def test_what_fails_in_the_middle_changes_nothing(changed, monkeypatch, ada):
    def fails() -> int:
        raise OSError("gone")

    monkeypatch.setitem(rehashing._hashed, "z.Last.field", fails)
    hashes = sorted(PersonPhone.objects.values_list("number_hash", flat=True))
    with pytest.raises(OSError, match="gone"):
        call_command("sealing_rehash")
    assert sorted(PersonPhone.objects.values_list("number_hash", flat=True)) == hashes
    assert proof.wrong_keys()
