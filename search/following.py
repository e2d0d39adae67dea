"""Follows the change log beside the requests: one thread a web process, woken by a commit and once a second.

An edit's request then does no index work, and what other processes wrote, or left when they were killed, is followed
by whoever looks next. It starts with the first request that a process serves, thus after a server has forked its
workers. Commands and transactions that are still open follow where they are (`indexing`).
"""

import atexit
import logging
import os
import threading
import time
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections, connection

from services import use

from . import engines, indexing
from .engine import Engine, EngineError, EngineUnavailable, IndexMissing
from .engines.healing import HealingEngine

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
# A server is asked for its cursor when the log has grown, and this often in case it went back to an older index.
SERVER_SECONDS = 10.0
STOP_SECONDS = 10.0


class Follower:
    """One thread that keeps every index at the head of the log and has a broken one rebuilt."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._told: dict[str, str] = {}
        self._followed: dict[str, tuple[int, float]] = {}  # engine → (head it was at, when)
        self._looked_at_all: set[str] = set()
        self._use_written = time.monotonic()

    @property
    def running(self) -> bool:
        return self._thread is not None and not self._stopped.is_set()

    def start(self) -> None:
        if self._thread is not None:
            return
        with self._lock:
            if self._thread is None and not self._stopped.is_set():
                thread = threading.Thread(target=self._run, name="search-follower", daemon=True)
                thread.start()
                self._thread = thread

    def wake(self) -> None:
        """There is something to follow now."""
        self._woken.set()

    def stop(self) -> None:
        """End after what is being written; at most STOP_SECONDS."""
        self._stopped.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                close_old_connections()
                self.follow_once()
                self._write_use()
            except (
                Exception
            ) as error:  # the database is away, or a bug: whatever it is, the next round tries again
                self._tell("the change log", error)
            self._woken.wait(POLL_SECONDS)
        try:
            use.flush()
        except Exception as error:  # the end of the process waits for nobody
            self._tell("the use of listings", error)
        connection.close()

    def _write_use(self) -> None:
        if time.monotonic() - self._use_written >= use.FLUSH_SECONDS:
            self._use_written = time.monotonic()
            use.flush()

    def follow_once(self) -> None:
        """One round: every index is brought to the head of the log, or known to be unable to."""
        newest = indexing.head()
        for engine in engines.named("all"):
            try:
                self._follow(engine, newest)
                self._told.pop(engine.name, None)
            except IndexMissing as error:
                self._tell(engine.name, error)
                if isinstance(engine, HealingEngine):
                    engine.heal(error)
            except EngineError as error:
                self._tell(engine.name, error)

    def _follow(self, engine: Engine, newest: int) -> None:
        if isinstance(engine, HealingEngine):
            engine.look(thorough=engine.name not in self._looked_at_all)
            self._looked_at_all.add(engine.name)
        elif self._was_followed(engine, newest):
            return
        cursor = engine.cursor()
        if cursor > newest and cursor > indexing.head():
            if isinstance(engine, HealingEngine):
                engine.condemn()
            raise indexing.foreign()
        if cursor < newest:
            indexing.follow(engine)
            cursor = engine.cursor()
        if cursor >= newest:
            self._followed[engine.name] = (newest, time.monotonic())

    def _was_followed(self, engine: Engine, newest: int) -> bool:
        head, when = self._followed.get(engine.name, (-1, 0.0))
        return head == newest and time.monotonic() - when < SERVER_SECONDS

    def _tell(self, name: str, error: Exception) -> None:
        """Each reason once, not once a second."""
        reason = f"{type(error).__name__}: {error}"
        if self._told.get(name) == reason:
            return
        self._told[name] = reason
        known = isinstance(error, (IndexMissing, EngineUnavailable))
        log.warning("search index %s was not followed: %s", name, error, exc_info=None if known else error)


_follower = Follower()


def follower() -> Follower:
    """This process's own."""
    return _follower


def _forget() -> None:
    """A thread does not live on in a forked process."""
    global _follower
    _follower = Follower()


os.register_at_fork(after_in_child=_forget)


def _serving(sender: Any, **kwargs: Any) -> None:
    _follower.start()


def connect() -> None:
    request_started.connect(_serving, sender=WSGIHandler, dispatch_uid="search_following")
    atexit.register(lambda: _follower.stop())
