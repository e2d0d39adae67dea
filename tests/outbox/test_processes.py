"""Real senders, killed and side by side, against a real mail server: none lost, none doubled."""

import os
import random
import signal
import subprocess
import time

import pytest

from .processes import Database

pytestmark = pytest.mark.slow

MESSAGES = 200
WRITE = f"""
from outbox.actions import enqueue
for number in range({MESSAGES}):
    for _twice in range(2):
        enqueue(kind="verification", channel="email", recipient=f"r{{number}}@example.org", subject="Toujours juste ?",
                body="Bonjour", language="fr", idempotency_key=f"k{{number}}")
"""
SEND = """
import time
from outbox.delivery import deliver_due
print("begun", flush=True)
until = time.monotonic() + 60
while time.monotonic() < until:
    if not deliver_due(limit=1000).sent:
        from outbox.models import Message
        if not Message.objects.exclude(state="sent").exists():
            break
        time.sleep(0.05)
"""
COUNT = """
from collections import Counter
from outbox.models import Message
rows = Message.objects.values_list("state", "recipient")
print(dict(Counter(state for state, _recipient in rows)), sum(recipient is not None for _state, recipient in rows))
"""
EVERYBODY = sorted(f"r{number}@example.org" for number in range(MESSAGES))


def begin(database: Database) -> subprocess.Popen[str]:
    process = database.start(SEND)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n", process.communicate()
    return process


def end(process: subprocess.Popen[str]) -> None:
    _output, errors = process.communicate(timeout=90)
    assert process.returncode == 0, errors
    assert "example.org" not in errors


def test_two_senders_at_once_send_each_message_once(prepared_database, mail_server):
    database = prepared_database
    database.environment |= {"MAIL_PORT": str(mail_server.port)}
    database.run(WRITE)
    senders = [begin(database), begin(database)]
    for sender in senders:
        end(sender)
    assert mail_server.recipients() == EVERYBODY
    assert set(mail_server.ids().values()) == {1}
    assert database.ask(COUNT) == f"{{'sent': {MESSAGES}}} 0"


def test_senders_killed_in_the_middle_lose_nothing_and_what_comes_twice_has_one_id(
    prepared_database, mail_server
):
    """A mail doubles only when the kill falls between the server's "250" and our commit; its id says so."""
    database = prepared_database
    database.environment |= {"MAIL_PORT": str(mail_server.port), "LEASE": "1"}
    database.run(WRITE)
    mail_server.dawdle = 0.01  # makes that moment long, so that kills fall into it
    chance, kills = random.Random(3), 0
    for _round in range(6):
        sender = begin(database)
        time.sleep(0.05 + chance.random() * 0.25)
        os.kill(sender.pid, signal.SIGKILL)
        kills += sender.wait() == -signal.SIGKILL
        sender.communicate()
    assert kills == 6
    assert 0 < len(mail_server.taken) < MESSAGES, "the kills fell into the middle"
    end(begin(database))
    ids = mail_server.ids()
    assert len(ids) == MESSAGES, "none is lost"
    assert sorted(set(mail_server.recipients())) == EVERYBODY
    assert sum(ids.values()) - MESSAGES <= kills, "at most the one that each killed sender held"
    one_recipient = {mail["Message-ID"]: recipient for recipient, mail in mail_server.taken}
    assert len(set(one_recipient.values())) == MESSAGES, "the second copy is recognised by its id"
    assert database.ask(COUNT) == f"{{'sent': {MESSAGES}}} 0"
