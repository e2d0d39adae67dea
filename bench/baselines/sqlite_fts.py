"""SQLite FTS5 with its default tokenizer (words without accents, no stems) and BM25 with our weights of the fields."""

import sqlite3
from collections.abc import Sequence

from bench.baselines import Listing, Tier, plain_words
from search.documents import FIELDS
from search.weights import WEIGHTS

COLUMNS = ", ".join(FIELDS)
BM25 = ", ".join(str(WEIGHTS.fields[field]) for field in FIELDS)
EVERYTHING = f"INSERT INTO listing (rowid, {COLUMNS}) VALUES (?{', ?' * len(FIELDS)})"  # noqa: S608 (constants)
MATCHING = f"SELECT rowid, -bm25(listing, {BM25}) FROM listing WHERE listing MATCH ?"  # noqa: S608 (constants)


class SqliteFullText:
    name = "SQLite FTS5"
    how = (
        f"SQLite {sqlite3.sqlite_version}, FTS5, tokenizer unicode61 (the default), BM25 with a weight a field; "
        "all words first, then some"
    )
    scores = True

    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute(f"CREATE VIRTUAL TABLE listing USING fts5({COLUMNS})")

    def fill(self, listings: Sequence[Listing]) -> None:
        rows = (
            (listing.pk, *("\n".join(listing.texts[field].values()) for field in FIELDS))
            for listing in listings
        )
        self._database.executemany(EVERYTHING, rows)
        self._database.execute("INSERT INTO listing (listing) VALUES ('optimize')")

    def ranked(self, words: str, language: str) -> list[Tier]:
        quoted = [f'"{word}"' for word in plain_words(words)]
        if not quoted:
            return []
        return [
            dict(self._database.execute(MATCHING, [f" {operator} ".join(quoted)]))
            for operator in ("AND", "OR")
        ]

    def close(self) -> None:
        self._database.close()
