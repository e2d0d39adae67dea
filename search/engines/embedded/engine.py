"""The embedded engine: reads through snapshots that never change, writes under one lock."""

import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import orjson
import tantivy
from tantivy import FieldType, Query

from search.engine import (
    Completion,
    EngineHit,
    EngineQuery,
    EngineResult,
    IndexDocument,
    IndexMissing,
)
from search.query.spelling import Speller

from . import completion, ranking
from .cards import Packer
from .clauses import Clauses
from .collecting import Collector
from .columns import Columns, Masks
from .facets import Chosen, FacetCounts
from .lexicon import Lexicon, speller_of
from .matching import Matcher
from .opening import OpenNow
from .postings import Postings
from .schema import LANGUAGES, document, row_values, schema, stored_document, tombstone
from .spots import Spots
from .store import State, Store
from .text import Plans

WRITER_HEAP_BYTES = 32_000_000
REBUILD_HEAP_BYTES = 96_000_000
# Rows that were replaced since they were read; with more, everything is read anew, which leaves none of those.
WASTED_SHARE = 0.3
TAUGHT_BY = 24  # cards that the dictionary is made of
SPELLER_SECONDS = 60.0
SPELLER_SHARE = 300  # the words of edits wait until as many times what reading takes has passed
REMEMBERED_CARDS = 5000  # half a kB each


@dataclass(frozen=True)
class Snapshot:
    """Index, columns and what was remembered about them, as of one generation."""

    folder: Path
    state: State
    index: tantivy.Index
    searcher: tantivy.Searcher
    columns: Columns
    postings: Postings
    packer: Packer
    clauses: Clauses
    masks: Masks
    plans: Plans
    matcher: Matcher
    opening: OpenNow
    facets: FacetCounts
    spots: Spots
    standing: dict[int, np.ndarray] = field(default_factory=dict)  # by day
    cards: dict[int, bytes] = field(default_factory=dict)


