"""A server's engine with the embedded one behind it: an outage is a mark on the answer, not a stop."""

import logging
from collections.abc import Callable, Iterable, Iterator
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

from .breaker import Breaker

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class FallbackEngine:
    """Asks `main`; searches and completions that it cannot answer are answered by `behind`, marked as degraded.

    Edits go to `main` only, and fail with EngineUnavailable at once while it is left alone. `recovered` is called after
    the first success that follows failures: edits may be waiting in the change log.
    """

    def __init__(
        self, main: Engine, behind: Engine, recovered: Callable[[], None], breaker: Breaker | None = None
    ) -> None:
        self.main, self.behind = main, behind
        self.name = main.name
        self._recovered = recovered
        self._breaker = breaker or Breaker()

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the main engine, if it is not left alone. Raises EngineError."""
        if not self._breaker.allows():
            raise EngineUnavailable(
                "the search server did not answer lately and is left alone for some seconds"
            )
        try:
            answer = ask()
        except EngineUnavailable:
            self._breaker.failed()
            raise
        except EngineError:  # it answers; that is all the breaker asks
            self._succeeded()
            raise
        self._succeeded()
        return answer

    def _succeeded(self) -> None:
        if self._breaker.succeeded():
            log.warning("the search server answers again")
            self._recovered()

    def search(self, query: EngineQuery) -> EngineResult:
        try:
            return self._asked(lambda: self.main.search(query))
        except EngineError as reason:
            result = self._from_behind(reason, lambda: self.behind.search(query))
        result.degraded = True
        return result

    def complete(self, words: list[str], prefix: str, language: str, limit: int) -> list[Completion]:
        try:
            return self._asked(lambda: self.main.complete(words, prefix, language, limit))
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

    def apply(self, documents: Iterable[IndexDocument], deleted: Iterable[int], cursor: int) -> None:
        self._asked(lambda: self.main.apply(documents, deleted, cursor))

    def rebuild(self, documents: Iterable[IndexDocument], cursor: int) -> int:
        return self._asked(lambda: self.main.rebuild(documents, cursor))

    def cursor(self) -> int:
        return self._asked(self.main.cursor)

    def versions(self) -> Iterator[tuple[int, int]]:
        return iter(self._asked(lambda: list(self.main.versions())))

    def size(self) -> dict[str, int]:
        return self._asked(self.main.size)
