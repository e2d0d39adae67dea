"""Changing the key: everything is sealed anew, killed or not, and only then may the old key go."""

import os
import signal
import subprocess
import sys
import time
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from audit.models import AuditEntry
from outbox.models import Message
from sealing import proof, rotation
from sealing.errors import WrongKey
from sealing.keys import fingerprint, sealed_with_newest
from sealing.models import KeyProof
from tests.outbox.builders import message
from tests.outbox.processes import ROOT

NEW = Fernet.generate_key().decode()
FIELD = "outbox.Message.recipient"


def tokens() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient FROM outbox_message WHERE recipient IS NOT NULL ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def people(db) -> dict[int, str]:
    """Seven who wait for a message and one who got it."""
    made = [message() for _number in range(7)]
    message(state="sent")
    return {one.pk: one.recipient for one in made}


def readable() -> dict[int, str]:
    return dict(Message.objects.filter(recipient__isnull=False).values_list("pk", "recipient"))


def test_the_messages_recipient_is_among_what_is_rotated():
    assert FIELD in {f"{model._meta.label}.{column.name}" for model, column in rotation.sealed_fields()}


def test_afterwards_the_new_key_is_enough(settings, people):
    settings.SEALING_KEYS = [NEW, *settings.SEALING_KEYS]
    done = rotation.rotate(batch=3)
    assert (done.resealed[FIELD], done.unreadable, done.keys_let_go) == (7, {}, 1)
    settings.SEALING_KEYS = [NEW]
    proof.require_right_keys()
    assert readable() == people
    row = AuditEntry.objects.get(action="sealing.rotated")
    assert row.object_id == fingerprint(NEW)
    assert (row.detail["resealed"][FIELD], row.detail["keys_let_go"]) == (7, 1)


def test_a_second_rotation_has_nothing_to_do(settings, people):
    settings.SEALING_KEYS = [NEW, *settings.SEALING_KEYS]
    rotation.rotate()
    before = tokens()
    done = rotation.rotate()
    assert (done.resealed[FIELD], done.keys_let_go) == (0, 0)
    assert tokens() == before
    assert AuditEntry.objects.filter(action="sealing.rotated").count() == 1


def test_a_dry_run_counts_and_leaves_everything(settings, people):
    settings.SEALING_KEYS = [NEW, *settings.SEALING_KEYS]
    before, out = tokens(), StringIO()
    call_command("sealing_rotate", "--dry-run", stdout=out)
    assert "7 would be sealed anew" in out.getvalue()
    assert tokens() == before
    assert KeyProof.objects.count() == 2, "both keys are needed still"
    assert not AuditEntry.objects.filter(action="sealing.rotated").exists()


def test_stopped_between_two_batches_the_next_run_does_the_rest(settings, people):
    settings.SEALING_KEYS = [NEW, *settings.SEALING_KEYS]

    class Stopped(Exception):
        pass

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        rotation.rotate(batch=3, after_batch=stop)
    assert sum(map(sealed_with_newest, tokens())) == 3
    assert readable() == people, "half and half is readable with both keys"
    assert rotation.rotate(batch=3).resealed[FIELD] == 4
    settings.SEALING_KEYS = [NEW]
    assert readable() == people


def test_what_no_key_opens_stays_and_so_do_the_keys(settings, people):
    old = settings.SEALING_KEYS
    settings.SEALING_KEYS = [Fernet.generate_key().decode()]
    lost = message()
    settings.SEALING_KEYS = [NEW, *old]
    with pytest.raises(CommandError, match=r"no key opens outbox\.Message.recipient: 1"):
        call_command("sealing_rotate", stdout=StringIO())
    assert KeyProof.objects.count() == 2
    assert sum(map(sealed_with_newest, tokens())) == 7
    settings.SEALING_KEYS = [NEW]
    with pytest.raises(WrongKey):
        proof.require_right_keys()
    assert lost.pk not in people


def test_an_edit_while_rotating_is_kept(settings, people):
    settings.SEALING_KEYS = [NEW, *settings.SEALING_KEYS]
    last = max(people)

    def edit() -> None:
        Message.objects.filter(pk=last).update(recipient="new@example.org")

    rotation.rotate(batch=3, after_batch=edit)
    assert readable() == people | {last: "new@example.org"}


SLOWLY = """
import time, django
django.setup()
from sealing.rotation import rotate
print("begun", flush=True)
rotate(batch=10, after_batch=lambda: time.sleep(0.02))
"""


@pytest.mark.slow
def test_killed_in_the_middle_nothing_is_lost(prepared_database):
    database = prepared_database
    new = Fernet.generate_key().decode()
    database.run("from tests.outbox.builders import message\nfor _n in range(600): message()")
    environment = database.environment | {"TEST_SEALING_KEYS": f"{new},{database.key}"}
    unfinished = 0
    for _round in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", SLOWLY], cwd=ROOT, env=environment, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.3)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        unfinished += (
            database.ask("from sealing.models import KeyProof; print(KeyProof.objects.count())", environment)
            == "2"
        )
    assert unfinished, "no kill came before the end"
    database.run(
        "from django.core.management import call_command; call_command('sealing_rotate')", environment
    )
    seen = database.ask(
        "from outbox.models import Message\n"
        "print(len({r for r in Message.objects.values_list('recipient', flat=True) if '@example.org' in r}))",
        database.environment | {"TEST_SEALING_KEYS": new},
    )
    assert seen == "600"
