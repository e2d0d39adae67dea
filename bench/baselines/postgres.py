"""PostgreSQL full text: a vector a language, without accents, weighted A to D; websearch first, then any of the words."""

from collections.abc import Sequence

import psycopg
from psycopg.types.json import Jsonb

from bench.baselines import Listing, Tier, plain_words

DICTIONARIES = {"fr": "french", "nl": "dutch", "en": "english", "de": "german"}
LABELS = {"name": "A", "alternate": "A", "topic": "B", "organization": "C", "place": "C", "body": "D"}
OTHER_LANGUAGE = 0.5
TEXTS = "coalesce(text -> '{field}' ->> '{language}', '')"


def _vector(language: str) -> str:
    return " || ".join(
        f"setweight(to_tsvector('{language}', {TEXTS.format(field=field, language=language)}), '{label}')"
        for field, label in LABELS.items()
    )


def _matching(asked: str) -> str:
    """Score by the asked language, and half of it by each other; a match in any of them counts."""
    languages = list(DICTIONARIES)
    ranks = " + ".join(
        f"{1.0 if language == asked else OTHER_LANGUAGE} * "
        f"ts_rank({language}, websearch_to_tsquery('{language}', %(words)s))"
        for language in languages
    )
    matches = " OR ".join(
        f"{language} @@ websearch_to_tsquery('{language}', %(words)s)" for language in languages
    )
    return f"SELECT pk, {ranks} FROM listing WHERE {matches}"  # noqa: S608 (constants)


class PostgresFullText:
    name = "PostgreSQL full text"
    scores = True

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        run = self._connection.execute
        run("CREATE EXTENSION unaccent")
        for language, dictionary in DICTIONARIES.items():
            run(f"CREATE TEXT SEARCH CONFIGURATION {language} (COPY = {dictionary})")
            run(
                f"ALTER TEXT SEARCH CONFIGURATION {language} ALTER MAPPING FOR hword, hword_part, word "
                f"WITH unaccent, {dictionary}_stem"
            )
        vectors = ", ".join(f"{language} tsvector" for language in DICTIONARIES)
        run(f"CREATE TABLE listing (pk bigint PRIMARY KEY, text jsonb, {vectors})")
        version = self._connection.info.server_version // 10_000
        self.how = (
            f"PostgreSQL {version}, a tsvector for each of four languages with unaccent and its stemmer, weights A to D, "
            "websearch_to_tsquery and ts_rank; all words first, then some"
        )

    def fill(self, listings: Sequence[Listing]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO listing (pk, text) VALUES (%s, %s)",
                [(listing.pk, Jsonb(listing.texts)) for listing in listings],
            )
        made = ", ".join(f"{language} = {_vector(language)}" for language in DICTIONARIES)
        self._connection.execute(f"UPDATE listing SET {made}")  # noqa: S608 (constants)
        for language in DICTIONARIES:
            self._connection.execute(f"CREATE INDEX ON listing USING gin ({language})")
        self._connection.execute("ANALYZE listing")

    def ranked(self, words: str, language: str) -> list[Tier]:
        several = plain_words(words)
        if not several:
            return []
        return [
            dict(self._connection.execute(_matching(language), {"words": joined}).fetchall())
            for joined in (" ".join(several), " or ".join(several))
        ]

    def close(self) -> None:
        self._connection.close()
