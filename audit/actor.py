"""Who is acting now: set once at the door (request, command), read wherever a row says by whom."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    id: int | None
    label: str


@dataclass(frozen=True)
class Telling:
    """Why something is done, in the words of who does it, and which fields it changed."""

    reason: str = ""
    fields: tuple[str, ...] = ()


SYSTEM = Actor(None, "system")
NOTHING = Telling()
_current: ContextVar[Actor] = ContextVar("actor", default=SYSTEM)
_telling: ContextVar[Telling] = ContextVar("telling", default=NOTHING)


def current() -> Actor:
    """The actor of this request or command; SYSTEM when nobody has signed in."""
    return _current.get()


@contextmanager
def acting(user_or_label) -> Iterator[Actor]:
    """Everything written inside is written by this user (an object with pk and get_username) or this label."""
    if isinstance(user_or_label, Actor):
        actor = user_or_label
    elif isinstance(user_or_label, str):
        actor = Actor(None, user_or_label)
    elif user_or_label is None or getattr(user_or_label, "pk", None) is None:
        actor = SYSTEM
    else:
        actor = Actor(user_or_label.pk, user_or_label.get_username())
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)


def told() -> Telling:
    """What `telling` said around this write."""
    return _telling.get()


@contextmanager
def telling(*, reason: str = "", fields: Iterable[str] = ()) -> Iterator[None]:
    """Every audit entry written inside says why, and which fields were changed. No personal data in either."""
    token = _telling.set(Telling(reason.strip(), tuple(fields)))
    try:
        yield
    finally:
        _telling.reset(token)
