"""Words to places, in memory: what people type for where they are, recognised without a server.

Loaded from the database at the first use, once a process; `reload()` after the geography changed.
"""

from collections.abc import Collection, Sequence

from .index import FOUND_KINDS, Gazetteer
from .loading import current, reload
from .places import Match, Place

__all__ = [
    "FOUND_KINDS",
    "Gazetteer",
    "Match",
    "Place",
    "complete",
    "current",
    "find_in",
    "label",
    "lookup",
    "reload",
]


def lookup(text: str, lang: str = "fr") -> list[Place]:
    """Places that a whole text names, best first. See `Gazetteer.lookup`."""
    return current().lookup(text, lang)


def find_in(tokens: Sequence[str], kinds: Collection[str] = FOUND_KINDS) -> list[Match]:
    """The longest place names within words. See `Gazetteer.find_in`."""
    return current().find_in(tokens, kinds)


def complete(prefix: str, lang: str = "fr", limit: int = 10) -> list[Place]:
    """Places with a name that begins so. See `Gazetteer.complete`."""
    return current().complete(prefix, lang, limit)


def label(place: Place, lang: str) -> str:
    """The place's name with what tells it from others. See `Gazetteer.label`."""
    return current().label(place, lang)
