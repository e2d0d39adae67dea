"""Completion from the index's own words: every whole word must stand in the name, the last one may be begun."""

from collections.abc import Iterator

import orjson
import tantivy
from tantivy import Occur, Query

from search.engine import Completion
from search.engines.completing import CANDIDATES, FIELDS, ranked

from .columns import LIFECYCLES, Columns
from .schema import exact_field, schema

# The last word's possible endings, the most frequent first.
MAX_ENDINGS = 60


def complete(
    searcher: tantivy.Searcher, columns: Columns, words: list[str], prefix: str, language: str, limit: int
) -> list[Completion]:
    """Names of listings and organisations, in the order of `completing.ranked`."""
    cards = (
        (field, kind, card)
        for field, kind in FIELDS
        for card in _cards(searcher, columns, field, words, prefix)
    )
    return ranked(cards, words, prefix, language, limit)


def _cards(
    searcher: tantivy.Searcher, columns: Columns, field: str, words: list[str], prefix: str
) -> Iterator[dict]:
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
