"""Periodic jobs: each when it is due, by one worker, and one that fails disturbs nobody."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils.module_loading import import_string

from directory_site.jobs import JOBS, Job
from directory_site.scheduler import Scheduler, run_due
from directory_site.work_models import PeriodicRun

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WHO = "Odette, +32470123456"
ran: list[str] = []
may_go_on = threading.Event()


def water() -> None:
    ran.append("water")


def feed() -> None:
    ran.append("feed")


def stumble() -> None:
    ran.append("stumble")
    raise ValueError(WHO)


def dawdle() -> None:
    ran.append("dawdle")
    may_go_on.wait(10)


def job(function, seconds: int = 30, **values) -> Job:
    return Job(function.__name__, timedelta(seconds=seconds), f"{__name__}.{function.__name__}", **values)


@pytest.fixture(autouse=True)
def nothing_ran_yet():
    ran.clear()
    may_go_on.clear()


@pytest.mark.django_db
class TestRunDue:
    def test_at_once_the_first_time_and_then_when_due(self):
        jobs = [job(water), job(feed, 60)]
        assert run_due(jobs, NOON) == ["water", "feed"]
        assert run_due(jobs, NOON + timedelta(seconds=29)) == []
        assert run_due(jobs, NOON + timedelta(seconds=30)) == ["water"]
        assert run_due(jobs, NOON + timedelta(seconds=60)) == ["water", "feed"]
        assert ran == ["water", "feed", "water", "water", "feed"]
        row = PeriodicRun.objects.get(name="water")
        assert (row.runs, row.last_error, row.lease_until) == (3, "", None)
        assert row.due_at == NOON + timedelta(seconds=90)

    def test_after_a_long_night_it_runs_once_not_for_every_time_it_missed(self):
        run_due([job(water)], NOON)
        assert run_due([job(water)], NOON + timedelta(hours=12)) == ["water"]
        assert run_due([job(water)], NOON + timedelta(hours=12, seconds=1)) == []

    def test_one_that_fails_is_noted_without_its_words_and_the_others_run(self, caplog):
        assert run_due([job(stumble), job(water)], NOON) == ["stumble", "water"]
        row = PeriodicRun.objects.get(name="stumble")
        assert (row.last_error, row.runs, row.lease_until) == ("ValueError", 1, None)
        assert "job stumble failed" in caplog.text
        assert "builtins.ValueError" in caplog.text
        assert "in stumble" in caplog.text, "where it happened"
        assert WHO not in caplog.text
        assert run_due([job(stumble)], NOON + timedelta(seconds=30)) == ["stumble"], "it gets its next turn"

    def test_one_that_was_killed_is_taken_over_when_its_lease_ends(self):
        short = job(water, lease=timedelta(minutes=5))
        PeriodicRun.objects.create(
            name="water",
            due_at=NOON,
            started_at=NOON - timedelta(seconds=30),
            lease_until=NOON + timedelta(minutes=5),
        )
        assert run_due([short], NOON + timedelta(minutes=4)) == []
        assert run_due([short], NOON + timedelta(minutes=5)) == ["water"]


def test_of_many_workers_one_runs_it(threaded_db):
    jobs = [job(dawdle)]
    names: list[list[str]] = []

    def work() -> None:
        names.append(run_due(jobs, NOON))
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(5)]
    for worker in workers:
        worker.start()
    for worker in workers[:-1]:
        worker.join(0.5)
    may_go_on.set()
    for worker in workers:
        worker.join()
    assert ran == ["dawdle"]
    assert sorted(names) == [[], [], [], [], ["dawdle"]]


def test_the_scheduler_stops_after_the_job_that_runs(threaded_db):
    scheduler = Scheduler([job(dawdle)])
    scheduler.start()
    while not ran:
        threading.Event().wait(0.01)
    threading.Timer(0.2, may_go_on.set).start()
    scheduler.stop()
    assert not scheduler.is_alive()
    assert PeriodicRun.objects.get(name="dawdle").runs == 1


@pytest.mark.django_db(transaction=True)
def test_the_sites_own_jobs_exist_have_one_name_each_and_run():
    assert len({one.name for one in JOBS}) == len(JOBS)
    assert "outbox.deliver" in {one.name for one in JOBS}
    for one in JOBS:
        assert callable(import_string(one.path))
    assert run_due(JOBS) == [one.name for one in JOBS]
    assert set(PeriodicRun.objects.values_list("last_error", flat=True)) == {""}
