"""The embedded engine as the site uses it: it notices damage, answers from the database meanwhile, and has it mended.

Whoever meets a missing or damaged index starts one rebuild, in a process of its own, whatever the number of processes
that meet it: the lock is taken here and handed on, and the system frees it when that process ends or is killed.
"""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, NoReturn, TypeVar

from django.conf import settings
from django.db import connection

from search.engine import (
    Completion,
    EngineError,
    EngineQuery,
    EngineResult,
    EngineUnavailable,
    IndexDocument,
    IndexMissing,
    QueryWord,
)

from .database import DatabaseEngine
from .embedded import EmbeddedEngine
from .embedded.checkup import Checkup
from .embedded.engine import Snapshot
from .embedded.lexicon import Lexicon

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

# An index that was found broken is not opened again for so long, unless something was changed in its folder.
BROKEN_SECONDS = 5.0
# Between two rebuilds that this process starts; doubled each time that the index is still broken after one.
PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0
COMMAND = ("-m", "django", "search_rebuild", "--engine", "embedded", "--if-damaged")


def rebuild_aside(lock: IO[str]) -> subprocess.Popen:
    """Start a process that rebuilds the index if it is damaged and holds `lock` until it ends. Raises OSError."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    return subprocess.Popen(
        [sys.executable, *COMMAND],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[lock.fileno()],
    )


class HealingEngine(EmbeddedEngine):
    """Searches and completions are answered by `database` while there is no index; everything else raises
    IndexMissing then. `rebuild_aside` starts the rebuild."""

    def __init__(
        self,
        root: Path,
        database: DatabaseEngine | None = None,
        rebuild_aside: Callable[[IO[str]], subprocess.Popen] = rebuild_aside,
    ) -> None:
        super().__init__(root)
        self._database = database or DatabaseEngine()
        self._rebuild_aside = rebuild_aside
        self._checkup = Checkup()
        self._broken: tuple[tuple, float, IndexMissing] | None = None  # (stamp, until when, why)
        self._starting = threading.Lock()
        self._rebuilding: subprocess.Popen | None = None
        self._not_before, self._pause = 0.0, PAUSE_SECONDS

    # Answering ---------------------------------------------------------------------------------------------------

    def search(self, query: EngineQuery) -> EngineResult:
        ask = super().search
        return self._answered(lambda: ask(query), lambda: self._database.search(query))

    def complete(self, words: list[str], prefix: str, language: str, limit: int) -> list[Completion]:
        ask = super().complete
        return self._answered(
            lambda: ask(words, prefix, language, limit),
            lambda: self._database.complete(words, prefix, language, limit),
        )

    def lexicon(self) -> Lexicon:
        """Raises IndexMissing."""
        found = self._answered(super().lexicon, self._no_words)
        return _Guarded(found, self._answered)

    def _no_words(self) -> NoReturn:
        raise IndexMissing("there is no index whose words could be known")

    def snapshot(self) -> Snapshot:
        """Raises IndexMissing, whatever it was that tantivy met."""
        try:
            return super().snapshot()
        except EngineError:
            raise
        except BaseException as error:
            if not _may_come_from_damage(error):
                raise
            raise IndexMissing(_told(f"{type(error).__name__}: {error}")) from error

    def _answered(self, ask: Callable[[], Answer], instead: Callable[[], Answer]) -> Answer:
        reason = self._known_to_be_broken()
        if reason is None:
            try:
                answer = self._asked_twice(ask)
            except IndexMissing as error:
                reason = error
                self._broken = (self._store.stamp(), time.monotonic() + BROKEN_SECONDS, error)
                log.error("the embedded search index does not answer: %s", error)
            else:
                self._pause = PAUSE_SECONDS
                return answer
        self.heal(reason)
        return instead()

    def _known_to_be_broken(self) -> IndexMissing | None:
        broken = self._broken
        if broken is None:
            return None
        stamp, until, reason = broken
        if stamp == self._store.stamp() and time.monotonic() < until:
            return reason
        self._broken = None
        return None

    def _asked_twice(self, ask: Callable[[], Answer]) -> Answer:
        """An index may be swapped while it is read, so the second failure counts. Raises IndexMissing on damage; what
        is wrong while the files are whole is raised as it is: a rebuild would not help."""
        try:
            return ask()
        except BaseException as error:
            if not _may_come_from_damage(error):
                raise
        self.forget()
        try:
            return ask()
        except IndexMissing:
            raise
        except BaseException as error:
            if not _may_come_from_damage(error):
                raise
            self._condemn_if_damaged(error)
            if isinstance(error, Exception):
                raise
            raise EngineError(f"the search index did not answer: {error}") from error

    def _condemn_if_damaged(self, error: BaseException | None = None) -> None:
        """Read all files; raises IndexMissing when one is not as it was written."""
        try:
            self.look(thorough=True)
        except IndexMissing as missing:
            raise missing from error

    # Writing -----------------------------------------------------------------------------------------------------

    def apply(self, documents: Iterable[IndexDocument], deleted: Iterable[int], cursor: int) -> None:
        """Raises EngineError, whatever it was that tantivy met: an edit must not fail by it."""
        documents = list(documents)  # what building them raises is not the index's fault
        try:
            super().apply(documents, deleted, cursor)
        except EngineError:
            raise
        except BaseException as error:
            if not _may_come_from_damage(error):
                raise
            self.forget()
            self._condemn_if_damaged(error)
            raise EngineUnavailable(f"the search index could not be written: {error}") from error

    # Healing -----------------------------------------------------------------------------------------------------

    def look(self, *, thorough: bool = False) -> None:
        """Raises IndexMissing when there is no index or its files changed; `thorough` reads every file."""
        folder = self._store.current()
        self._store.state(folder)
        damage = self._checkup.damage(folder, thorough=thorough)
        if damage is not None:
            self._store.condemn(folder)
            raise IndexMissing(_told(damage))

    def condemn(self) -> None:
        """Nobody shall be answered from this index any more."""
        self._store.condemn(self._store.current())

    def heal(self, reason: IndexMissing) -> None:
        """Start a rebuild, unless one is running anywhere or was started a moment ago."""
        if connection.in_atomic_block:  # another process would not see what this transaction sees
            return
        if not self._starting.acquire(blocking=False):
            return
        try:
            self._heal(reason)
        except OSError as error:
            log.error("the search index cannot be rebuilt: %s", error)
        finally:
            self._starting.release()

    def _heal(self, reason: IndexMissing) -> None:
        if self._rebuilding is not None:
            if (code := self._rebuilding.poll()) is None:
                return
            self._rebuilding = None
            if code:
                log.error("the rebuild of the search index ended with %s", code)
        if time.monotonic() < self._not_before:
            return
        lock = self._store.claim_rebuild()
        if lock is None:
            return
        with lock:
            if self._mended_meanwhile(reason):
                return
            self._not_before = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
            log.warning("rebuilding the search index: %s", reason)
            self._rebuilding = self._rebuild_aside(lock)

    def _mended_meanwhile(self, reason: IndexMissing) -> bool:
        """Somebody else has replaced what was broken since we met it."""
        try:
            self.look()
        except IndexMissing:
            return False
        broken = self._broken
        return broken is not None and broken[0] != self._store.stamp()


class _Guarded(Lexicon):
    """A lexicon that is read after it was given out: damage met then leads to a rebuild as well."""

    def __init__(self, lexicon: Lexicon, answered: Callable[[Callable, Callable], bool]) -> None:
        self._lexicon, self._answered, self.speller = lexicon, answered, lexicon.speller

    def knows(self, word: QueryWord, language: str) -> bool:
        return self._answered(lambda: self._lexicon.knows(word, language), lambda: True)

    def is_name(self, folded: Sequence[str]) -> bool:
        return self._answered(lambda: self._lexicon.is_name(folded), lambda: False)


def _told(damage: str) -> str:
    return f"the search index is damaged ({damage}): run `manage.py search_rebuild`"


def _may_come_from_damage(error: BaseException) -> bool:
    """tantivy panics on some damage; its PanicException is no Exception and cannot be imported."""
    return isinstance(error, Exception) or type(error).__name__ == "PanicException"
