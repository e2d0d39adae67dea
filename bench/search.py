"""python -m bench.search [--listings 10000]: speed and memory of the search, beside Wagtail's own on the same data.

Prints a table in Markdown. The numbers of one run belong together; those of two machines, or two busy hours, do not.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import data

WARM_UP = 30


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--listings", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--queries", type=int, default=300)
    arguments.add_argument("--edits", type=int, default=30)
    arguments.add_argument("--wagtail-queries", type=int, default=60)
    chosen = arguments.parse_args()
    cached = data.cached(chosen.listings, chosen.seed)
    with tempfile.TemporaryDirectory(prefix="directory-bench-") as folder:
        os.environ["DIRECTORY_VAR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("SEARCH_URL", None)
        (Path(folder) / "static").mkdir()
        if cached.exists():
            shutil.copyfile(cached, Path(folder) / "directory.sqlite3")
        import django

        django.setup()
        if not cached.exists():
            _say(f"Making {chosen.listings:,} listings, once ({cached.name}) …")
            data.make(chosen.listings, chosen.seed, cached, _say)
        _report(chosen)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _timed(calls: Sequence[Callable[[], object]]) -> list[float]:
    """Milliseconds of each call."""
    taken = []
    for call in calls:
        started = time.perf_counter()
        call()
        taken.append((time.perf_counter() - started) * 1000)
    return taken


class Table:
    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str]] = []

    def times(self, what: str, taken: Sequence[float], note: str = "") -> tuple[float, float]:
        """p50 and p95, in milliseconds."""
        middle, high = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
        self.rows.append((what, f"{middle:.2f} ms", f"{high:.2f} ms", note))
        return middle, high

    def one(self, what: str, value: str, note: str = "") -> None:
        self.rows.append((what, value, "", note))

    def __str__(self) -> str:
        lines = ["| measure | p50 / value | p95 | note |", "|---|--:|--:|---|"]
        return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in self.rows)])


def _report(chosen: argparse.Namespace) -> None:
    from bench.queries import asked
    from search import engines, indexing
    from search.engines.embedded import EmbeddedEngine

    table, engine = Table(), engines.main()
    assert isinstance(engine, EmbeddedEngine)  # noqa: S101
    _say("Building the index …")
    started = time.perf_counter()
    count = indexing.rebuild(engine)
    table.one(
        "index built", f"{time.perf_counter() - started:.2f} s", f"{count:,} listings, from the database"
    )
    table.one("index size", f"{engine.size()['bytes'] / 1024**2:.1f} MB")
    queries = asked(chosen.queries)
    ours = _measure_search(table, engine, queries)
    _measure_suggest(table)
    _measure_edits(table, engine, chosen.edits)
    _measure_memory(table)
    _measure_wagtail(table, queries, chosen.wagtail_queries, ours)
    print(_head(chosen, count))  # noqa: T201
    print(table)  # noqa: T201


def _head(chosen: argparse.Namespace, count: int) -> str:
    names = ("Django", "wagtail", "tantivy", "numpy", "modelsearch")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"## Search, {count:,} generated listings (seed {chosen.seed})\n\n"
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {os.cpu_count()} cores, {platform.machine()} · "
        f"Python {platform.python_version()}, {versions} · {chosen.queries} queries\n"
    )


def _measure_search(table: Table, engine, queries) -> dict[int, float]:
    """The engine's own time of each query (by its place), for the ratio."""
    from django.conf import settings
    from django.test import Client

    from search import finder, vocabulary
    from search.request import local_now, parse

    _say(f"Searching {len(queries)} times …")
    languages = [code for code, _name in settings.LANGUAGES]

    def request(query):
        return parse(
            query.parameters(),
            vocabulary=vocabulary.current(),
            languages=languages,
            default_language=languages[0],
            now=local_now(),
        )

    # What the finder asks of the engine is what is measured: places, filters and facets included.
    asked_of_engine = []

    class Recorder:
        """The engine, but it remembers what it was asked."""

        def search(self, query):
            asked_of_engine.append(query)
            return engine.search(query)

        def __getattr__(self, name):
            return getattr(engine, name)

    for query in queries:
        finder.find(request(query), engine=Recorder())
    totals = [engine.search(query).total for query in asked_of_engine]
    taken = _timed([lambda query=query: engine.search(query) for query in asked_of_engine])
    table.times(
        "engine call: words, filters, circle, facets, cards",
        taken,
        f"median of {statistics.median(totals):.0f} hits; {sum(total == 0 for total in totals)} queries without",
    )
    table.times(
        "finder: parameters to results",
        _timed([lambda query=query: finder.find(request(query)) for query in queries]),
    )
    client = Client()
    for query in queries[:WARM_UP]:
        client.get("/api/v1/search", query.parameters())
    table.times(
        "API answer, in process",
        _timed([lambda query=query: client.get("/api/v1/search", query.parameters()) for query in queries]),
    )
    return dict(enumerate(taken))