class EmbeddedEngine:
    name = "embedded"

    def __init__(self, root: Path) -> None:
        self._store = Store(root)
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._stamp: tuple | None = None
        self._speller: tuple[float, tuple[Path, int], Speller] | None = None  # (until, of what, it)

    # Reading -----------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """The newest state of the index. Raises IndexMissing."""
        stamp, snapshot = self._store.stamp(), self._snapshot
        if snapshot is None or stamp != self._stamp:
            with self._lock:
                snapshot = self._snapshot
                if snapshot is None or stamp != self._stamp:
                    snapshot = self._snapshot = self._read(snapshot)
                    self._stamp = stamp
        return snapshot

    def forget(self) -> None:
        """Read everything anew at the next question."""
        with self._lock:
            self._snapshot = self._stamp = None

    def _read(self, old: Snapshot | None) -> Snapshot:
        folder = self._store.current()
        state = self._store.state(folder)
        if old is not None and (old.folder != folder or _wasted(old) > WASTED_SHARE):
            old = None
        if old is not None:
            index, columns, seen = old.index, old.columns, old.state.generation
            postings, packer = old.postings, old.packer
        else:
            index, seen = self._store.open(folder), 0
            columns, postings, packer = _stored(folder)
        index.config_reader("manual")
        index.reload()
        searcher = index.searcher()
        changed = list(_rows_since(searcher, seen))
        if changed:
            columns = columns.replaced(changed)
        clauses, masks = Clauses(postings, searcher, columns), Masks(columns)
        plans = Plans(clauses)
        return Snapshot(
            folder=folder,
            state=state,
            index=index,
            searcher=searcher,
            columns=columns,
            postings=postings,
            packer=packer,
            clauses=clauses,
            masks=masks,
            plans=plans,
            matcher=Matcher(clauses, columns, masks, plans),
            opening=OpenNow(columns, old.opening if old else None),
            facets=FacetCounts(columns, old.facets if old else None),
            spots=Spots(columns, old.spots if old else None),
        )

    def search(self, query: EngineQuery) -> EngineResult:
        snapshot = self.snapshot()
        columns = snapshot.columns
        matched = snapshot.matcher.matched(query)
        base = self._eligible(snapshot, query, matched.mask)
        if query.near is not None and query.radius_m is not None:
            rows = np.flatnonzero(base)
            beyond = snapshot.spots.nearest(rows, *query.near).metres > query.radius_m
            base[rows[beyond]] = False
        keep = {
            facet: self._facet_mask(snapshot, facet, codes) for facet, codes in query.filters.items() if codes
        }
        chosen = Chosen(np.logical_and.reduce([base, *keep.values()]))
        facets = {facet: self._count(snapshot, facet, base, keep, chosen) for facet in query.facets}
        rows = chosen.rows
        metres = point = None
        if query.near is not None:
            distances = snapshot.spots.nearest(rows, *query.near)
            metres, point = distances.metres, distances.point
        text = matched.scores(rows)
        place = ranking.place_factor(query, columns, snapshot.masks, rows, metres)
        trust = ranking.trust_factor(query, snapshot.masks, rows, self._standing(snapshot, query.today))
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
        return EngineResult(total=len(rows), hits=hits, facets=facets, all_words=matched.all_words)

    def _eligible(self, snapshot: Snapshot, query: EngineQuery, matched: np.ndarray) -> np.ndarray:
        """Which of these rows this reader may get at all: visibility, age, opening. A new mask."""
        columns, keep = snapshot.columns, matched.copy()
        if not query.professional:
            keep &= ~columns.flags["professional"]
        if query.age is not None:
            keep &= (columns.minimum_age <= query.age) & (query.age <= columns.maximum_age)
        if moments := query.moments():
            keep &= np.logical_or.reduce([snapshot.opening.rows_open_at(moment) for moment in moments])
        return keep

    @staticmethod
    def _standing(snapshot: Snapshot, today: int) -> np.ndarray:
        found = snapshot.standing.get(today)
        if found is None:
            snapshot.standing.clear()  # yesterday is not asked for again
            found = snapshot.standing[today] = ranking.standing(snapshot.columns, today)
        return found

    @staticmethod
    def _facet_mask(snapshot: Snapshot, facet: str, codes: Iterable[str]) -> np.ndarray:
        mask = snapshot.masks.with_any(facet, codes)
        if facet == "audience":  # only an exclusive audience keeps others out
            mask = mask | snapshot.columns.flags["audience_open"]
        return mask

    @staticmethod
    def _count(
        snapshot: Snapshot, facet: str, base: np.ndarray, keep: dict[str, np.ndarray], chosen: Chosen
    ) -> dict[str, int]:
        """Listings by code with every other facet's filter applied."""
        if facet in keep:
            others = [kept for other, kept in keep.items() if other != facet]
            chosen = Chosen(np.logical_and.reduce([base, *others]))
        return snapshot.facets.count("named" if facet == "audience" else facet, chosen)

    @staticmethod
    def _cards(snapshot: Snapshot, pks: list[int]) -> dict[int, dict]:
        """The cards of these listings. Those shown lately are remembered, for callers ask alike; as they are kept, for
        the garbage collector would go through their hundred thousands of values again and again."""
        kept = {pk: card for pk in pks if (card := snapshot.cards.get(pk)) is not None}
        missing = [str(pk) for pk in pks if pk not in kept]
        if missing:
            if len(snapshot.cards) > REMEMBERED_CARDS:
                snapshot.cards.clear()
            wanted = Query.term_set_query(schema(), "key", missing)
            for _score, address in snapshot.searcher.search(wanted, len(missing), count=False).hits:
                stored = snapshot.searcher.doc(address)
                pk = stored.get_first("pk")
                kept[pk] = snapshot.cards[pk] = stored.get_first("card")
        cards = {pk: snapshot.packer.card(card) for pk, card in kept.items()}
        return {pk: card for pk, card in cards.items() if card is not None}

    def complete(self, words: list[str], prefix: str, language: str, limit: int) -> list[Completion]:
        snapshot = self.snapshot()
        cards = partial(self._cards, snapshot)
        return completion.complete(snapshot.clauses, snapshot.columns, cards, words, prefix, language, limit)

    def lexicon(self) -> Lexicon:
        """The index's words; its speller may be some minutes older than the index. Raises IndexMissing."""
        snapshot = self.snapshot()
        speller = self._current_speller(snapshot)
        cards = partial(self._cards, snapshot)
        return Lexicon(snapshot.clauses, snapshot.columns, cards, snapshot.plans, speller)

    def _current_speller(self, snapshot: Snapshot) -> Speller:
        """Reading the vocabulary anew takes a second at 100,000 listings, so it is done seldom, and never for nothing."""
        read_from, made = (snapshot.folder, snapshot.state.generation), self._speller
        if made is not None and made[1] != read_from and time.monotonic() < made[0]:
            return made[2]
        if made is None or made[1] != read_from:
            started = time.monotonic()
            speller = speller_of(snapshot.clauses)
            took = time.monotonic() - started
            made = self._speller = (started + max(SPELLER_SECONDS, SPELLER_SHARE * took), read_from, speller)
        return made[2]

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
                writer.add_document(
                    document(source, row_values(source), Packer.plain(source.card), generation)
                )
                written = True
            if written:
                writer.commit()
            # Before the merging, which takes ten times as long: readers have the edit from here on.
            self._store.write_state(folder, State(cursor, generation if written else state.generation))
            if written:
                writer.wait_merging_threads()

    def rebuild(self, documents: Iterable[IndexDocument], cursor: int) -> int:
        with self._store.writing(wait_seconds=60.0):
            folder = self._store.new_folder()
            index = self._store.create(folder)
            writer = index.writer(REBUILD_HEAP_BYTES, 1)
            rows: list[tuple[int, dict | None]] = []
            first = list(islice(documents := iter(documents), TAUGHT_BY))
            packer, collector = Packer.taught_by(source.card for source in first), Collector()
            for source in chain(first, documents):
                writer.add_document(stored_document(source, packer.packed(source.card)))
                collector.add(source)
                rows.append((source.pk, row_values(source)))
            writer.commit()
            writer.wait_merging_threads()
            packer.save(folder / "cards.dictionary")
            collector.save(folder / "postings")
            Columns.empty(LANGUAGES).replaced(rows).save(folder / "columns.npz")
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


