"""kill -9 while an agent writes: what was acknowledged is there, and what is repeated is there once.

A killed process is not a power cut. On SQLite the site runs in WAL mode with synchronous=NORMAL: a commit stands in the
log, in the system's memory, before it is acknowledged, so a killed process loses nothing; a power cut may lose the last
commits (never half of one). Whoever must survive that too runs PostgreSQL, whose synchronous_commit is on by default,
or sets synchronous=FULL.

60 writes in an ordinary run; 1,000 with THOROUGH=1 (see "Tests" in docs/development.md).
"""

import os
import random
import signal
import subprocess
import threading

import pytest

WRITES = 1000 if os.environ.get("THOROUGH") else 60
KILLS = 8 if os.environ.get("THOROUGH") else 2
pytestmark = pytest.mark.slow


def killed_after(database, first: int, seconds: float, writes: int) -> dict[int, str]:
    """What a writer acknowledged that was killed so long after it had acknowledged `writes` of them."""
    process: subprocess.Popen[str] = database.start(
        f"from tests.referrals import writer; writer.write({first}, {WRITES})"
    )
    acknowledged: dict[int, str] = {}
    assert process.stdout is not None
    timer: threading.Timer | None = None
    for line in process.stdout:
        if line.strip() == "begun":
            continue
        number, _space, made = line.strip().partition(" ")
        if not made or len(made) != 36:
            break  # killed while it was printing: not acknowledged
        acknowledged[int(number)] = made
        if len(acknowledged) >= writes and timer is None:
            timer = threading.Timer(seconds, process.send_signal, [signal.SIGKILL])
            timer.start()
    errors = process.communicate(timeout=60)[1]
    if timer is not None:
        timer.cancel()
    assert process.returncode in (0, -signal.SIGKILL), errors
    return acknowledged


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(prepared_database):
    database, chance = prepared_database, random.Random(6)
    database.run("from tests.referrals import writer; writer.prepare()")
    acknowledged: dict[int, str] = {}
    kills = 0
    for kill in range(KILLS):
        first = max(acknowledged, default=-1) + 1
        share = (WRITES - first) // (KILLS + 1 - kill)
        found = killed_after(database, first, chance.uniform(0, 0.02), max(1, share))
        assert found, "the writer was killed before it wrote"
        kills += max(found) < WRITES - 1
        acknowledged |= found
    assert kills == KILLS, "a writer came to its end before it was killed"

    # The agent presses once more: everything that was not acknowledged, and some of what was.
    database.run(f"from tests.referrals import writer; writer.write(0, {WRITES})")
    given, known, rows, pending, astray = map(
        int, database.ask("from tests.referrals import writer; writer.count()").split()
    )
    assert (given, known, rows, pending, astray) == (WRITES, WRITES, WRITES, 2 * WRITES, 0)
    lines = database.ask(
        f"from tests.referrals import writer; writer.look_up({sorted(acknowledged)})"
    ).splitlines()
    assert dict(line.split() for line in lines) == {
        str(number): made for number, made in acknowledged.items()
    }
