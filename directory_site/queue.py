"""The queue of background tasks: its worker, what is done about tasks whose worker died, and pruning.

A task is `@task(backend="background")` from django_tasks; `enqueue` writes a row in the caller's transaction. Arguments
are ids and codes: they stay readable in the table for two weeks.
"""

import logging
import threading
import time
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, close_old_connections, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from .failures import shape_of
from .work_models import WorkerBeat

log = logging.getLogger(__name__)

BACKEND = "background"
POLL_SECONDS = 1.0
BEAT_SECONDS = 10.0
# A worker that was not heard of for so long is dead; it had twelve occasions.
SILENCE = timedelta(minutes=2)
KEPT_DAYS = 14


class WorkerDied(Exception):
    """Its worker was killed while it ran. It is not tried again by itself: only its author knows whether it may be."""


class QueueWorker(Worker):
    """django-tasks-db's worker, which stores what a task raised without its message and outlives a database that is away."""

    def __init__(self, *, once: bool = False) -> None:
        super().__init__(
            queue_names=["*"],
            interval=POLL_SECONDS,
            batch=once,
            backend_name=BACKEND,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )

    def run(self) -> None:
        while self.running:
            try:
                super().run()
                return
            except (DatabaseError, InterfaceError) as error:
                log.error("the queue waits for its database: %s", type(error).__name__)
                if self.batch:
                    raise
                close_old_connections()
                time.sleep(5 * POLL_SECONDS)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        db_task_result.set_failed = lambda error: _set_failed(db_task_result, error)
        super().run_task(db_task_result)


@transaction.atomic
def _set_failed(row: DBTaskResult, error: BaseException) -> None:
    DBTaskResult.set_failed(row, error)
    row.traceback = shape_of(error)
    row.save(update_fields=["traceback"])


class Heartbeat(threading.Thread):
    """Says every BEAT_SECONDS that this worker lives, also while a long task runs."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.worker_id = worker_id
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                close_old_connections()
                beat(self.worker_id)
            except DatabaseError:  # the queue's own loop tells
                pass
            self._stopped.wait(BEAT_SECONDS)

    def stop(self) -> None:
        self._stopped.set()
        WorkerBeat.objects.filter(worker_id=self.worker_id).delete()


def beat(worker_id: str, now: datetime | None = None) -> None:
    WorkerBeat.objects.update_or_create(worker_id=worker_id, defaults={"seen_at": now or timezone.now()})


def fail_abandoned(now: datetime | None = None) -> int:
    """Tasks that run nowhere any more become failed (WorkerDied); returns how many."""
    silent = (now or timezone.now()) - SILENCE
    WorkerBeat.objects.filter(seen_at__lt=silent).delete()
    alive = set(WorkerBeat.objects.values_list("worker_id", flat=True))
    failed = 0
    for row in DBTaskResult.objects.running().filter(backend_name=BACKEND, started_at__lt=silent):
        if row.worker_ids and row.worker_ids[-1] in alive:
            continue
        _set_failed(row, WorkerDied())
        log.error("task %s (%s) failed: its worker died", row.id, row.task_path)
        failed += 1
    return failed


def prune(now: datetime | None = None) -> int:
    """Rows of tasks that ended KEPT_DAYS ago go; returns how many."""
    old = (now or timezone.now()) - timedelta(days=KEPT_DAYS)
    return DBTaskResult.objects.finished().filter(backend_name=BACKEND, finished_at__lt=old).delete()[0]
