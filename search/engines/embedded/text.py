"""Where a word stands in the index and what it scores there: each word once a listing, in its best field, by its rarity."""

from dataclasses import dataclass
from math import log

from search.engine import QueryWord
from search.query.remembering import remembered
from search.weights import WEIGHTS

from .clauses import Clauses
from .schema import EXACT_FIELDS, LANGUAGES, STEMMED_FIELDS, exact_field, stem_field


@dataclass(frozen=True, slots=True)
class Clause:
    """One token in one field of the index, and the score of having it."""

    field: str
    token: str
    score: float

    @property
    def kind(self) -> str:
        """The field without its language: name, topic …"""
        return self.field.split("_", 1)[0]


def idf(documents: int, holding: int) -> float:
    """BM25's rarity, as Lucene and tantivy compute it."""
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a word stands in the index, with scores, and how rare it is there."""

    clauses: tuple[Clause, ...]
    rarity: float


class Plans:
    """Word plans of one snapshot; a word that many callers say is planned once."""

    def __init__(self, clauses: Clauses) -> None:
        self._clauses = clauses
        self.documents = clauses.documents
        self.plan = remembered(4096)(self._plan)

    def clauses(self, word: QueryWord, language: str) -> tuple[Clause, ...]:
        """Where this word stands; empty when it stands nowhere."""
        return self.plan(word, language).clauses

    def _plan(self, word: QueryWord, language: str) -> Plan:
        found: list[tuple[str, str, float]] = []
        holding = 0

        def consider(field: str, token: str, weight: float) -> None:
            nonlocal holding
            if frequency := self._clauses.count(field, token):
                holding = max(holding, frequency)
                found.append((field, token, weight))

        for field in EXACT_FIELDS:
            consider(exact_field(field), word.exact, WEIGHTS.fields[field] * WEIGHTS.exact_form)
        for stem_language, token in word.stems:
            if stem_language not in LANGUAGES:
                continue
            factor = 1.0 if stem_language == language else WEIGHTS.other_language
            for field in STEMMED_FIELDS:
                consider(stem_field(field, stem_language), token, WEIGHTS.fields[field] * factor)
        # One rarity a word, from the field that has it most: else a need's word would count three times as much in a
        # name, only because names are short.
        rarity = idf(self.documents, holding)
        return Plan(tuple(Clause(field, token, weight * rarity) for field, token, weight in found), rarity)
