"""Answers while there is no index: the database's own text search finds candidates, and a small index of them answers.

The candidates are at most CANDIDATES listings that hold the words somewhere, those with the words in their name and
those near the asked place first. They are built and asked like the whole index would be, so that filters, ages, opening
hours, hidden addresses, facets, ranking and cards follow the same rules; totals and facets count candidates only.
"""

import tempfile
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_, or_
from pathlib import Path

from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import F, Q, QuerySet

from search import documents, vocabulary
from search.engine import (
    Completion,
    EngineQuery,
    EngineResult,
    EngineUnavailable,
    IndexDocument,
    IndexMissing,
)
from search.query.analysis import exact, words
from search.vocabulary import Vocabulary
from services import selectors
from services.models import Service

from . import database_words
from .completing import FIELDS, ranked
from .database_filters import filtered, near
from .embedded import EmbeddedEngine

CANDIDATES = 200


class DatabaseEngine:
    """Reads only: there is nothing to apply to and nothing to rebuild."""

    name = "database"

    def search(self, query: EngineQuery) -> EngineResult:
        """Raises EngineUnavailable when the database does not answer either."""
        try:
            known = vocabulary.current()
            wanted = Service.objects.filter(pk__in=_candidates(query, known))
            found = [documents.build(record, known, 0) for record in selectors.records(wanted)]
            with tempfile.TemporaryDirectory(prefix="directory-search-", dir=_in_memory()) as folder:
                small = EmbeddedEngine(Path(folder))
                small.rebuild(found, 0)
                result = small.search(query)
        except (DatabaseError, OSError) as error:
            raise EngineUnavailable(f"the database does not answer: {type(error).__name__}") from error
        result.degraded = True
        return result

    def complete(self, words: list[str], prefix: str, language: str, limit: int) -> list[Completion]:
        """Raises EngineUnavailable when the database does not answer either."""
        try:
            rows = list(_named(words, prefix))
        except DatabaseError as error:
            raise EngineUnavailable(f"the database does not answer: {type(error).__name__}") from error
        cards = [_name_card(row) for row in rows]
        fitting = (
            (field, kind, card)
            for field, kind in FIELDS
            for card in cards
            if _stands_in(
                card["organization"]["name"] if kind == "organization" else card[field], words, prefix
            )
        )
        return ranked(fitting, words, prefix, language, limit)

    def apply(self, documents: Iterable[IndexDocument], deleted: Iterable[int], cursor: int) -> None:
        raise IndexMissing("the database is no index")

    def rebuild(self, documents: Iterable[IndexDocument], cursor: int) -> int:
        raise IndexMissing("the database is no index")

    def cursor(self) -> int:
        raise IndexMissing("the database is no index")

    def versions(self) -> Iterator[tuple[int, int]]:
        raise IndexMissing("the database is no index")

    def size(self) -> dict[str, int]:
        raise IndexMissing("the database is no index")


def _in_memory() -> str | None:
    """A folder that lies in memory, where there is one: the small index is gone a moment later."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  the folder in it has a name nobody can guess


def _candidates(query: EngineQuery, known: Vocabulary) -> list[int]:
    """Primary keys, the likeliest first. Each is one that the reader may see and no filter excludes."""
    readable = filtered(query, known)
    if not query.words:
        wishes = [[~Q(lifecycle="closed_permanently")]]
    else:
        anywhere = [database_words.anywhere(unit, known) for unit in query.units() if not unit.optional]
        in_names = [database_words.in_names(word) for word in query.words]
        wishes = [[reduce(and_, in_names), reduce(and_, anywhere or in_names)]]
        wishes.append([reduce(or_, [*in_names, *anywhere])])  # when nothing has every word
    for wish in wishes:
        found: dict[int, None] = {}
        for condition in wish:
            for place in (*near(query), Q()):
                rows = _ordered(readable.filter(condition, place), query).values_list("pk", flat=True)
                found.update(dict.fromkeys(rows[:CANDIDATES]))
                if len(found) >= CANDIDATES:
                    return list(found)[:CANDIDATES]
        if found:
            break
    return list(found)


def _ordered(services: QuerySet, query: EngineQuery) -> QuerySet:
    if query.sort == "name":
        return services.order_by(f"name_{query.language}", "pk")
    if query.sort == "verified":
        return services.order_by(F("verified_on").desc(nulls_last=True), "pk")
    return services.order_by("pk")


def _languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def _named(whole: list[str], prefix: str) -> QuerySet:
    """Listings for the public that have these words in one of their names or their organisation's."""
    condition = reduce(and_, [database_words.spelt(database_words.NAMES, word) for word in [*whole, prefix]])
    columns = [f"{name}_{code}" for name in database_words.NAMES for code in _languages()]
    return (
        selectors.listed()
        .filter(condition, visibility="public")
        .exclude(lifecycle="closed_permanently")
        .order_by("pk")
        .values("uuid", "organization__uuid", *columns)[:CANDIDATES]
    )


def _name_card(row: dict) -> dict:
    def texts(name: str) -> dict[str, str]:
        return {code: row[f"{name}_{code}"] for code in _languages() if row[f"{name}_{code}"]}

    return {
        "uuid": str(row["uuid"]),
        "name": texts("name"),
        "alternate": texts("alternate_name"),
        "organization": {"uuid": str(row["organization__uuid"]), "name": texts("organization__name")},
    }


def _stands_in(texts: dict[str, str], whole: list[str], prefix: str) -> bool:
    tokens = {exact(word) for text in texts.values() for word in words(text)}
    return all(word in tokens for word in whole) and any(token.startswith(prefix) for token in tokens)
