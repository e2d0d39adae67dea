"""The queue of background tasks: in the caller's transaction, told without what a task failed on, and never stuck."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from directory_site import queue, worker
from tests.background_tasks import fail_about, who_runs_me

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def real_queue(settings):
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
        "background": {"BACKEND": "django_tasks_db.DatabaseBackend"},
    }


def test_what_is_rolled_back_is_never_done():
    with transaction.atomic():
        who_runs_me.enqueue()
        transaction.set_rollback(True)
    who_runs_me.enqueue()
    worker.run_once()
    assert [row.status for row in DBTaskResult.objects.all()] == ["SUCCESSFUL"]


def test_a_task_that_fails_says_where_and_not_about_whom(caplog):
    fail_about.enqueue("Odette")
    who_runs_me.enqueue()
    worker.run_once()
    failed, done = DBTaskResult.objects.order_by("enqueued_at")
    assert (failed.status, done.status) == ("FAILED", "SUCCESSFUL")
    assert failed.exception_class_path == "tests.background_tasks.Broken"
    assert "in fail_about" in failed.traceback
    assert "Odette" not in failed.traceback
    assert "state=FAILED" in caplog.text
    assert "Odette" not in caplog.text
    assert "in fail_about" in caplog.text


def test_wagtails_own_tasks_are_done_at_once():
    from wagtail.tasks import update_reference_index_task

    assert update_reference_index_task.enqueue("geo", "territory", "0").is_finished
    assert not DBTaskResult.objects.exists()


class TestWhoseWorkerDied:
    def running(self, worker_id: str, minutes: int) -> DBTaskResult:
        who_runs_me.enqueue()
        row = DBTaskResult.objects.latest("enqueued_at")
        row.claim(worker_id)
        DBTaskResult.objects.filter(pk=row.pk).update(started_at=timezone.now() - timedelta(minutes=minutes))
        return row

    def test_fails_after_two_silent_minutes(self):
        silent, beating, new = self.running("silent", 60), self.running("beating", 60), self.running("new", 1)
        queue.beat("silent", timezone.now() - timedelta(minutes=3))
        queue.beat("beating")
        assert queue.fail_abandoned() == 1
        for row in (silent, beating, new):
            row.refresh_from_db()
        assert (silent.status, beating.status, new.status) == ("FAILED", "RUNNING", "RUNNING")
        assert silent.exception_class_path == "directory_site.queue.WorkerDied"
        assert queue.fail_abandoned() == 0

    def test_the_heartbeat_is_seen_and_ends_with_the_worker(self):
        from directory_site.work_models import WorkerBeat

        queue.beat("w")
        queue.beat("w")
        assert WorkerBeat.objects.count() == 1
        queue.Heartbeat("w").stop()
        assert not WorkerBeat.objects.exists()


def test_old_results_go_and_waiting_tasks_stay():
    who_runs_me.enqueue()
    worker.run_once()
    who_runs_me.enqueue()
    assert queue.prune() == 0
    assert queue.prune(timezone.now() + timedelta(days=15)) == 1
    assert [row.status for row in DBTaskResult.objects.all()] == ["READY"]
