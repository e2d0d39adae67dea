"""Completions in their order, for every engine: from the cards that an engine found to what is shown. Pure."""

from collections.abc import Iterable
from typing import Literal

from search.engine import Completion
from search.query.analysis import exact
from search.query.analysis import words as split_words

Kind = Literal["service", "organization"]
# Where a completion is looked for, and what it then names.
FIELDS: tuple[tuple[str, Kind], ...] = (
    ("name", "service"),
    ("alternate", "service"),
    ("organization", "organization"),
)
CANDIDATES = 40  # cards of each field


def ranked(
    cards: Iterable[tuple[str, Kind, dict]], words: list[str], prefix: str, language: str, limit: int
) -> list[Completion]:
    """Names of listings and organisations, the ones that begin with what was typed first, then the shortest.

    `cards`: (field it was found in, kind, the listing's card).
    """
    found: list[tuple[tuple[bool, bool, bool, int, str], Completion]] = []
    seen: set[tuple[str, str]] = set()
    for field, kind, card in cards:
        texts, uuid = (
            (card["organization"]["name"], card["organization"]["uuid"])
            if kind == "organization"
            else (card["name"], card["uuid"])
        )
        text_language = language if language in texts else next(iter(texts), language)
        text = texts.get(text_language, "")
        if not text or (kind, text) in seen:
            continue
        seen.add((kind, text))
        tokens = [exact(word) for word in split_words(text)]
        begins = bool(tokens) and tokens[0].startswith(words[0] if words else prefix)
        shows = any(token.startswith(prefix) for token in tokens)
        rank = (field != "name", not shows, not begins, len(tokens), text)
        found.append((rank, Completion(text, text_language, kind, uuid)))
    found.sort(key=lambda pair: pair[0])
    return [completion for _rank, completion in found[:limit]]
