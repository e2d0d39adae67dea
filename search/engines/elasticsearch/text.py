"""From query words to clauses: each word once a listing, in its best field, by its rarity; as embedded/text.py does."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from search.engine import Meaning, QueryWord, Unit
from search.engines.embedded.text import idf
from search.engines.units import (
    NAME_FIELDS,
    OTHER_NAMES,
    Wanted,
    code_field,
    code_score,
    name_score,
    typed_share,
    wanted,
)
from search.weights import WEIGHTS

from .schema import EXACT_FIELDS, LANGUAGES, LONGEST_TOKEN, STEMMED_FIELDS, exact_field, stem_field

# A word's rarity changes little within this; a word that stood nowhere is asked for again every time.
REMEMBERED_SECONDS = 30.0
REMEMBERED_WORDS = 5000
Code = tuple[str, str]  # facet and code


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


def _has_words(words: Iterable[QueryWord], language: str, fields: frozenset[str]) -> list[dict]:
    """Filters: one a word, for listings that have it in one of these fields."""
    return [
        {
            "bool": {
                "should": [
                    {"term": {clause.field: clause.token}}
                    for clause in clauses(word, language)
                    if clause.field.split("_", 1)[0] in fields
                ]
            }
        }
        for word in words
    ]


def unit_query(unit: Unit, language: str, rarities: "Known") -> dict | None:
    """Listings with the unit, scored as the best of its readings and a little of the others; None: it stands nowhere."""
    readings: list[dict] = []
    if unit.words and all(word in rarities for word in unit.words):
        share = typed_share(len(unit.words), means=unit.meaning is not None)
        typed = [word_query(word, language, share * rarities[word]) for word in unit.words]
        readings.append(typed[0] if len(typed) == 1 else {"bool": {"must": typed}})
    if unit.meaning is not None:
        readings += _meanings(unit.words, unit.meaning, language, rarities)
    if not readings:
        return None
    return (
        readings[0]
        if len(readings) == 1
        else {"dis_max": {"queries": readings, "tie_breaker": WEIGHTS.tie_of_readings}}
    )


def _meanings(words: tuple[QueryWord, ...], meaning: Meaning, language: str, rarities: "Known") -> list[dict]:
    typed = sum(rarities.get(word, 0.0) for word in words) * typed_share(len(words), means=True)
    filed = [
        (facet, code, share, rarities[facet, code])
        for facet, code, share in meaning.codes
        if (facet, code) in rarities
    ]
    readings = [
        _constant({"term": {code_field(facet): code}}, code_score(share, rarity, typed))
        for facet, code, share, rarity in filed
    ]
    rarest = max((rarity for *_code, rarity in filed), default=rarities.of_one)
    for name in meaning.names:
        if all(word in rarities for word in name):
            readings += [
                _constant(
                    {"bool": {"filter": _has_words(name, language, fields)}},
                    name_score(weighed, rarest, typed),
                )
                for fields, weighed in OTHER_NAMES
            ]
    return readings


def _constant(matching: dict, score: float) -> dict:
    return {"constant_score": {"filter": matching, "boost": score}}


@dataclass(frozen=True)
class Asked:
    """A query's units as clauses; known ones stand anywhere."""

    required_meanings: int
    required_words: int
    meanings: list[dict]  # of the required ones, those known
    words: list[dict]
    optional: list[dict]

    @property
    def known(self) -> list[dict]:
        return [*self.meanings, *self.words]

    @property
    def all_known(self) -> bool:
        return len(self.known) == self.required_meanings + self.required_words

    def will_do(self, having_all: int, *, story: bool) -> Wanted | None:
        return wanted(
            (self.required_meanings, len(self.meanings)),
            (self.required_words, len(self.words)),
            having_all,
            story=story,
        )

    def every(self) -> dict:
        return {"bool": {"must": self.known, "should": self.optional}}

    def some(self, will_do: Wanted) -> dict:
        """Listings with as many as will do; those that lack something are held back."""
        must = [
            {"bool": {"should": clauses, "minimum_should_match": least}}
            for clauses, least in ((self.meanings, will_do.meanings), (self.words, will_do.words))
            if least
        ]
        lifting = [
            *self.optional,
            *(self.meanings if not will_do.meanings else ()),
            *(self.words if not will_do.words else ()),
        ]
        found = {"bool": {"must": must, "should": lifting, "minimum_should_match": 0 if must else 1}}
        if will_do.penalty == 1.0:
            return found
        lacking: dict = {"match_all": {}}
        if self.all_known:
            lacking = {"bool": {"must_not": [{"bool": {"filter": self.known}}]}}
        functions = [{"filter": lacking, "weight": will_do.penalty}]
        return {"function_score": {"query": found, "functions": functions, "boost_mode": "multiply"}}


