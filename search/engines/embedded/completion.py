"""Completion from the index's own words: every whole word must stand in the name, the last one may be begun."""

import orjson
import tantivy
from tantivy import Occur, Query

from search.engine import Completion
from search.query.analysis import exact
from search.query.analysis import words as split_words

from .columns import LIFECYCLES, Columns
from .schema import exact_field, schema

# The last word's possible endings, the most frequent first.
MAX_ENDINGS = 60
CANDIDATES = 40


def complete(
    searcher: tantivy.Searcher, columns: Columns, words: list[str], prefix: str, language: str, limit: int
) -> list[Completion]:
    """Names of listings and organisations, the ones that begin with what was typed first, then the shortest."""
    found: list[tuple[tuple, Completion]] = []
    seen: set[tuple[str, str]] = set()
    for field, kind in (("name", "service"), ("alternate", "service"), ("organization", "organization")):
        for card in _cards(searcher, columns, field, words, prefix):
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


def _cards(searcher: tantivy.Searcher, columns: Columns, field: str, words: list[str], prefix: str):
    name = exact_field(field)
    endings = [term for term, _count in searcher.terms_with_prefix(name, prefix, limit=MAX_ENDINGS)]
    if not endings:
        return
    clauses = [(Occur.Must, Query.term_query(schema(), name, word, "basic")) for word in words]
    clauses.append((Occur.Must, Query.term_set_query(schema(), name, endings)))
    for _score, address in searcher.search(Query.boolean_query(clauses), CANDIDATES, count=False).hits:
        stored = searcher.doc(address)
        card = orjson.loads(stored.get_first("card"))
        row = columns.row_of[stored.get_first("pk")] if card is not None else -1
        if row < 0 or columns.flags["professional"][row]:
            continue
        if columns.lifecycle[row] == LIFECYCLES.index("closed_permanently"):
            continue
        yield card
