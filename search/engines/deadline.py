"""How long the caller still waits: one budget over several questions to a server, for this thread. Pure."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_until: ContextVar[float | None] = ContextVar("deadline", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is asked inside has so long together; inside another budget, the shorter counts."""
    outer = _until.get()
    mine = time.monotonic() + seconds
    token = _until.set(mine if outer is None else min(mine, outer))
    try:
        yield
    finally:
        _until.reset(token)


def left() -> float | None:
    """Seconds that remain, 0 or less when the time is up; None when nobody set a budget."""
    until = _until.get()
    return None if until is None else until - time.monotonic()