def _stored(folder: Path) -> tuple[Columns, Postings, Packer]:
    """What the rebuild wrote beside tantivy's files. Raises IndexMissing when it is damaged."""
    try:
        return (
            Columns.load(folder / "columns.npz"),
            Postings(folder / "postings"),
            Packer.load(folder / "cards.dictionary"),
        )
    except (OSError, ValueError, TypeError, LookupError, EOFError, BadZipFile, zlib.error) as error:
        raise IndexMissing(f"the search index is damaged ({error}): run `manage.py search_rebuild`") from None


def _wasted(snapshot: Snapshot) -> float:
    """Share of the rows that were appended since the rebuild and are dead again."""
    appended = snapshot.columns.alive[snapshot.postings.documents :]
    return float(np.count_nonzero(~appended)) / max(1, len(snapshot.columns))


def _rows_since(searcher: tantivy.Searcher, generation: int) -> Iterator[tuple[int, dict | None]]:
    """(pk, row values or None when deleted) of what was written after `generation`, in no order; one row a pk."""
    query = Query.range_query(
        schema(), "generation", FieldType.Unsigned, generation, None, include_lower=False
    )
    hits = searcher.search(query, max(1, searcher.num_docs), count=False).hits
    for _score, address in hits:
        stored = searcher.doc(address)
        values = orjson.loads(stored.get_first("row"))
        yield stored.get_first("pk"), values


__all__ = ["EmbeddedEngine", "IndexMissing"]
