"""The Elasticsearch engine: asks, reads hits, writes the change log's edits, rebuilds by alias swap."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

import numpy as np
from elasticsearch import NotFoundError

from geo.shapes import haversine_m
from search.engine import (
    Completion,
    EngineError,
    EngineHit,
    EngineQuery,
    EngineResult,
    EngineUnavailable,
    IndexBusy,
    IndexDocument,
    IndexMissing,
)
from search.engines.completing import CANDIDATES, FIELDS, ranked
from search.weights import WEIGHTS

from . import queries, text
from .client import NOT_FOUND, TOO_MANY_REQUESTS, Access, check_written, connect, index_missing, speaking
from .indexes import Indexes
from .schema import LANGUAGES, body, exact_field

WRITE_SECONDS = 60.0
BATCH = 500  # documents sent at once, about 3 MB
PAGE = 5000  # versions read at once
LISTINGS = {"exists": {"field": "pk"}}  # all but the state
Answer = TypeVar("Answer")


class ElasticsearchEngine:
    name = "elasticsearch"

    def __init__(self, access: Access) -> None:
        """Connects at the first question. Raises ValueError naming the setting that is wrong."""
        self._client = connect(access)
        self._writer = self._client.options(request_timeout=WRITE_SECONDS)
        self._indexes = Indexes(self._client, access.prefix, access.replicas)
        self._rarities = text.Rarities(self._word_counts)

    def close(self) -> None:
        self._client.close()

    # Reading -----------------------------------------------------------------------------------------------------

    def search(self, query: EngineQuery) -> EngineResult:
        units = query.units()
        if not units:
            return self._result(query, self._asked(queries.body(query, None, None)))
        rarities = self._rarities.of(text.asked_about(units))
        asked = text.asked(units, query.language, rarities)
        if not asked.known:
            return EngineResult(0, [], {facet: {} for facet in query.facets}, all_words=False)
        names = text.in_name(query.words, query.language) if query.words else None
        having_all, result = 0, None
        if asked.all_known and not query.story:
            result = self._result(query, self._asked(queries.body(query, asked.every(), names)))
            having_all = result.total
            if asked.will_do(having_all, story=False) is None:
                return result
        if asked.all_known:
            having_all = self._count(asked.every())  # filtered out or not
        will_do = asked.will_do(having_all, story=query.story)
        if will_do is not None or result is None:
            wanted = asked.some(will_do) if will_do is not None else asked.every()
            result = self._result(query, self._asked(queries.body(query, wanted, names)))
        result.all_words = having_all > 0
        return result

    def _asked(self, search: dict) -> dict:
        return self._reading(
            lambda: (
                self._client.search(
                    index=self._indexes.alias, body=search, allow_partial_search_results=False
                ).body
            )
        )

    @staticmethod
    def _reading(ask: Callable[[], Answer]) -> Answer:
        """Ask once more when the index went away between looking up its alias and reading it: a rebuild swapped it."""
        with speaking():
            try:
                return ask()
            except (NotFoundError, IndexMissing):
                return ask()

    def _count(self, words: dict) -> int:
        """How many listings match, whatever their filters; counted no further than it takes to be many."""
        most = WEIGHTS.few
        found = self._asked({"query": words, "size": 0, "terminate_after": most, "track_total_hits": most})
        return found["hits"]["total"]["value"]

    def _word_counts(self, aggregations: dict) -> tuple[int, dict[str, int]]:
        answer = self._asked({"query": LISTINGS, "size": 0, "track_total_hits": True, "aggs": aggregations})
        buckets = answer["aggregations"]["words"]["buckets"]
        return answer["hits"]["total"]["value"], {
            name: bucket["doc_count"] for name, bucket in buckets.items()
        }

    @staticmethod
    def _result(query: EngineQuery, answer: dict) -> EngineResult:
        return EngineResult(
            total=answer["hits"]["total"]["value"],
            hits=[_hit(query, found) for found in answer["hits"]["hits"]],
            facets={
                facet: {
                    bucket["key"]: bucket["doc_count"]
                    for bucket in answer["aggregations"][facet]["codes"]["buckets"]
                }
                for facet in query.facets
            },
        )

    def complete(self, words: list[str], prefix: str, language: str, limit: int) -> list[Completion]:
        sorted_by = language if language in LANGUAGES else LANGUAGES[0]
        searches: list[dict] = []
        for field, kind in FIELDS:
            search = queries.completion_body(
                exact_field(field),
                [text.askable(word) for word in words],
                text.askable(prefix),
                sorted_by,
                CANDIDATES,
            )
            if kind == "organization":  # one of its services stands for it
                search["collapse"] = {"field": "organization_key"}
            searches += [{}, search]
        answers = self._reading(
            lambda: _answers(self._client.msearch(index=self._indexes.alias, searches=searches).body)
        )
        cards = (
            (field, kind, found["_source"]["card"])
            for (field, kind), answer in zip(FIELDS, answers, strict=True)
            for found in answer["hits"]["hits"]
        )
        return ranked(cards, words, prefix, language, limit)

    # Writing -----------------------------------------------------------------------------------------------------

    def apply(self, documents: Iterable[IndexDocument], deleted: Iterable[int], cursor: int) -> None:
        current = self._indexes.to_write()
        if cursor < current.cursor:  # another follower was quicker: these may be older than what it wrote
            return
        try:
            self._applied(documents, deleted, cursor)
        except IndexMissing:
            if self._indexes.current().index != current.index:
                raise IndexBusy("the search index was just replaced by a new one") from None
            raise
        # Last: a kill before this means that the same changes are applied again, which is harmless.
        self._indexes.set_cursor(current, cursor)

    def _applied(self, documents: Iterable[IndexDocument], deleted: Iterable[int], cursor: int) -> None:
        """Write, and make what was written visible."""
        gone = (
            [{"delete": {"_id": str(pk), "version": cursor, "version_type": "external_gte"}}]
            for pk in deleted
        )
        written = self._write(self._indexes.alias, gone) + self._write(
            self._indexes.alias, map(_operations, documents)
        )
        if written:
            with speaking():
                self._writer.indices.refresh(index=self._indexes.alias)
            self._rarities.forget()

    def rebuild(self, documents: Iterable[IndexDocument], cursor: int) -> int:
        name, building = self._indexes.create()
        try:
            count = self._write(building, map(_operations, documents))
            self._indexes.publish(name, building, cursor)
        except BaseException:
            self._discard(name)
            raise
        self._rarities.forget()
        return count

    def _discard(self, name: str) -> None:
        try:
            self._indexes.discard(name)
        except EngineError:  # what stopped the rebuild is told instead; the next one drops it
            pass

    def _write(self, index: str, entries: Iterable[list[dict]]) -> int:
        """Send entries of one or two lines; returns how many. A newer version that is already there stays."""
        count = 0
        remaining = iter(entries)
        while batch := list(islice(remaining, BATCH)):
            with speaking():
                answer = self._writer.bulk(
                    index=index,
                    operations=[line for entry in batch for line in entry],
                    require_alias=True,
                    filter_path="errors,items.*.status,items.*.error.type",
                ).body
            check_written(answer)
            count += len(batch)
        return count

    def cursor(self) -> int:
        return self._indexes.current().cursor

    def versions(self) -> Iterator[tuple[int, int]]:
        with speaking():
            pit = self._writer.open_point_in_time(index=self._indexes.alias, keep_alive="1m")["id"]
        try:
            after: dict = {}
            while True:
                with speaking():
                    answer = self._writer.search(
                        pit={"id": pit, "keep_alive": "1m"},
                        query=LISTINGS,
                        sort=[{"pk": "asc"}],
                        size=PAGE,
                        source=False,
                        version=True,
                        track_total_hits=False,
                        allow_partial_search_results=False,
                        **after,
                    ).body
                hits = answer["hits"]["hits"]
                for found in hits:
                    yield found["sort"][0], found["_version"]
                if len(hits) < PAGE:
                    return
                after = {"search_after": hits[-1]["sort"]}
        finally:
            with speaking():
                self._writer.close_point_in_time(id=pit)

    def size(self) -> dict[str, int]:
        with speaking():
            documents = self._writer.count(index=self._indexes.alias, query=LISTINGS)["count"]
            stats = self._writer.indices.stats(index=self._indexes.alias, metric="store")
        return {"documents": documents, "bytes": stats["_all"]["total"]["store"]["size_in_bytes"]}


def _operations(source: IndexDocument) -> list[dict]:
    return [
        {"index": {"_id": str(source.pk), "version": source.version, "version_type": "external_gte"}},
        body(source),
    ]


def _answers(answer: dict) -> list[dict]:
    """The answers of a multi-search. Raises EngineError when one has none."""
    for one in answer["responses"]:
        if one["status"] == NOT_FOUND:
            raise index_missing()
        if "error" in one:
            if one["status"] >= 500 or one["status"] == TOO_MANY_REQUESTS:
                raise EngineUnavailable("the search server has no answer now")
            raise EngineError("the search server refused the request")
    return answer["responses"]


def _hit(query: EngineQuery, found: dict) -> EngineHit:
    shown = found["_source"]
    place, trust = found["fields"]["factors"][0]
    metres = point = None
    if query.near is not None and shown["places"]:
        lats, lons = zip(*shown["places"], strict=True)
        distances = haversine_m(*query.near, lats, lons)
        point = int(np.argmin(distances))
        metres = float(distances[point])
    return EngineHit(
        pk=int(found["_id"]),
        uuid=shown["uuid"],
        score=found["_score"] * place * trust,
        parts={"text": found["_score"], "place": place, "trust": trust},
        distance_m=metres,
        point=point,
        card=shown["card"],
    )
