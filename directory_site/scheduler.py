"""Runs the periodic jobs: a row a job says when it is due and who has it, so that several workers run it once."""

import logging
import threading
from collections.abc import Sequence
from datetime import datetime

from django.db import close_old_connections, connection
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from .failures import shape_of
from .jobs import JOBS, Job
from .work_models import PeriodicRun

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0


def run_due(jobs: Sequence[Job] = JOBS, now: datetime | None = None) -> list[str]:
    """Run what is due and nobody has; returns the names. What a job raises is logged without its message."""
    done = []
    for job in jobs:
        started = now or timezone.now()
        if not _take(job, started):
            continue
        error = _run(job)
        PeriodicRun.objects.filter(name=job.name, started_at=started).update(
            finished_at=now or timezone.now(),
            lease_until=None,
            last_error=error,
            runs=F("runs") + 1,
        )
        done.append(job.name)
    return done


def _take(job: Job, now: datetime) -> bool:
    """One UPDATE decides: of two workers one changes the row, the other finds it changed."""
    free = PeriodicRun.objects.filter(name=job.name, due_at__lte=now).exclude(lease_until__gt=now)
    changed = {"started_at": now, "due_at": now + job.every, "lease_until": now + job.lease}
    if free.update(**changed):
        return True
    return PeriodicRun.objects.get_or_create(name=job.name, defaults=changed)[1]


def _run(job: Job) -> str:
    """The class of what it raised, or nothing."""
    try:
        import_string(job.path)()
    except Exception as error:
        log.error("job %s failed:\n%s", job.name, shape_of(error))
        return type(error).__name__[:100]
    return ""


class Scheduler(threading.Thread):
    """Looks once a second, in a thread of its own: a long task in the queue keeps no job waiting."""

    def __init__(self, jobs: Sequence[Job] = JOBS) -> None:
        super().__init__(name="scheduler", daemon=True)
        self.jobs = jobs
        self._stopped = threading.Event()
        self._told = ""

    def stop(self, seconds: float = 10.0) -> None:
        """Ends after the job that is running; waits for it so long."""
        self._stopped.set()
        if self.is_alive():
            self.join(seconds)

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                close_old_connections()
                run_due(self.jobs)
                self._told = ""
            except Exception as error:  # the database is away: the next tick tries again
                self._tell(error)
            self._stopped.wait(TICK_SECONDS)
        connection.close()

    def _tell(self, error: Exception) -> None:
        """Each reason once, not once a second."""
        told = type(error).__name__
        if told != self._told:
            log.error("the periodic jobs wait:\n%s", shape_of(error))
        self._told = told