def _measure_suggest(table: Table) -> None:
    from search import finder

    typed = [
        text[:length]
        for text in ("épicerie", "maison médicale", "voedsel", "santé", "schaer", "cpas")
        for length in range(2, 9)
    ]
    for text in typed:
        finder.suggest(text, "fr")
    table.times("completion", _timed([lambda text=text: finder.suggest(text, "fr") for text in typed]))


def _measure_edits(table: Table, engine, edits: int) -> None:
    """A saved name is searched until it is found: save, change log, commit, index and reload."""
    from search import engines
    from search.engine import EngineQuery
    from search.query.reading import query_words
    from services.models import Service

    _say(f"Editing {edits} times …")
    visible, saved = [], []
    services = Service.objects.filter(live=True, lifecycle="published", visibility="public").order_by("pk")[
        :edits
    ]
    for number, service in enumerate(services):
        name = f"zqx{number}vw"
        service.name_fr = name
        started = time.perf_counter()
        service.save()
        saved.append((time.perf_counter() - started) * 1000)
        found = engines.main().search(EngineQuery(words=query_words(name), today=740_000))
        visible.append((time.perf_counter() - started) * 1000)
        if [hit.pk for hit in found.hits] != [service.pk]:
            raise SystemExit(f"an edit is not visible: {name}")
    table.times("edit: save to commit and index", saved)
    table.times("edit: save to visible in a search", visible)


def _measure_memory(table: Table) -> None:
    _say("Weighing a fresh web process …")
    answer = subprocess.run(
        [sys.executable, "-m", "bench.memory"], check=True, capture_output=True, text=True, cwd=data.ROOT
    )
    weights = json.loads(answer.stdout)
    table.one("web process, started", f"{weights['started_mb']:.0f} MB", "resident set")
    table.one("web process, after one search", f"{weights['first_search_mb']:.0f} MB", "resident set")
    table.one(
        "web process, after 100 searches",
        f"{weights['hundred_searches_mb']:.0f} MB",
        f"resident set; {weights['unique_mb']:.0f} MB its own",
    )


def _measure_wagtail(table: Table, queries, count: int, ours: dict[int, float]) -> None:
    from bench.wagtail_side import measure

    _say("Filling Wagtail's own search with the same texts …")
    table.one("Wagtail's database search: index built", f"{measure.build():.2f} s", "texts only")
    chosen = [number for number, query in enumerate(queries) if query.words][:count]
    _say(f"Asking it {len(chosen)} of the queries …")
    asked = [(queries[number].words, queries[number].near, queries[number].radius_km) for number in chosen]
    measure.times(asked[:3])
    taken = measure.times(asked)
    middle, high = table.times(
        "Wagtail's database search: words and square",
        taken,
        f"{len(chosen)} of the queries; no facets, no filters, no blend",
    )
    same = [ours[number] for number in chosen]
    our_middle, our_high = statistics.median(same), statistics.quantiles(same, n=20)[-1]
    table.one(
        "ratio, the same queries",
        f"{middle / our_middle:.0f} times",
        f"p95: {high / our_high:.0f} times; ours does all that the first line says",
    )


if __name__ == "__main__":
    main()