def asked(units: Iterable[Unit], language: str, rarities: "Known") -> Asked:
    clauses_of: list[tuple[Unit, dict | None]] = []
    for unit in units:
        clause = unit_query(unit, language, rarities)
        if clause is None and len(unit.words) > 1:  # its words do not all stand somewhere: each for itself
            alone = [Unit((word,), None, unit.optional) for word in unit.words]
            clauses_of += [(one, unit_query(one, language, rarities)) for one in alone]
        else:
            clauses_of.append((unit, clause))
    required = [pair for pair in clauses_of if not pair[0].optional]
    optional = [clause for unit, clause in clauses_of if unit.optional and clause is not None]
    if not required:
        required, optional = clauses_of, []
    return Asked(
        sum(unit.meaning is not None for unit, _ in required),
        sum(unit.meaning is None for unit, _ in required),
        [clause for unit, clause in required if unit.meaning is not None and clause is not None],
        [clause for unit, clause in required if unit.meaning is None and clause is not None],
        optional,
    )


def in_name(words: Iterable[QueryWord], language: str) -> dict:
    """Filter: listings whose own names have every word."""
    return {"bool": {"filter": _has_words(words, language, NAME_FIELDS)}}


def asked_about(units: Iterable[Unit]) -> list[QueryWord | Code]:
    """The words and codes whose rarity the units need."""
    wanted: dict[QueryWord | Code, None] = {}
    for unit in units:
        wanted.update(dict.fromkeys(unit.words))
        if unit.meaning is not None:
            wanted.update(dict.fromkeys((facet, code) for facet, code, _share in unit.meaning.codes))
            wanted.update(dict.fromkeys(word for name in unit.meaning.names for word in name))
    return list(wanted)


class Known(dict[QueryWord | Code, float]):
    """Rarity of what stands anywhere; `of_one` is that of a single listing."""

    of_one: float = 0.0


class Rarities:
    """Each word's rarity, asked of the server once for many searches.

    `ask` takes aggregations by name and returns (listings, count by name).
    """

    def __init__(self, ask: Callable[[dict], tuple[int, dict[str, int]]]) -> None:
        self._ask = ask
        self._known: dict[QueryWord | Code, tuple[float, float]] = {}  # (until, rarity)
        self._of_one = 0.0
        self._lock = threading.Lock()

    def forget(self) -> None:
        with self._lock:
            self._known = {}

    def of(self, words: Iterable[QueryWord | Code]) -> Known:
        """The rarity of each word and code that stands anywhere."""
        now = time.monotonic()
        wanted = list(words)
        with self._lock:
            found = Known(
                (word, self._known[word][1])
                for word in wanted
                if word in self._known and self._known[word][0] > now
            )
        missing = [word for word in wanted if word not in found]
        if missing:
            fresh = self._asked(missing)
            found.update(fresh)
            with self._lock:
                if len(self._known) > REMEMBERED_WORDS:
                    self._known = {}
                self._known |= {word: (now + REMEMBERED_SECONDS, rarity) for word, rarity in fresh.items()}
        found.of_one = self._of_one
        return found

    def _asked(self, words: list[QueryWord | Code]) -> dict[QueryWord | Code, float]:
        filters: dict[str, dict] = {}
        for number, word in enumerate(words):
            if isinstance(word, QueryWord):
                for clause in clauses(word, LANGUAGES[0]):
                    filters[f"{number}.{clause.field}"] = {"term": {clause.field: clause.token}}
            else:
                filters[f"{number}.{word[0]}"] = {"term": {code_field(word[0]): word[1]}}
        listings, counts = self._ask({"words": {"filters": {"filters": filters}}})
        self._of_one = idf(max(1, listings), 1)
        # One rarity a word, from the field that has it most.
        holding = [0] * len(words)
        for name, count in counts.items():
            number = int(name.split(".", 1)[0])
            holding[number] = max(holding[number], count)
        return {
            word: idf(max(1, listings), count) for word, count in zip(words, holding, strict=True) if count
        }
