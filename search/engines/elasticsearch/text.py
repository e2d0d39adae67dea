"""From query words to clauses: each word once a listing, in its best field, by its rarity; as embedded/text.py does."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from search.engine import QueryWord
from search.engines.embedded.text import idf
from search.weights import WEIGHTS

from .schema import EXACT_FIELDS, LANGUAGES, LONGEST_TOKEN, STEMMED_FIELDS, exact_field, stem_field

# A word's rarity changes little within this; a word that stood nowhere is asked for again every time.
REMEMBERED_SECONDS = 30.0
REMEMBERED_WORDS = 5000
NAME_FIELDS = frozenset({"name", "alternate"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One token in one field, and what having it weighs before the word's rarity."""

    field: str
    token: str
    weight: float


def clauses(word: QueryWord, language: str) -> list[Clause]:
    """Where a word may stand."""
    found = [
        Clause(exact_field(field), askable(word.exact), WEIGHTS.fields[field] * WEIGHTS.exact_form)
        for field in EXACT_FIELDS
    ]
    for stem_language, token in word.stems:
        if stem_language in LANGUAGES:
            factor = 1.0 if stem_language == language else WEIGHTS.other_language
            found += [
                Clause(stem_field(field, stem_language), askable(token), WEIGHTS.fields[field] * factor)
                for field in STEMMED_FIELDS
            ]
    return found


def askable(token: str) -> str:
    """What is too long to be indexed stays too long to be found, and short enough to be asked for."""
    return token[: LONGEST_TOKEN + 1]


def word_query(word: QueryWord, language: str, rarity: float, fields: frozenset[str] | None = None) -> dict:
    """Listings with this word, scored as the best of its clauses and a little of the others."""
    scored = [
        {
            "constant_score": {
                "filter": {"term": {clause.field: clause.token}},
                "boost": clause.weight * rarity,
            }
        }
        for clause in clauses(word, language)
        if fields is None or clause.field.split("_", 1)[0] in fields
    ]
    return {"dis_max": {"queries": scored, "tie_breaker": WEIGHTS.tie}}


def every_word(words: Iterable[QueryWord], language: str, rarities: dict[QueryWord, float]) -> dict:
    return {"bool": {"must": [word_query(word, language, rarities[word]) for word in words]}}


def enough_words(words: Iterable[QueryWord], language: str, rarities: dict[QueryWord, float]) -> dict:
    """Listings with at least half of the words that stand anywhere."""
    known = [word for word in words if word in rarities]
    return {
        "bool": {
            "should": [word_query(word, language, rarities[word]) for word in known],
            "minimum_should_match": max(1, len(known) // 2),
        }
    }


def in_name(words: Iterable[QueryWord], language: str) -> dict:
    """Filter: listings whose own names have every word."""
    return {
        "bool": {
            "filter": [
                {
                    "bool": {
                        "should": [
                            {"term": {clause.field: clause.token}}
                            for clause in clauses(word, language)
                            if clause.field.split("_", 1)[0] in NAME_FIELDS
                        ]
                    }
                }
                for word in words
            ]
        }
    }


class Rarities:
    """Each word's rarity, asked of the server once for many searches.

    `ask` takes aggregations by name and returns (listings, count by name).
    """

    def __init__(self, ask: Callable[[dict], tuple[int, dict[str, int]]]) -> None:
        self._ask = ask
        self._known: dict[QueryWord, tuple[float, float]] = {}  # word → (until, rarity)
        self._lock = threading.Lock()

    def forget(self) -> None:
        with self._lock:
            self._known = {}

    def of(self, words: Iterable[QueryWord]) -> dict[QueryWord, float]:
        """The rarity of each word that stands anywhere."""
        now = time.monotonic()
        wanted = list(words)
        with self._lock:
            found = {
                word: self._known[word][1]
                for word in wanted
                if word in self._known and self._known[word][0] > now
            }
        missing = [word for word in wanted if word not in found]
        if missing:
            fresh = self._asked(missing)
            found |= fresh
            with self._lock:
                if len(self._known) > REMEMBERED_WORDS:
                    self._known = {}
                self._known |= {word: (now + REMEMBERED_SECONDS, rarity) for word, rarity in fresh.items()}
        return found

    def _asked(self, words: list[QueryWord]) -> dict[QueryWord, float]:
        filters = {
            f"{number}.{clause.field}": {"term": {clause.field: clause.token}}
            for number, word in enumerate(words)
            for clause in clauses(word, LANGUAGES[0])
        }
        listings, counts = self._ask({"words": {"filters": {"filters": filters}}})
        found = {}
        for number, word in enumerate(words):
            # One rarity a word, from the field that has it most.
            holding = max(
                (count for name, count in counts.items() if name.startswith(f"{number}.")), default=0
            )
            if holding:
                found[word] = idf(max(1, listings), holding)
        return found
