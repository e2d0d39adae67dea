"""The rows that hold a token in a field: those that the last rebuild found, and those of what changed since."""

from collections.abc import Iterator

import numpy as np
import tantivy
from tantivy import Query

from search.engine import EngineError
from search.query.remembering import remembered

from .columns import Columns
from .postings import Postings
from .schema import schema

# Up to this many rows, those that were replaced are not counted.
COUNTED = 1000
REMEMBERED = 1024  # tokens of what changed


class Clauses:
    """Of one snapshot. tantivy is asked only for tokens of listings that changed since the rebuild: they are few."""

    def __init__(self, postings: Postings, searcher: tantivy.Searcher, columns: Columns) -> None:
        self._postings, self._searcher, self._columns = postings, searcher, columns
        self._changed = remembered(REMEMBERED)(self._rows_of_changed)
        self.documents = max(1, int(np.count_nonzero(columns.alive)))
        self._all_live = bool(columns.alive[: postings.documents].all())

    def count(self, field: str, token: str) -> int:
        """How many listings hold it; what edits replaced may still be counted in tokens that very many hold."""
        count = self._postings.count(field, token)
        if 0 < count <= COUNTED and not self._all_live:
            count = int(np.count_nonzero(self._columns.alive[self._postings.rows(field, token)]))
        changed = self._searcher.doc_freq(field, token)  # with what was replaced since, until tantivy merges
        if 0 < changed <= COUNTED:
            changed = len(self._changed(field, token))
        return min(count + changed, self.documents)

    def rows(self, field: str, token: str) -> np.ndarray:
        """The rows that hold it or held it, those of the rebuild first. Raises EngineError."""
        found = self._postings.rows(field, token)
        changed = self._changed(field, token)
        return np.concatenate([found, changed]) if len(changed) else found

    def mark(self, field: str, token: str, mask: np.ndarray) -> None:
        """Set a mask over all rows where one holds it or held it. Raises EngineError."""
        self._postings.mark(field, token, mask)
        mask[self._changed(field, token)] = True

    def add_bit(self, field: str, token: str, bits: np.ndarray, bit: int) -> None:
        """Set this bit of the bytes of the rows that hold it or held it. Raises EngineError."""
        value = np.uint8(1 << bit)
        if self._postings.is_broad(field, token):
            held = np.zeros(self._postings.documents, bool)
            self._postings.mark(field, token, held)
            bits[: len(held)] |= held.view(np.uint8) << np.uint8(bit)
        else:
            bits[self._postings.rows(field, token)] |= value
        bits[self._changed(field, token)] |= value

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """(token, how many listings hold it) of the tokens of a field that begin with this; one may come twice."""
        yield from self._postings.terms(field, prefix)
        yield from self._searcher.terms_with_prefix(field, prefix)

    def commonest(self, field: str, prefix: str, limit: int) -> list[str]:
        """The tokens with this prefix, the most frequent first."""
        counts = dict(self._postings.commonest(field, prefix, limit))
        for token, count in self._searcher.terms_with_prefix(field, prefix, limit=limit):
            counts[token] = counts.get(token, 0) + count
        return sorted(counts, key=lambda token: (-counts[token], token))[:limit]

    def _rows_of_changed(self, field: str, token: str) -> np.ndarray:
        if not self._searcher.doc_freq(field, token):
            return np.zeros(0, np.int32)
        asked = Query.const_score_query(Query.term_query(schema(), field, token, "basic"), 1.0)
        try:
            hits = self._searcher.search(asked, max(1, self._searcher.num_docs), count=False).hits
            pks = self._searcher.fast_field_values("pk", [address for _score, address in hits])
        except (ValueError, OSError) as error:
            raise EngineError(f"the search index did not answer: {error}") from error
        row_of, pk = self._columns.row_of, np.array(pks, np.int64)
        rows = row_of[pk[pk < len(row_of)]]
        return rows[rows >= 0]
