"""The background worker as a process: it takes tasks, sends what waits in the outbox, and ends with its parent."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests import migrated
from tests.fixtures_db import free_port
from tests.outbox import mail_server
from tests.outbox.processes import ROOT, Database, copied

pytestmark = pytest.mark.slow

ENQUEUE = "from tests.background_tasks import who_runs_me; print(who_runs_me.enqueue().id)"
RESULT = """
from django_tasks_db.models import DBTaskResult
row = DBTaskResult.objects.get(pk={!r})
print(*(row.return_value or ()))
"""
TAKE_LONG = "from tests.background_tasks import take_long; take_long.enqueue({!r})"
LONG_STATE = """
from django_tasks_db.models import DBTaskResult
print(*DBTaskResult.objects.filter(task_path__endswith="take_long").values_list("status", "exception_class_path").get())
"""
WRITE = """
from tests.outbox.builders import message
for _n in range(3): message()
"""


def eventually(happened: Callable[[], object], what: str, seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.1)


def worker_of(database: Database) -> tuple[psutil.Process, int]:
    """The process that takes tasks, and its parent's id."""
    task = database.ask(ENQUEUE)
    eventually(lambda: database.ask(RESULT.format(task)), "a worker takes the task")
    pid, parent = map(int, database.ask(RESULT.format(task)).split())
    return psutil.Process(pid), parent


def session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:  # ended meanwhile
        return None


class Site:
    """`manage.py run_site` in a group of its own, as a terminal gives it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.port, self.log = database, free_port(), folder / "site.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run_site", "--port", str(self.port), "--workers", "1"],
                cwd=ROOT,
                env=database.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/search?q=x", timeout=10).close()
        except OSError:
            return False
        return True

    def family(self) -> list[psutil.Process]:
        return [process for process in psutil.process_iter() if session(process.pid) == self.process.pid]


@pytest.fixture(scope="module")
def prepared_var(tmp_path_factory) -> Path:
    var = tmp_path_factory.mktemp("prepared") / "var"
    migrated.copy_to(var / "test.sqlite3")
    made = subprocess.run(
        [sys.executable, "manage.py", "prepare_site"],
        cwd=ROOT,
        env=Database(var).environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return var


@pytest.fixture
def mail() -> Iterator[mail_server.MailServer]:
    with mail_server.running() as server:
        yield server


@pytest.fixture
def site(prepared_var, tmp_path, mail) -> Iterator[Site]:
    database = copied(prepared_var, tmp_path / "var")
    database.environment["MAIL_PORT"] = str(mail.port)
    started = Site(database, tmp_path)
    try:
        eventually(started.answers, "the site answers", 240)
        yield started
    finally:
        for process in started.family():
            process.kill()
        started.process.wait()


def test_the_site_has_a_worker_that_takes_tasks_and_sends_mail_and_stops_with_it(site, mail):
    worker, parent = worker_of(site.database)
    assert parent == site.process.pid
    site.database.run(WRITE)
    eventually(lambda: len(mail.taken) == 3, "what waits in the outbox is sent")
    started = time.monotonic()
    site.process.send_signal(signal.SIGTERM)
    assert site.process.wait(20) == 0, site.log.read_text()
    assert time.monotonic() - started < 10
    assert not worker.is_running()
    assert site.family() == []
    assert "Traceback" not in site.log.read_text()


def test_ctrl_c_ends_the_whole_family(site):
    worker, _parent = worker_of(site.database)
    os.killpg(site.process.pid, signal.SIGINT)
    assert site.process.wait(20) == 0, site.log.read_text()
    eventually(lambda: site.family() == [], "nobody is left", 10)
    assert not worker.is_running()
    assert "Traceback" not in site.log.read_text()


def test_a_killed_site_leaves_no_worker_behind_and_its_task_is_failed(site, tmp_path):
    worker, _parent = worker_of(site.database)
    begun = tmp_path / "begun"
    site.database.run(TAKE_LONG.format(str(begun)))
    eventually(begun.exists, "the long task begins")
    site.process.kill()
    site.process.wait()
    eventually(
        lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, "the worker ends", 30
    )
    assert site.database.ask(LONG_STATE) == "FAILED builtins.SystemExit"


def test_several_workers_of_their_own_share_the_work_and_stop_at_once_when_idle(prepared_database, mail):
    database = prepared_database
    database.environment |= {"MAIL_PORT": str(mail.port)}
    database.run("from tests.outbox.builders import message\nfor _n in range(40): message()")
    command = [sys.executable, "manage.py", "run_worker"]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=database.environment, stderr=subprocess.PIPE, text=True)
        for _number in range(2)
    ]
    try:
        eventually(lambda: len(mail.taken) == 40, "the outbox is sent")
        taker, _parent = worker_of(database)
        assert taker.pid in {worker.pid for worker in workers}
    finally:
        for worker in workers:
            worker.terminate()
        told = [worker.communicate(timeout=20)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], told
    assert set(mail.ids().values()) == {1}
    assert "example.org" not in "".join(told)
    assert "Traceback" not in "".join(told)
