"""Two lists of results side by side: what moved, came, went. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

How = Literal["same", "up", "down", "new", "gone"]


@dataclass(frozen=True)
class Move:
    """One result. `place` and `other` count from 1: here and in the other list; None: not among those looked at."""

    key: str
    how: How
    place: int | None
    other: int | None

    @property
    def by(self) -> int:
        """How many places up or down."""
        return abs((self.place or 0) - (self.other or 0)) if self.place and self.other else 0


def compare(before: Sequence[str], after: Sequence[str], *, shown: int) -> tuple[list[Move], list[Move]]:
    """(the first `shown` before, the first `shown` after), each result with what becomes or became of it.

    The lists may be longer than what is shown, so that "gone" from the first ten can say "now 14th".
    """
    was = {key: place for place, key in enumerate(before, start=1)}
    now = {key: place for place, key in enumerate(after, start=1)}
    left = [
        Move(key, "gone" if now.get(key, shown + 1) > shown else "same", was[key], now.get(key))
        for key in before[:shown]
    ]
    return left, [
        Move(key, _how(was.get(key), now[key], shown), now[key], was.get(key)) for key in after[:shown]
    ]


def _how(was: int | None, now: int, shown: int) -> How:
    if was is None or was > shown:
        return "new"
    if was == now:
        return "same"
    return "up" if now < was else "down"
