"""Completion from the index's own words: every whole word must stand in the name, the last one may be begun."""

from collections.abc import Callable, Iterator

import numpy as np

from search.engine import Completion
from search.engines.completing import CANDIDATES, FIELDS, ranked

from .clauses import Clauses
from .columns import LIFECYCLES, Columns
from .schema import exact_field

# The last word's possible endings, the most frequent first.
MAX_ENDINGS = 60

Cards = Callable[[list[int]], dict[int, dict]]  # by primary key


def complete(
    clauses: Clauses, columns: Columns, cards: Cards, words: list[str], prefix: str, language: str, limit: int
) -> list[Completion]:
    """Names of listings and organisations, in the order of `completing.ranked`."""
    found = (
        (field, kind, card)
        for field, kind in FIELDS
        for card in _cards(clauses, columns, cards, field, words, prefix)
    )
    return ranked(found, words, prefix, language, limit)


def _cards(
    clauses: Clauses, columns: Columns, cards: Cards, field: str, words: list[str], prefix: str
) -> Iterator[dict]:
    name = exact_field(field)
    endings = clauses.commonest(name, prefix, MAX_ENDINGS)
    if not endings:
        return
    mask = np.zeros(len(columns), bool)
    for ending in endings:
        clauses.mark(name, ending, mask)
    for word in words:
        held = np.zeros(len(columns), bool)
        clauses.mark(name, word, held)
        mask &= held
    mask &= columns.alive & ~columns.flags["professional"]
    mask &= columns.lifecycle != LIFECYCLES.index("closed_permanently")
    pks = columns.pk[np.flatnonzero(mask)[:CANDIDATES]].tolist()
    known = cards(pks)
    yield from (known[pk] for pk in pks if pk in known)
