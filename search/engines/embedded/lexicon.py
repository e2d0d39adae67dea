"""The words of the index, as what a caller typed is compared with: known or not, a name or not, perhaps mistyped."""

from collections.abc import Sequence

import numpy as np

from search.engine import QueryWord
from search.query.analysis import folded as fold
from search.query.spelling import Speller

from .clauses import Clauses
from .columns import Columns
from .completion import Cards
from .schema import EXACT_FIELDS, exact_field
from .text import Plans

NAMES = ("name", "alternate", "organization")
LOOKED_AT = 5  # listings whose name has a single word, when it may be the whole of one


class Lexicon:
    """Of one snapshot; its speller may be a little older."""

    def __init__(
        self, clauses: Clauses, columns: Columns, cards: Cards, plans: Plans, speller: Speller
    ) -> None:
        self._clauses, self._columns, self._cards, self._plans = clauses, columns, cards, plans
        self.speller = speller

    def knows(self, word: QueryWord, language: str) -> bool:
        """Whether some listing has this word, in any form."""
        return bool(self._plans.clauses(word, language))

    def is_name(self, folded: Sequence[str]) -> bool:
        """Whether all these words stand in one listing's name; a single word, whether it is the whole of one."""
        if not folded:
            return False
        for field in NAMES:
            name = exact_field(field)
            if not all(self._clauses.count(name, word) for word in folded):
                continue
            mask = self._columns.alive
            for word in folded:
                held = np.zeros(len(mask), bool)
                self._clauses.mark(name, word, held)
                mask = mask & held
            rows = np.flatnonzero(mask)
            if len(rows) and (len(folded) > 1 or self._is_whole(rows[:LOOKED_AT], folded[0])):
                return True
        return False

    def _is_whole(self, rows: np.ndarray, word: str) -> bool:
        for card in self._cards(self._columns.pk[rows].tolist()).values():
            texts = [*card.get("name", {}).values(), *card.get("organization", {}).get("name", {}).values()]
            if any(fold(text) == word for text in texts):
                return True
        return False


def speller_of(clauses: Clauses) -> Speller:
    """Reads the index's whole vocabulary: some milliseconds, so whoever keeps it need not ask often."""
    return Speller(term for field in EXACT_FIELDS for term in clauses.terms(exact_field(field)))
