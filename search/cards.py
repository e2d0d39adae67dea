"""Remembers what was made of a card, for as long as neither the card nor the vocabulary changes."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from .vocabulary import Vocabulary

Made = TypeVar("Made")

MOST = 4000  # cards; about 5 kB each with what is made of them


class PerCard(Generic[Made]):
    """The embedded engine gives the same card again; one that a server sent anew is compared with the one before."""

    def __init__(self, make: Callable[[dict[str, Any], Vocabulary], Made]) -> None:
        self._make = make
        self._made: dict[str, tuple[dict[str, Any], Vocabulary, Made]] = {}

    def of(self, card: dict[str, Any], known: Vocabulary) -> Made:
        kept = self._made.get(card["uuid"])
        if kept is not None and kept[1] is known and (kept[0] is card or kept[0] == card):
            return kept[2]
        if len(self._made) >= MOST:
            self._made.clear()
        made = self._make(card, known)
        self._made[card["uuid"]] = (card, known, made)
        return made
