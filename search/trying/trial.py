"""One search tried: its results in words, what was understood, and which words are in no concept.

Nothing is counted among the searches without a result, and nothing is kept in the process.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from search import concepts, finder, vocabulary
from search.finder import Found
from search.query.analysis import exact, words
from search.query.entries import ConceptEntry
from search.query.stopwords import is_stopword
from search.request import local_now, parse
from search.results import HitView, views

from .comparing import Move, compare

SHOWN = 10
LOOKED_AT = 50  # so that what left the first ten can still be said to stand somewhere


@dataclass(frozen=True)
class Asked:
    """What is tried: words, a place or "", the reader's language."""

    words: str
    near: str
    language: str


@dataclass(frozen=True)
class Row:
    """One result, with what became of it in the other list."""

    move: Move
    hit: HitView


@dataclass(frozen=True)
class Comparison:
    before: list[Row]
    after: list[Row]
    found_before: Found
    found_after: Found

    @property
    def is_the_same(self) -> bool:
        return all(row.move.how == "same" for row in (*self.before, *self.after))


def search(
    asked: Asked,
    *,
    entries: Sequence[ConceptEntry] | None = None,
    size: int = LOOKED_AT,
    explain: bool = False,
) -> Found:
    """As the public's page would search: filters that were guessed may be let go. Raises EngineError."""
    parsed = parse(
        {
            "q": [asked.words],
            "near": [asked.near],
            "lang": [asked.language],
            "size": [str(size)],
            "relax": ["1"],
            "explain": ["1" if explain else ""],
        },
        vocabulary=vocabulary.current(),
        languages=[code for code, _name in settings.LANGUAGES],
        default_language=settings.LANGUAGE_CODE,
        now=local_now(),
        strict=False,
    )
    return finder.find(parsed, strict=False, concepts=entries)


def with_change(
    changed: ConceptEntry | None, code: str, entries: Sequence[ConceptEntry]
) -> tuple[ConceptEntry, ...]:
    """The concepts with one of them changed, added, or (None) taken out of use."""
    others = [entry for entry in entries if entry.code != code]
    return tuple(sorted([*others, changed] if changed else others, key=lambda entry: entry.code))


def compared(asked: Asked, changed: ConceptEntry | None, code: str) -> Comparison:
    """The same search by the concepts as they are and as they would be; raises EngineError."""
    now = concepts.current()
    found_before = search(asked)
    found_after = search(asked, entries=with_change(changed, code, now))
    before = {hit.uuid: hit for hit in views(found_before)}
    after = {hit.uuid: hit for hit in views(found_after)}
    left, right = compare(list(before), list(after), shown=SHOWN)
    return Comparison(
        [Row(move, before[move.key]) for move in left],
        [Row(move, after[move.key]) for move in right],
        found_before,
        found_after,
    )


def unmatched(found: Found) -> list[str]:
    """The words that carry the need and belong to no concept, as they were typed or mended; each once."""
    understood = found.understood
    said = {exact(word) for expansion in understood.expansions for word in words(expansion.words)}
    said |= {exact(word) for status in understood.statuses for word in words(status.words)}
    left = [
        word
        for word in words(understood.text)
        if exact(word) not in said and not is_stopword(exact(word)) and not word.isdigit()
    ]
    return list(dict.fromkeys(left))
