"""The process that does the background work: the queue's tasks in the main thread, the periodic jobs beside it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from django.db import connections

from .queue import Heartbeat, QueueWorker
from .scheduler import Scheduler, run_due

PARENT_SECONDS = 0.5
# How long a task may go on after the worker was told to end, or its parent is gone; then it is failed.
GRACE_SECONDS = 10.0


def run_once() -> None:
    """What is due now, then the tasks that wait; for tests and cron."""
    run_due()
    QueueWorker(once=True).run()


def run(parent: int | None = None) -> None:
    """Until SIGTERM or SIGINT: the task that runs is finished first, unless it is told twice. Ends with `parent`, too."""
    worker, scheduler = QueueWorker(), Scheduler()
    heartbeat = Heartbeat(worker.worker_id)
    worker.configure_signals()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()
    scheduler.start()
    heartbeat.start()
    try:
        worker.run()
    finally:
        scheduler.stop()
        heartbeat.stop()


def _end_with(parent: int) -> None:
    """A parent that was killed could not stop us; who has lost his parent is given another one by the system."""
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    for _twice in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
    os._exit(1)


class ChildWorker:
    """A worker forked from a process that has everything imported: it is there at once and shares its memory."""

    def __init__(self, run_in_child: Callable[[int], None] = run) -> None:
        self._owner = os.getpid()
        connections.close_all()  # a connection has one process
        self.pid = os.fork()
        if self.pid == 0:
            self._live(run_in_child)

    def _live(self, run_in_child: Callable[[int], None]) -> None:
        """Never returns: what the parent does next is no business of the child."""
        status = 1
        try:
            run_in_child(self._owner)
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            connections.close_all()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def stop(self) -> None:
        """Told to end, then killed. Only the process that made it does so, not the web workers forked later."""
        if os.getpid() != self._owner or self._ended(0.0):
            return
        os.kill(self.pid, signal.SIGTERM)
        if not self._ended(GRACE_SECONDS):
            os.kill(self.pid, signal.SIGKILL)
            self._ended(GRACE_SECONDS)

    def _ended(self, seconds: float) -> bool:
        """As long as it was not waited for, its number belongs to nobody else."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    return True
            except ChildProcessError:  # gunicorn reaps every child
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
