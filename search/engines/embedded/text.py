"""From query words to a tantivy query: each word once a listing, in its best field, by its rarity there."""

from dataclasses import dataclass
from functools import lru_cache
from math import log

import tantivy
from tantivy import Occur, Query

from search.engine import QueryWord
from search.weights import WEIGHTS

from .schema import EXACT_FIELDS, LANGUAGES, STEMMED_FIELDS, exact_field, schema, stem_field


@dataclass(frozen=True, slots=True)
class Clause:
    """One token in one field of the index, and the score of having it."""

    field: str
    token: str
    score: float


def idf(documents: int, holding: int) -> float:
    """BM25's rarity, as Lucene and tantivy compute it."""
    return log(1 + (documents - holding + 0.5) / (holding + 0.5))


class Plans:
    """Word plans and queries of one searcher; a word that many callers say is planned once."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self._searcher = searcher
        self._documents = max(1, searcher.num_docs)
        self.clauses = lru_cache(maxsize=4096)(self._clauses)

    def _clauses(self, word: QueryWord, language: str) -> tuple[Clause, ...]:
        """Where this word stands in the index, with scores; empty when it stands nowhere."""
        found: list[tuple[str, str, float]] = []
        holding = 0

        def consider(field: str, token: str, weight: float) -> None:
            nonlocal holding
            if frequency := self._searcher.doc_freq(field, token):
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
        rarity = idf(self._documents, holding)
        return tuple(Clause(field, token, weight * rarity) for field, token, weight in found)

    def word_query(
        self, word: QueryWord, language: str, fields: frozenset[str] | None = None
    ) -> Query | None:
        """Listings with this word; None when there are none."""
        clauses = [
            clause
            for clause in self.clauses(word, language)
            if fields is None or clause.field.split("_", 1)[0] in fields
        ]
        if not clauses:
            return None
        scored = [
            Query.const_score_query(
                Query.term_query(schema(), clause.field, clause.token, "basic"), clause.score
            )
            for clause in clauses
        ]
        return scored[0] if len(scored) == 1 else Query.disjunction_max_query(scored, WEIGHTS.tie)

    def every_word(self, words: tuple[QueryWord, ...], language: str, fields: frozenset[str] | None = None):
        """Listings with all the words; None when some word stands nowhere."""
        queries = [self.word_query(word, language, fields) for word in words]
        if not queries or any(query is None for query in queries):
            return None
        return Query.boolean_query([(Occur.Must, query) for query in queries])

    def enough_words(self, words: tuple[QueryWord, ...], language: str):
        """Listings with at least half of the words that stand anywhere; None when none does."""
        queries = [query for word in words if (query := self.word_query(word, language)) is not None]
        if not queries:
            return None
        return Query.boolean_query(
            [(Occur.Should, query) for query in queries],
            minimum_number_should_match=max(1, len(queries) // 2),
        )
