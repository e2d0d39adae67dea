"""python -m bench.one_size LISTINGS: the tables of one size, in a process of its own; `bench.search` starts it."""

import argparse
import os
import time
from contextlib import ExitStack

from bench import data, goals, servers
from bench.starting import conditions, own_folder, say, show, start_django
from bench.tables import Goal, Report, milliseconds, p50, p95

WARM_UP = 50
# Beyond this, Wagtail's own search takes seconds for one query.
MOST_FOR_WAGTAIL = 10_000


def add_options(arguments: argparse.ArgumentParser) -> None:
    arguments.add_argument("--seed", type=int, default=1, help="of the listings")
    arguments.add_argument("--queries", type=int, default=300)
    arguments.add_argument("--edits", type=int, default=30)
    arguments.add_argument("--wagtail-queries", type=int, default=60)
    arguments.add_argument(
        "--engines", nargs="+", choices=("embedded", "elasticsearch"), default=["embedded", "elasticsearch"]
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("listings", type=int)
    add_options(arguments)
    chosen = arguments.parse_args()
    with own_folder():
        start_django()
        data.generated(chosen.listings, chosen.seed, say)
        show(
            f"## Search, {chosen.listings:,} generated listings (seed {chosen.seed}), {chosen.queries} queries\n"
        )
        for engine in chosen.engines:
            _measure(engine, chosen)
        show(f"\n{conditions()}\n")


def _measure(name: str, chosen: argparse.Namespace) -> None:
    report = Report()
    with ExitStack() as stack:
        if name == "embedded":
            title = _embedded(report, chosen)
        else:
            try:
                url = servers.elasticsearch_url()
            except servers.Missing as missing:
                say(f"left out: Elasticsearch: {missing}")
                return
            title = _elasticsearch(report, chosen, url, stack.enter_context(servers.own_prefix(url)), stack)
    show(f"### {title}\n\n{report}\n")


def _built(report: Report, engine, promised: goals.Goals) -> None:
    from search import indexing

    say(f"{engine.name}: building the index …")
    started = time.perf_counter()
    count = indexing.rebuild(engine)
    seconds = time.perf_counter() - started
    report.one(
        "index built", f"{seconds:.1f} s", f"{count:,} listings, from the database",
        Goal(most=promised.build_s, unit=" s").verdict(seconds) if promised.build_s else "",
    )  # fmt: skip
    size = engine.size()["bytes"] / 1024**2
    report.one(
        "index on disk", f"{size:.1f} MB", "",
        Goal(most=promised.index_mb, unit=" MB").verdict(size) if promised.index_mb else "",
    )  # fmt: skip


def _searched(report: Report, engine, chosen: argparse.Namespace, promised: goals.Goals) -> list:
    from bench import calls, queries

    say(f"{engine.name}: searching …")
    several = queries.asked(chosen.queries + WARM_UP)
    asked = calls.measure_search(
        report, engine, several[: chosen.queries], several[chosen.queries :], chosen.listings, promised
    )
    calls.measure_typos(report, engine, queries.mistyped(chosen.queries // 2))
    calls.measure_completion(report, engine, queries.typed(chosen.queries), promised)
    return asked


def _embedded(report: Report, chosen: argparse.Namespace) -> str:
    from bench import edits, memory
    from search import engines

    engine, promised = engines.embedded_engine(), goals.of("embedded", chosen.listings)
    _built(report, engine, promised)
    _searched(report, engine, chosen, promised)
    say("embedded: weighing a fresh web process …")
    memory.measure_memory(report, promised.process_mb)
    if chosen.listings <= MOST_FOR_WAGTAIL and chosen.wagtail_queries:
        _wagtail(report, engine, chosen)
    say("embedded: editing …")
    edits.measure_edits(report, engine, chosen.edits, "e")
    return "Embedded engine"


def _elasticsearch(
    report: Report, chosen: argparse.Namespace, url: str, prefix: str, stack: ExitStack
) -> str:
    from bench import bare_server, edits, memory
    from search import engines, indexing
    from search.engines.elasticsearch import Access, ElasticsearchEngine

    # Mistyped words are mended from the embedded index's vocabulary, whichever engine answers.
    if "embedded" not in chosen.engines:
        indexing.rebuild(engines.embedded_engine())
    engine = ElasticsearchEngine(Access(url, prefix=prefix, timeout_seconds=30.0))
    stack.callback(engine.close)
    promised = goals.of("elasticsearch", chosen.listings)
    _built(report, engine, promised)
    asked = _searched(report, engine, chosen, promised)
    say("elasticsearch: beside the bare server …")
    bare_server.measure_over_bare_server(report, engine, url, asked)
    say("elasticsearch: weighing a fresh web process …")
    os.environ["SEARCH_URL"], os.environ["SEARCH_INDEX_PREFIX"] = url, prefix
    try:
        memory.measure_memory(report, promised.process_mb)
    finally:
        del os.environ["SEARCH_URL"], os.environ["SEARCH_INDEX_PREFIX"]
    say("elasticsearch: editing …")
    edits.measure_edits(report, engine, chosen.edits, "s")
    return f"Elasticsearch {engine._client.info()['version']['number']}, one node"


def _wagtail(report: Report, engine, chosen: argparse.Namespace) -> None:
    from bench import calls, queries
    from bench.baselines.listings import texts_of_listings
    from bench.judging import languages
    from bench.wagtail_side import measure

    say("Filling Wagtail's own search with the same texts …")
    measure.make_table()
    seconds = measure.add(measure.row(listing, point) for listing, point in texts_of_listings(languages()))
    report.one("Wagtail's database search: index built", f"{seconds:.2f} s", "texts only")
    several = queries.asked(chosen.wagtail_queries)
    say(f"Asking it {len(several)} of the queries …")
    asked = [(query.words, query.near, query.radius_km) for query in several]
    measure.times(asked[:3])
    theirs = measure.times(asked)
    report.times(
        "Wagtail's database search", theirs, "words and a square; no facets, no filters, no distance"
    )
    texts = [query.query_string() for query in several]
    ours = milliseconds([lambda text=text: calls.whole(text, engine) for text in texts])
    report.one(
        "Wagtail's time over our whole call, the same queries",
        f"{p50(theirs) / p50(ours):.0f} and {p95(theirs) / p95(ours):.0f} times",
        "at p50 and p95; ours with facets, filters and distance",
    )


if __name__ == "__main__":
    main()
