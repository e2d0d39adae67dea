"""Readings of what was typed: which rows have it, and its score for as many of them as are asked for.

Filters leave few of the rows that a broad word finds, so scores are worked out last, and only for those.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from search.weights import WEIGHTS

from .clauses import Clauses
from .text import Clause

_BYTES = (np.arange(256)[:, None] >> np.arange(8) & 1).astype(np.float64)  # (256, 8): the bits of each byte


class Reading(Protocol):
    mask: np.ndarray  # (rows,) bool: who has it

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Of these rows; 0 for those that do not have it."""
        ...


class Word:
    """A word counts in its best field, and a little in the others it is found in (disjunction maximum).

    Each row has a bit for every clause, so that its score is one look-up for eight of them.
    """

    def __init__(self, clauses: Clauses, found: Sequence[Clause], alive: np.ndarray) -> None:
        self._groups: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.mask = np.zeros(len(alive), bool)
        for start in range(0, len(found), 8):
            group = found[start : start + 8]
            bits = np.zeros(len(alive), np.uint8)
            for bit, clause in enumerate(group):
                clauses.add_bit(clause.field, clause.token, bits, bit)
            weighed = _BYTES[:, : len(group)] * [clause.score for clause in group]
            self._groups.append((bits, weighed.max(axis=1), weighed.sum(axis=1)))
            self.mask |= bits != 0
        self.mask &= alive

    def scores(self, rows: np.ndarray) -> np.ndarray:
        best = total = np.zeros(len(rows))
        for bits, highest, sums in self._groups:
            held = bits[rows]
            best, total = np.maximum(best, highest[held]), total + sums[held]
        return (best + WEIGHTS.tie * (total - best)) * self.mask[rows]


class Every:
    """Several readings that are all wanted: a share of their sum."""

    def __init__(self, parts: Sequence[Reading], share: float = 1.0) -> None:
        self._parts, self._share = parts, share
        self.mask = np.logical_and.reduce([part.mask for part in parts])

    def scores(self, rows: np.ndarray) -> np.ndarray:
        found = np.add.reduce([part.scores(rows) for part in self._parts])
        return found * self._share * self.mask[rows]


class Best:
    """Several readings of the same: the best counts, and a part of the others."""

    def __init__(self, parts: Sequence[Reading]) -> None:
        self._parts = parts
        self.mask = np.logical_or.reduce([part.mask for part in parts])

    def scores(self, rows: np.ndarray) -> np.ndarray:
        found = [part.scores(rows) for part in self._parts]
        best = np.maximum.reduce(found)
        return best + WEIGHTS.tie_of_readings * (np.add.reduce(found) - best)


@dataclass(frozen=True)
class Flat:
    """The same score for all who have it."""

    mask: np.ndarray
    score: float

    def scores(self, rows: np.ndarray) -> np.ndarray:
        return self.mask[rows] * self.score
