"""Which rows have the words of a query, and how well: text scores only, before place and trust.

A unit (a word, or adjacent words with what they mean) scores as the best of its readings, and a little of the others:
the words as typed, the codes they mean, other names for them. A listing's score is the sum over its units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.engine import EngineQuery, Meaning, QueryWord, Unit
from search.engines.units import (
    NAME_FIELDS,
    OTHER_NAMES,
    code_field,
    code_score,
    name_score,
    typed_share,
    wanted,
)
from search.query.remembering import remembered
from search.weights import WEIGHTS

from .clauses import Clauses
from .columns import LIFECYCLES, Columns, Masks
from .readings import Best, Every, Flat, Reading, Word
from .text import Plans, idf

REMEMBERED_WORDS = 32  # some bytes a listing each


@dataclass(frozen=True)
class Matched:
    """Text of one query: who has it, and how well."""

    mask: np.ndarray  # over all rows
    all_words: bool  # some listing, filtered out or not, has every unit
    units: Sequence[Reading] = ()
    every: np.ndarray | None = None  # rows with every unit
    named: np.ndarray | None = None  # rows whose own name has every word that was typed
    words: int = 0
    name_words: np.ndarray | None = None
    penalty: float = 1.0  # of rows that lack a unit

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Text score of these rows, which the mask has; 1 when no words were asked."""
        if self.every is None:
            return np.ones(len(rows))
        scores = np.add.reduce([unit.scores(rows) for unit in self.units])
        if self.penalty != 1.0:
            scores = scores * np.where(self.every[rows], 1.0, self.penalty)
        if self.named is not None and self.name_words is not None:
            hit = np.flatnonzero(self.named[rows])
            coverage = np.minimum(1.0, self.words / np.maximum(1, self.name_words[rows[hit]]))
            scores[hit] *= WEIGHTS.whole_name * (1.0 + WEIGHTS.name_coverage * coverage)
        return scores


class Matcher:
    """The text side of one snapshot."""

    def __init__(self, clauses: Clauses, columns: Columns, masks: Masks, plans: Plans) -> None:
        self._clauses, self._columns, self._masks, self._plans = clauses, columns, masks, plans
        self._word = remembered(REMEMBERED_WORDS)(self._read_word)
        self._closed = columns.lifecycle == LIFECYCLES.index("closed_permanently")

    def matched(self, query: EngineQuery) -> Matched:
        """Raises EngineError when the index does not answer."""
        columns, language = self._columns, query.language
        units = query.units()
        if not units:
            return Matched(columns.alive & ~self._closed, True)
        found = [read for unit in units for read in self._readings(unit, language)]
        required = [pair for pair in found if not pair[0].optional] or found
        meanings = [reading.mask for unit, reading in required if unit.meaning and reading]
        words = [reading.mask for unit, reading in required if not unit.meaning and reading]
        nothing = np.zeros(len(columns), bool)
        if not meanings and not words:
            return Matched(nothing, False)
        every = nothing
        if len(meanings) + len(words) == len(required):
            every = np.logical_and.reduce([*meanings, *words])
        having_all = int(np.count_nonzero(every))
        required_meanings = sum(unit.meaning is not None for unit, _ in required)
        will_do = wanted(
            (required_meanings, len(meanings)),
            (len(required) - required_meanings, len(words)),
            having_all,
            story=query.story,
        )
        some, penalty = every, 1.0
        if will_do is not None:
            penalty = will_do.penalty
            some = np.logical_or.reduce([*meanings, *words])
            for masks, least in ((meanings, will_do.meanings), (words, will_do.words)):
                if least:
                    some &= np.add.reduce(masks, dtype=np.uint8) >= least
        named = self._named(query)
        # Closed for good: only for those who ask by name.
        shown = some & ~self._closed if named is None else some & (~self._closed | named)
        return Matched(
            mask=shown,
            all_words=having_all > 0,
            units=[reading for _, reading in found if reading is not None],
            every=every,
            penalty=penalty,
            named=named,
            words=len(query.words),
            name_words=columns.name_words,
        )

    def _readings(self, unit: Unit, language: str) -> list[tuple[Unit, Reading | None]]:
        """The unit as it is found; several words that do not all stand somewhere, and mean nothing here, each alone."""
        reading = self._unit(unit, language)
        if reading is not None or len(unit.words) < 2:
            return [(unit, reading)]
        alone = [Unit((word,), None, unit.optional) for word in unit.words]
        return [(one, self._unit(one, language)) for one in alone]

    def _unit(self, unit: Unit, language: str) -> Reading | None:
        """None when it stands nowhere."""
        readings: list[Reading] = []
        if self._all_known(unit.words, language):
            words = [self._word(word, language) for word in unit.words]
            share = typed_share(len(words), means=unit.meaning is not None)
            readings.append(words[0] if len(words) == 1 else Every(words, share))
        if unit.meaning is not None:
            readings += self._meanings(unit.words, unit.meaning, language)
        if not readings:
            return None
        return readings[0] if len(readings) == 1 else Best(readings)

    def _all_known(self, words: tuple[QueryWord, ...], language: str) -> bool:
        return bool(words) and all(self._plans.clauses(word, language) for word in words)

    def _read_word(self, word: QueryWord, language: str) -> Word:
        return Word(self._clauses, self._plans.clauses(word, language), self._columns.alive)

    def _meanings(self, words: tuple[QueryWord, ...], meaning: Meaning, language: str) -> list[Reading]:
        alive, filed = self._columns.alive, []
        for facet, code, share in meaning.codes:
            mask = self._masks.with_code(code_field(facet), code) & alive
            if count := int(np.count_nonzero(mask)):
                filed.append((mask, share, idf(self._plans.documents, count)))
        plans = [self._plans.plan(word, language) for word in words]
        typed = sum(plan.rarity for plan in plans if plan.clauses) * typed_share(len(words), means=True)
        readings: list[Reading] = [
            Flat(mask, code_score(share, rarity, typed)) for mask, share, rarity in filed
        ]
        rarest = max((rarity for _mask, _share, rarity in filed), default=idf(self._plans.documents, 1))
        for name in meaning.names:
            if not self._all_known(name, language):
                continue
            for fields, weighed in OTHER_NAMES:
                mask = self._in_fields(name, language, fields)
                score = name_score(weighed, rarest, typed)
                readings.append(Flat(np.zeros(len(alive), bool) if mask is None else mask, score))
        return readings

    def _named(self, query: EngineQuery) -> np.ndarray | None:
        """Rows whose own name has every word that was typed; None when there is none."""
        if not query.words:
            return None
        named = self._in_fields(query.words, query.language, NAME_FIELDS)
        return named if named is not None and named.any() else None

    def _in_fields(
        self, words: tuple[QueryWord, ...], language: str, fields: frozenset[str]
    ) -> np.ndarray | None:
        """Living rows with all these words in these fields; None when some word stands in none of them."""
        found = self._columns.alive
        for word in words:
            clauses = [clause for clause in self._plans.clauses(word, language) if clause.kind in fields]
            if not clauses:
                return None
            mask = np.zeros(len(found), bool)
            for clause in clauses:
                self._clauses.mark(clause.field, clause.token, mask)
            found = found & mask
        return found
