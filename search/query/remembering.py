"""Remembers results by word, as functools.lru_cache does, but nothing of what is asked while `nothing_remembered`.

Words that an agent types during a call may hold a name, and stay in no memory of the process. Pure.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Found = TypeVar("Found")
_forgetful: ContextVar[bool] = ContextVar("forgetful", default=False)


@contextmanager
def nothing_remembered() -> Iterator[None]:
    """Also a decorator. What is asked within, in this thread, leaves nothing behind, and is not answered from memory either."""
    before = _forgetful.set(True)
    try:
        yield
    finally:
        _forgetful.reset(before)


def remembered(maxsize: int) -> Callable[[Callable[Asked, Found]], Callable[Asked, Found]]:
    """Decorator: the last `maxsize` results stay."""

    def decorate(function: Callable[Asked, Found]) -> Callable[Asked, Found]:
        cached = lru_cache(maxsize)(function)

        @wraps(function)
        def ask(*args: Asked.args, **kwargs: Asked.kwargs) -> Found:
            return function(*args, **kwargs) if _forgetful.get() else cached(*args, **kwargs)  # type: ignore[arg-type]

        ask.cache_info = cached.cache_info  # type: ignore[attr-defined]
        return ask

    return decorate
