"""A database knows the keys it needs: nothing starts with others."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import CommandError, SystemCheckError
from django.db import connection

from sealing import proof
from sealing.errors import BadKeys, WrongKey
from sealing.keys import fingerprint
from sealing.models import KeyProof

pytestmark = pytest.mark.django_db
OTHER = Fernet.generate_key().decode()


def test_migrating_leaves_the_proof_of_the_newest_key(settings):
    assert [row.fingerprint for row in KeyProof.objects.all()] == [fingerprint(settings.SEALING_KEYS[0])]
    proof.require_right_keys()
    assert KeyProof.objects.count() == 1


def test_another_key_is_refused_and_changes_nothing(settings):
    right, settings.SEALING_KEYS = settings.SEALING_KEYS, [OTHER]
    with pytest.raises(WrongKey, match=fingerprint(right[0])) as refusal:
        proof.require_right_keys()
    assert right[0] not in str(refusal.value)
    assert KeyProof.objects.count() == 1


def test_a_new_key_before_the_old_one_is_welcome_and_both_are_needed_from_then_on(settings):
    right = settings.SEALING_KEYS
    settings.SEALING_KEYS = [OTHER, *right]
    proof.require_right_keys()
    assert KeyProof.objects.count() == 2
    for one_alone in (right, [OTHER]):
        settings.SEALING_KEYS = one_alone
        with pytest.raises(WrongKey):
            proof.require_right_keys()


def test_a_wrong_hash_key_is_refused(settings):
    settings.SEALING_HASH_KEY = "another secret of thirty-two characters or more"
    with pytest.raises(WrongKey, match="SEALING_HASH_KEY"):
        proof.require_right_keys()


def test_a_proof_that_was_swapped_is_refused():
    row = KeyProof.objects.get()
    row.token = row.token[:-4] + "AAA="
    row.save()
    with pytest.raises(WrongKey):
        proof.require_right_keys()


def test_the_check_tells_which_key_is_missing(settings):
    assert run_checks(databases=["default"], tags=["database"]) == []
    missing = fingerprint(settings.SEALING_KEYS[0])
    settings.SEALING_KEYS = [OTHER]
    found = run_checks(databases=["default"], tags=["database"])
    assert [error.id for error in found] == ["sealing.E002"]
    assert missing in found[0].msg
    assert "sealing.E002" not in {error.id for error in run_checks()}, (
        "the database is asked only when wanted"
    )
    with pytest.raises(SystemCheckError, match=r"sealing\.E002"):
        call_command("migrate", verbosity=0, skip_checks=False)


def test_keys_that_are_none_are_found_without_a_database(settings):
    settings.SEALING_KEYS = ["nonsense"]
    assert "sealing.E001" in {error.id for error in run_checks()}
    with pytest.raises(BadKeys):
        proof.require_right_keys()


@pytest.mark.parametrize("command", [["outbox_send", "--once"], ["run_worker", "--once"], ["prepare_site"]])
def test_commands_refuse_to_work(settings, command):
    settings.SEALING_KEYS = [OTHER]
    with pytest.raises(CommandError, match="not in SEALING_KEYS"):
        call_command(*command, stdout=StringIO())


def test_before_the_first_migration_there_is_nothing_to_prove(monkeypatch, settings):
    settings.SEALING_KEYS = [OTHER]
    monkeypatch.setattr(type(connection.introspection), "table_names", lambda *args, **kwargs: [])
    proof.require_right_keys()
    assert proof.wrong_keys() == []
