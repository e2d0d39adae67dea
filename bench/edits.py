"""An edit until it is found: save, change log, commit, index, reload; one after another."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.tables import Report
from search import indexing
from search.engine import Engine, EngineQuery
from search.query.reading import query_words
from services import changes
from services.models import Service


@contextmanager
def _followed_by_hand() -> Iterator[None]:
    changes.committed.disconnect(dispatch_uid="search_follow")
    try:
        yield
    finally:
        indexing.connect()


def measure_edits(report: Report, engine: Engine, edits: int, mark: str) -> None:
    """`mark`: letters that make the new names unlike those of other runs on this database."""
    visible, saved = [], []
    services = Service.objects.filter(live=True, lifecycle="published", visibility="public").order_by("pk")
    with _followed_by_hand():
        for number, service in enumerate(services[:edits]):
            name = f"zq{mark}{number}vw"
            service.name_fr = name
            started = time.perf_counter()
            service.save()
            saved.append((time.perf_counter() - started) * 1000)
            indexing.follow(engine)
            found = engine.search(EngineQuery(words=query_words(name), today=740_000))
            visible.append((time.perf_counter() - started) * 1000)
            if [hit.pk for hit in found.hits] != [service.pk]:
                raise SystemExit(f"an edit is not visible: {name}")
    report.times("edit: row, change log and commit", saved)
    report.times("edit: until a search finds it", visible, f"{edits} edits, one after another")
