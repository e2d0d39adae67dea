"""The embedded engine: reads through snapshots that never change, writes under one lock."""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
import orjson
import tantivy
from tantivy import FieldType, Query

from search.engine import (
    Completion,
    EngineError,
    EngineHit,
    EngineQuery,
    EngineResult,
    IndexDocument,
    IndexMissing,
    QueryWord,
)
from search.query.spelling import Speller
from search.weights import WEIGHTS

from . import completion, ranking
from .columns import LIFECYCLES, Columns, Masks
from .opening import OpenNow
from .schema import EXACT_FIELDS, LANGUAGES, document, exact_field, row_values, schema, tombstone
from .store import State, Store
from .text import Plans

NAME_FIELDS = frozenset({"name", "alternate"})
WRITER_HEAP_BYTES = 32_000_000
REBUILD_HEAP_BYTES = 96_000_000
COMPACT_AT_DEAD_SHARE = 0.3
SPELLER_SECONDS = 60.0
REMEMBERED_CARDS = 2000  # about 5 kB each in memory


@dataclass(frozen=True)
class Snapshot:
    """Index, columns and what was remembered about them, as of one generation."""

    folder: Path
    state: State
    index: tantivy.Index
    searcher: tantivy.Searcher
    columns: Columns
    masks: Masks
    plans: Plans
    opening: OpenNow
    cards: dict[int, dict] = field(default_factory=dict)


