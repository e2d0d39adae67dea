"""A server's engine with the embedded one behind it: an outage is a mark on the answer, not a stop."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, repeat
from typing import TypeVar

from search.engine import (
    Completion,
    Engine,
    EngineError,
    EngineQuery,
    EngineResult,
    EngineUnavailable,
    IndexDocument,
)

from . import deadline
from .breaker import Breaker

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

# One call of the engine, whatever number of questions it puts. A search makes two: what the words mean, and the hits.
READ_SECONDS = 0.6
# An editor's save waits no longer for the server; what was not written is followed later.
WRITE_SECONDS = 15.0
# Between two looks at a server that does not answer; the last one repeats.
RESTS = (1.0, 2.0, 5.0)


class FallbackEngine:
    """Asks `main`; searches and completions that it cannot answer are answered by `behind`, marked as degraded.

    When it fails (see Breaker) it is left alone, and one thread looks whether it is back: `catch_up(main)` follows the
    change log to its head, and only then `main` is asked again, so that no answer is older than the outage. Edits go to
    `main` only, and fail with EngineUnavailable at once while it is left alone. `aside` runs what must not keep the
    caller waiting.
    """

    def __init__(
        self,
        main: Engine,
        behind: Engine,
        catch_up: Callable[[Engine], None],
        *,
        aside: Callable[[Callable[[], object]], None],
        read_seconds: float = READ_SECONDS,
        breaker: Breaker | None = None,
        rests: Iterable[float] = RESTS,
    ) -> None:
        self.main, self.behind = main, behind
        self.name = main.name
        self._catch_up, self._aside = catch_up, aside
        self._read_seconds = read_seconds
        self._breaker = breaker or Breaker()
        self._rests = tuple(rests)
        self._closed = threading.Event()

    def close(self) -> None:
        """Look no more."""
        self._closed.set()

    # Reading -----------------------------------------------------------------------------------------------------

    def search(self, query: EngineQuery) -> EngineResult:
        try:
            return self._asked(lambda: self.main.search(query), self._read_seconds)
        except EngineError as reason:
            result = self._from_behind(reason, lambda: self.behind.search(query))
        result.degraded = True
        return result

    def complete(self, words: list[str], prefix: str, language: str, limit: int) -> list[Completion]:
        try:
            return self._asked(lambda: self.main.complete(words, prefix, language, limit), self._read_seconds)
        except EngineError as reason:
            return self._from_behind(reason, lambda: self.behind.complete(words, prefix, language, limit))

    @staticmethod
    def _from_behind(reason: EngineError, ask: Callable[[], Answer]) -> Answer:
        """Raises `reason` when the engine behind cannot answer either."""
        try:
            return ask()
        except EngineError as error:
            log.warning("the engine behind does not answer either: %s", error)
            raise reason from None

    def cursor(self) -> int:
        return self._asked(self.main.cursor, self._read_seconds)

    def versions(self) -> Iterator[tuple[int, int]]:
        return iter(self._asked(lambda: list(self.main.versions())))

    def size(self) -> dict[str, int]:
        return self._asked(self.main.size)

    # Writing -----------------------------------------------------------------------------------------------------

    def apply(self, documents: Iterable[IndexDocument], deleted: Iterable[int], cursor: int) -> None:
        self._asked(lambda: self.main.apply(documents, deleted, cursor), WRITE_SECONDS)

    def rebuild(self, documents: Iterable[IndexDocument], cursor: int) -> int:
        return self._asked(lambda: self.main.rebuild(documents, cursor))

    # Failing and coming back -------------------------------------------------------------------------------------

    def _asked(self, ask: Callable[[], Answer], seconds: float | None = None) -> Answer:
        """Ask the main engine, if it is not left alone, for at most so long. Raises EngineError."""
        if self._breaker.is_open():
            raise EngineUnavailable(
                "the search server did not answer lately and is left alone for some seconds"
            )
        started = time.monotonic()
        try:
            if seconds is None:
                answer = ask()
            else:
                with deadline.within(seconds):
                    answer = ask()
        except EngineUnavailable:
            if self._breaker.failed(time.monotonic() - started):
                log.warning("the search server is left alone; searches are answered from the embedded index")
                self._aside(self._watch)
            raise
        except EngineError:  # it answers; that is all the breaker asks
            self._breaker.succeeded()
            raise
        self._breaker.succeeded()
        return answer

    def _watch(self) -> None:
        """Look again and again until the server is back."""
        for rest in chain(self._rests, repeat(self._rests[-1])):
            if self._closed.wait(rest) or self.look():
                return

    def look(self) -> bool:
        """Whether the server is there; then the edits that it missed are there as well, and it is asked again."""
        try:
            self._catch_up(self.main)
        except EngineUnavailable:
            return False
        except EngineError as error:  # it answers, so it is asked, even if only to say the same each time
            log.warning("the %s index could not be followed: %s", self.name, error)
        except (
            Exception
        ):  # the database may be away as well; a watch that ends would leave the server alone for ever
            log.exception("looking after the %s index failed", self.name)
            return False
        if self._breaker.is_open():
            log.warning("the search server answers again and has every edit")
            self._breaker.close()
        return True
