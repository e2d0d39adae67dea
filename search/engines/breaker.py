"""A circuit breaker: what fails several times in a row, or has let callers wait too long in vain, is left alone. Pure."""

import threading

FAILURES = 3
# Seconds waited in vain since the last success, together: one slow question is no outage, two of 0.6 s are, and the
# search that put both still answers within 1.5 s.
PATIENCE_SECONDS = 1.0


class Breaker:
    """Closed: everything passes. Open: nothing does, until whoever watches the server says `close`.

    Safe to use from several threads.
    """

    def __init__(self, failures: int = FAILURES, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._failures, self._patience = failures, patience_seconds
        self._lock = threading.Lock()
        self._in_a_row, self._waited = 0, 0.0
        self._open = False

    def is_open(self) -> bool:
        return self._open

    def failed(self, waited_seconds: float) -> bool:
        """Report a failure and how long it took to come; True when it opened the breaker."""
        with self._lock:
            if self._open:
                return False
            self._in_a_row += 1
            self._waited += waited_seconds
            self._open = self._in_a_row >= self._failures or self._waited >= self._patience
            return self._open

    def succeeded(self) -> None:
        """Report a success. An answer that was still under way does not close an open breaker."""
        with self._lock:
            if not self._open:
                self._in_a_row, self._waited = 0, 0.0

    def close(self) -> None:
        with self._lock:
            self._open, self._in_a_row, self._waited = False, 0, 0.0