class EmbeddedEngine:
    name = "embedded"

    def __init__(self, root: Path) -> None:
        self._store = Store(root)
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._stamp: tuple | None = None
        self._speller: tuple[float, Speller] | None = None

    # Reading -----------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The newest state of the index. Raises IndexMissing."""
        stamp = self._store.stamp()
        if self._snapshot is None or stamp != self._stamp:
            with self._lock:
                if self._snapshot is None or stamp != self._stamp:
                    self._snapshot = self._read(self._snapshot)
                    self._stamp = stamp
        return self._snapshot

    def _read(self, old: Snapshot | None) -> Snapshot:
        folder = self._store.current()
        state = self._store.state(folder)
        if old is not None and old.folder == folder and old.columns.dead_share() < COMPACT_AT_DEAD_SHARE:
            index, columns, seen = old.index, old.columns, old.state.generation
        else:
            index, columns, seen = self._store.open(folder), None, -1
        index.config_reader("manual")
        index.reload()
        searcher = index.searcher()
        if columns is None:
            columns, seen = self._stored_columns(folder, state)
        changed = list(_rows_since(searcher, seen))
        if changed:
            columns = columns.replaced(changed)
        return Snapshot(
            folder, state, index, searcher, columns, Masks(columns), Plans(searcher), OpenNow(columns)
        )

    @staticmethod
    def _stored_columns(folder: Path, state: State) -> tuple[Columns, int]:
        """The columns saved with the index and their generation; empty ones, to be read anew, when damaged."""
        try:
            generation = json.loads((folder / "columns.json").read_text())["generation"]
            if generation <= state.generation:
                return Columns.load(folder / "columns.npz"), generation
        except (OSError, ValueError, KeyError):
            pass
        return Columns.empty(LANGUAGES), -1

    def search(self, query: EngineQuery) -> EngineResult:
        snapshot = self.snapshot()
        columns = snapshot.columns
        rows, text, all_words = self._matching(snapshot, query)
        base = self._eligible(snapshot, query, rows)
        rows, text = rows[base], text[base]
        metres = point = None
        if query.near is not None:
            distances = ranking.nearest(columns, rows, *query.near)
            metres, point = distances.metres, distances.point
            if query.radius_m is not None:
                inside = metres <= query.radius_m
                rows, text, metres, point = rows[inside], text[inside], metres[inside], point[inside]
        keep = {
            facet: self._facet_mask(snapshot, facet, codes)[rows]
            for facet, codes in query.filters.items()
            if codes
        }
        all_filters = np.ones(len(rows), bool)
        for mask in keep.values():
            all_filters &= mask
        facets = {facet: self._count(snapshot, facet, rows, keep, all_filters) for facet in query.facets}
        found = np.flatnonzero(all_filters)
        rows, text = rows[found], text[found]
        if metres is not None and point is not None:
            metres, point = metres[found], point[found]
        place = ranking.place_factor(query, columns, snapshot.masks, rows, metres)
        trust = ranking.trust_factor(query, columns, snapshot.masks, rows)
        score = text * place * trust
        page = ranking.order(query, columns, rows, score, metres)
        cards = self._cards(snapshot, columns.pk[rows[page]].tolist())
        hits = []
        for position in page.tolist():
            pk = int(columns.pk[rows[position]])
            card = cards.get(pk)
            if card is None:  # replaced between searcher and columns: the next search has it
                continue
            away = float(metres[position]) if metres is not None and np.isfinite(metres[position]) else None
            hits.append(
                EngineHit(
                    pk=pk,
                    uuid=card["uuid"],
                    score=float(score[position]),
                    parts={
                        "text": float(text[position]),
                        "place": float(place[position]),
                        "trust": float(trust[position]),
                    },
                    distance_m=away,
                    point=int(point[position]) if away is not None and point is not None else None,
                    card=card,
                )
            )
        return EngineResult(total=len(rows), hits=hits, facets=facets, all_words=all_words)

    def _matching(self, snapshot: Snapshot, query: EngineQuery) -> tuple[np.ndarray, np.ndarray, bool]:
        """(rows, text score, whether all words matched); without words all living rows score 1."""
        columns = snapshot.columns
        closed = columns.lifecycle == LIFECYCLES.index("closed_permanently")
        if not query.words:
            rows = np.flatnonzero(columns.alive & ~closed)
            return rows, np.ones(len(rows)), True
        every = snapshot.plans.every_word(query.words, query.language)
        rows, scores = self._text_hits(snapshot, every)
        all_words = bool(len(rows))
        if not all_words and len(query.words) > 1:
            rows, scores = self._text_hits(snapshot, snapshot.plans.enough_words(query.words, query.language))
        named = np.zeros(len(columns), bool)
        in_name, _scores = self._text_hits(
            snapshot, snapshot.plans.every_word(query.words, query.language, NAME_FIELDS)
        )
        if len(in_name):
            named[in_name] = True
            hit = named[rows]
            coverage = np.minimum(1.0, len(query.words) / np.maximum(1, columns.name_words[rows]))
            scores = scores * np.where(
                hit, WEIGHTS.whole_name * (1.0 + WEIGHTS.name_coverage * coverage), 1.0
            )
        # Closed for good: only for those who ask by name.
        shown = ~closed[rows] | named[rows]
        return rows[shown], scores[shown], all_words

    def _text_hits(self, snapshot: Snapshot, text_query: Query | None) -> tuple[np.ndarray, np.ndarray]:
        nothing = (np.zeros(0, np.int64), np.zeros(0))
        if text_query is None:
            return nothing
        try:
            hits = snapshot.searcher.search(text_query, max(1, snapshot.searcher.num_docs), count=False).hits
            pks = snapshot.searcher.fast_field_values("pk", [address for _score, address in hits])
        except (ValueError, OSError) as error:
            raise EngineError(f"the search index did not answer: {error}") from error
        if not hits:
            return nothing
        row_of = snapshot.columns.row_of
        pk_array = np.array(pks, np.int64)
        known = pk_array < len(row_of)
        rows = np.where(known, row_of[np.where(known, pk_array, 0)], -1).astype(np.int64)
        scores = np.fromiter((score for score, _address in hits), np.float64, len(hits))
        return rows[rows >= 0], scores[rows >= 0]

    def _eligible(self, snapshot: Snapshot, query: EngineQuery, rows: np.ndarray) -> np.ndarray:
        """Which rows this reader may get at all: visibility, age, opening."""
        columns = snapshot.columns
        keep = np.ones(len(rows), bool)
        if not query.professional:
            keep &= ~columns.flags["professional"][rows]
        if query.age is not None:
            keep &= (columns.minimum_age[rows] <= query.age) & (query.age <= columns.maximum_age[rows])
        if query.open_at is not None:
            keep &= snapshot.opening.rows_open_at(query.open_at)[rows]
        return keep

    @staticmethod
    def _facet_mask(snapshot: Snapshot, facet: str, codes: Iterable[str]) -> np.ndarray:
        mask = snapshot.masks.with_any(facet, codes)
        if facet == "audience":  # only an exclusive audience keeps others out
            mask = mask | snapshot.columns.flags["audience_open"]
        return mask

    @staticmethod
    def _count(
        snapshot: Snapshot, facet: str, rows: np.ndarray, keep: dict[str, np.ndarray], all_filters: np.ndarray
    ) -> dict[str, int]:
        """Listings by code with every other facet's filter applied."""
        mask = all_filters
        if facet in keep:
            mask = np.ones(len(rows), bool)
            for other, kept in keep.items():
                if other != facet:
                    mask &= kept
        counted = rows[mask]
        columns = snapshot.columns
        codes = columns.codes["named" if facet == "audience" else facet]
        ragged = columns.multi["named" if facet == "audience" else facet]
        _owner, index = ragged.of(counted)
        counts = np.bincount(ragged.values[index], minlength=len(codes)).tolist()
        return {code: count for code, count in zip(codes, counts, strict=True) if count}

    @staticmethod
    def _cards(snapshot: Snapshot, pks: list[int]) -> dict[int, dict]:
        """The cards of these listings; those shown lately are remembered, for callers ask alike."""
        cards = {pk: card for pk in pks if (card := snapshot.cards.get(pk)) is not None}
        missing = [str(pk) for pk in pks if pk not in cards]
        if not missing:
            return cards
        if len(snapshot.cards) > REMEMBERED_CARDS:
            snapshot.cards.clear()
        wanted = Query.term_set_query(schema(), "key", missing)
        for _score, address in snapshot.searcher.search(wanted, len(missing), count=False).hits:
            stored = snapshot.searcher.doc(address)
            card = orjson.loads(stored.get_first("card"))
            if card is not None:
                pk = stored.get_first("pk")
                cards[pk] = snapshot.cards[pk] = card
        return cards

    def complete(self, words: list[str], prefix: str, language: str, limit: int) -> list[Completion]:
        snapshot = self.snapshot()
        return completion.complete(snapshot.searcher, snapshot.columns, words, prefix, language, limit)

    def mended(self, words: tuple[QueryWord, ...], language: str) -> dict[str, str]:
        """Folded word → what was probably meant, for each word that stands nowhere in the index."""
        snapshot = self.snapshot()
        unknown = [word.exact for word in words if not snapshot.plans.clauses(word, language)]
        found = {word: self._known_words(snapshot).mend(word) for word in unknown}
        return {word: meant for word, meant in found.items() if meant is not None}

    def _known_words(self, snapshot: Snapshot) -> Speller:
        """The index's vocabulary, at most SPELLER_SECONDS older than the index: reading it takes some milliseconds."""
        if self._speller is None or time.monotonic() - self._speller[0] > SPELLER_SECONDS:
            terms = (
                term
                for field in EXACT_FIELDS
                for term in snapshot.searcher.terms_with_prefix(exact_field(field), "")
            )
            self._speller = (time.monotonic(), Speller(terms))
        return self._speller[1]

    # Writing -----------------------------------------------------------------------------------------------------

    def apply(self, documents: Iterable[IndexDocument], deleted: Iterable[int], cursor: int) -> None:
        with self._store.writing():
            folder = self._store.current()
            state = self._store.state(folder)
            if (
                cursor < state.cursor
            ):  # another follower was quicker: these documents may be older than its own
                return
            index = self._store.open(folder)
            writer = index.writer(WRITER_HEAP_BYTES, 1)
            generation = state.generation + 1
            written = False
            for pk in deleted:
                writer.delete_documents_by_term("key", str(pk))
                writer.add_document(tombstone(pk, generation))
                written = True
            for source in documents:
                writer.delete_documents_by_term("key", str(source.pk))
                writer.add_document(document(source, row_values(source), generation))
                written = True
            if written:
                writer.commit()
                writer.wait_merging_threads()
            self._store.write_state(folder, State(cursor, generation if written else state.generation))

    def rebuild(self, documents: Iterable[IndexDocument], cursor: int) -> int:
        with self._store.writing(wait_seconds=60.0):
            folder = self._store.new_folder()
            index = self._store.create(folder)
            writer = index.writer(REBUILD_HEAP_BYTES, 1)
            rows: list[tuple[int, dict | None]] = []
            for source in documents:
                row = row_values(source)
                writer.add_document(document(source, row, 0))
                rows.append((source.pk, row))
            writer.commit()
            writer.wait_merging_threads()
            columns = Columns.empty(LANGUAGES).replaced(rows)
            columns.save(folder / "columns.npz")
            (folder / "columns.json").write_text(json.dumps({"generation": 0}))
            self._store.write_state(folder, State(cursor, 0))
            self._store.publish(folder)
        return len(rows)

    def cursor(self) -> int:
        folder = self._store.current()
        return self._store.state(folder).cursor

    def versions(self) -> Iterator[tuple[int, int]]:
        searcher = self.snapshot().searcher
        addresses = [
            address for _score, address in searcher.search(Query.all_query(), max(1, searcher.num_docs)).hits
        ]
        pks = searcher.fast_field_values("pk", addresses)
        versions = searcher.fast_field_values("version", addresses)
        alive = self.snapshot().columns.row_of
        for pk, version in zip(pks, versions, strict=True):
            if pk < len(alive) and alive[pk] >= 0:
                yield pk, version

    def size(self) -> dict[str, int]:
        snapshot = self.snapshot()
        files = (path for path in chain([snapshot.folder], snapshot.folder.rglob("*")) if path.is_file())
        return {
            "documents": int(snapshot.columns.alive.sum()),
            "bytes": sum(path.stat().st_size for path in files),
        }


def _rows_since(searcher: tantivy.Searcher, generation: int) -> Iterator[tuple[int, dict | None]]:
    """(pk, row values or None when deleted) of what was written after `generation`, in no order; one row a pk."""
    if generation < 0:
        query = Query.all_query()
    else:
        query = Query.range_query(
            schema(), "generation", FieldType.Unsigned, generation, None, include_lower=False
        )
    hits = searcher.search(query, max(1, searcher.num_docs), count=False).hits
    for _score, address in hits:
        stored = searcher.doc(address)
        values = orjson.loads(stored.get_first("row"))
        yield stored.get_first("pk"), values


__all__ = ["EmbeddedEngine", "IndexMissing"]
