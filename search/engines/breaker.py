"""A circuit breaker: what has failed several times in a row is left alone for a while, then tried once. Pure."""

import threading
import time
from collections.abc import Callable

FAILURES = 3
REST_SECONDS = 5.0


class Breaker:
    """Closed: everything passes. Open, after `failures` in a row: nothing does. Half open, `rest_seconds` later: one try.

    `clock` gives seconds. Safe to use from several threads.
    """

    def __init__(
        self,
        failures: int = FAILURES,
        rest_seconds: float = REST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures, self._rest, self._clock = failures, rest_seconds, clock
        self._lock = threading.Lock()
        self._in_a_row = 0
        self._next_try = 0.0  # while open: when the next try may go

    def allows(self) -> bool:
        """Whether to try now. Who is told yes reports `succeeded` or `failed`; a try that never reports counts as failed."""
        with self._lock:
            if self._in_a_row < self._failures:
                return True
            now = self._clock()
            if now < self._next_try:
                return False
            self._next_try = now + self._rest  # others wait for this one's outcome
            return True

    def succeeded(self) -> bool:
        """Report a success; True when it is the first after failures."""
        with self._lock:
            was, self._in_a_row = self._in_a_row, 0
            return was > 0

    def failed(self) -> None:
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row >= self._failures:
                self._next_try = self._clock() + self._rest
