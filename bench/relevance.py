"""python -m bench.relevance [JUDGEMENTS.jsonl]: our engines and what else there is, on the same judged queries.

A fresh demonstration directory is made in a folder of its own. Every system has the same texts and, where it can
express them, the same filters; servers that are missing are named and left out. Prints tables in Markdown.
"""

import argparse
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import data, servers
from bench.starting import conditions, own_folder, say, show, start_django
from bench.tables import Goal, markdown

if TYPE_CHECKING:
    from search.relevance.runner import Report

TITLES = {"ndcg_10": "nDCG@10", "success_3": "success@3", "mrr": "MRR", "recall_50": "recall@50"}
FLOOR_HELD_OUT = {"ndcg_10": Goal(least=0.85), "success_3": Goal(least=0.92)}
FLOOR_LANGUAGE = Goal(least=0.80)
LEAST_SHARED, MOST_APART = Goal(least=80, unit=" %"), Goal(most=0.03)


@dataclass
class System:
    name: str
    how: str
    report: "Report"
    near: "Report | None" = None  # its scores times our factor of distance


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument(
        "judgements", nargs="?", type=Path, default=data.ROOT / "fixtures" / "judgements.jsonl"
    )
    arguments.add_argument("--worst", type=int, default=0, metavar="N", help="also our N worst queries")
    chosen = arguments.parse_args()
    path = chosen.judgements.resolve()
    with own_folder(), ExitStack() as stack:
        start_django()
        data.demonstration(say)
        _tell(path, chosen.worst, stack)


def _tell(path: Path, worst: int, stack: ExitStack) -> None:
    from bench.baselines.listings import Catalogue
    from bench.judging import judged, languages

    judgements = judged(path)
    catalogue = Catalogue(languages())
    ours, agreement = _ours(judgements, stack)
    systems = [*ours, *_baselines(judgements, catalogue, stack), *_wagtail_on_postgres(path, stack)]
    show(f"## Relevance: {len(judgements)} judged queries, {len(catalogue.listings)} listings\n")
    show(f"{conditions()}\n")
    show(_overall(systems))
    for measure, title in TITLES.items():
        show(f"\n### {title} by language, kind and half\n\n{_groups(systems, measure)}")
    show(f"\n### Goals\n\n{_goals(ours[0].report)}")
    if agreement:
        show(f"\n### Our two engines\n\n{agreement}")
    show("\n### How each is set up\n")
    for system in systems:
        show(f"- **{system.name}**: {system.how}.")
    for query in sorted(ours[0].report.queries, key=lambda one: one.ndcg_10)[: max(0, worst)]:
        missed = f"; missed {', '.join(query.missed)}" if query.missed else ""
        show(f"  {query.ndcg_10:.3f}  line {query.line} [{query.lang}, {query.kind}] {query.query}{missed}")
    for identifier, lines in ours[0].report.unknown_ids.items():
        say(f"unknown to the catalogue: {identifier} (line {', '.join(map(str, lines))})")


def _ours(judgements, stack: ExitStack) -> tuple[list[System], str]:
    """Embedded first, then Elasticsearch when it is there; and how far they agree."""
    from bench.judging import of_engine
    from search import engines, indexing

    embedded = engines.embedded_engine()
    indexing.rebuild(embedded)
    started = time.perf_counter()
    report, found = of_engine(judgements, embedded)
    say(f"embedded: {time.perf_counter() - started:.1f} s")
    systems = [System("ours, embedded", "tantivy and NumPy, as `make run` starts it", report)]
    try:
        url = servers.elasticsearch_url()
    except servers.Missing as missing:
        say(f"left out: our engine on Elasticsearch: {missing}")
        return systems, ""
    from search.engines.elasticsearch import Access, ElasticsearchEngine

    prefix = stack.enter_context(servers.own_prefix(url))
    engine = ElasticsearchEngine(Access(url, prefix=prefix, timeout_seconds=30.0))
    stack.callback(engine.close)
    indexing.rebuild(engine)
    theirs, found_there = of_engine(judgements, engine)
    systems.append(System("ours, Elasticsearch", "the same by SEARCH_URL, without the fallback", theirs))
    shares = [
        len(set(found[line][:10]) & set(found_there[line][:10]))
        / max(1, len(found[line][:10]), len(found_there[line][:10]))
        for line in found
        if found[line] or found_there[line]
    ]
    shared = 100 * sum(shares) / max(1, len(shares))
    apart = abs(report.overall.ndcg_10 - theirs.overall.ndcg_10)
    return systems, markdown(
        ("measure", "value", "goal"),
        [
            (
                "first ten that both have, mean over the queries",
                f"{shared:.1f} %",
                LEAST_SHARED.verdict(shared),
            ),
            ("nDCG@10 apart", f"{apart:.4f}", MOST_APART.verdict(apart)),
        ],
        words=(0, 2),
    )


def _baselines(judgements, catalogue, stack: ExitStack) -> Iterable[System]:
    from bench.baselines.elasticsearch_plain import PlainElasticsearch
    from bench.baselines.postgres import PostgresFullText
    from bench.baselines.sqlite_fts import SqliteFullText
    from bench.baselines.wagtail_database import WagtailDatabase
    from bench.judging import of_baseline

    def plain_elasticsearch(fuzzy: bool) -> PlainElasticsearch:
        url = servers.elasticsearch_url()
        return PlainElasticsearch(url, stack.enter_context(servers.own_prefix(url)), fuzzy=fuzzy)

    def postgres() -> PostgresFullText:
        return PostgresFullText(stack.enter_context(servers.own_database(servers.postgres_url())))

    makers = {
        "a plain multi_match on Elasticsearch": lambda: plain_elasticsearch(fuzzy=False),
        "a fuzzy multi_match on Elasticsearch": lambda: plain_elasticsearch(fuzzy=True),
        "PostgreSQL full text": postgres,
        "SQLite FTS5": SqliteFullText,
        "Wagtail's database search on SQLite": WagtailDatabase,
    }
    for what, make in makers.items():
        try:
            baseline = make()
        except servers.Missing as missing:
            say(f"left out: {what}: {missing}")
            continue
        stack.callback(baseline.close)
        started = time.perf_counter()
        baseline.fill(catalogue.listings)
        report = of_baseline(judgements, baseline, catalogue, near=False)
        near = of_baseline(judgements, baseline, catalogue, near=True) if baseline.scores else None
        say(f"{baseline.name}: {time.perf_counter() - started:.1f} s")
        yield System(baseline.name, baseline.how, report, near)


def _wagtail_on_postgres(path: Path, stack: ExitStack) -> Iterable[System]:
    from bench.baselines.wagtail_postgres import measured
    from bench.judging import from_json

    try:
        url = servers.postgres_url()
    except servers.Missing as missing:
        say(f"left out: Wagtail's database search on PostgreSQL: {missing}")
        return
    found = measured(stack.enter_context(servers.own_database(url)), path)
    yield System(found["name"], found["how"], from_json(found["report"]))


def _overall(systems: list[System]) -> str:
    rows = [
        (
            system.name,
            *(f"{getattr(system.report.overall, measure):.3f}" for measure in TITLES),
            f"{system.near.overall.ndcg_10:.3f}" if system.near else "",
        )
        for system in systems
    ]
    return markdown(("system", *TITLES.values(), "nDCG@10 with our factor of distance"), rows)


def _groups(systems: list[System], measure: str) -> str:
    """Rows: languages, kinds, halves, all; columns: systems."""
    rows = []
    first = systems[0].report
    for group in ("languages", "kinds", "hold_out"):
        for name, score in getattr(first, group).items():
            values = [getattr(getattr(system.report, group)[name], measure) for system in systems]
            rows.append((name, str(score.queries), *(f"{value:.3f}" for value in values)))
    overall = [f"{getattr(system.report.overall, measure):.3f}" for system in systems]
    rows.append(("all", str(first.overall.queries), *overall))
    return markdown(("", "queries", *(system.name for system in systems)), rows)


def _goals(report: "Report") -> str:
    rows = []
    held_out = report.hold_out.get("held out")
    if held_out:
        for measure, goal in FLOOR_HELD_OUT.items():
            value = getattr(held_out, measure)
            rows.append((f"held out, {TITLES[measure]}", f"{value:.3f}", goal.verdict(value)))
    for language, score in report.languages.items():
        value = score.ndcg_10
        rows.append((f"{language}, nDCG@10, both halves", f"{value:.3f}", FLOOR_LANGUAGE.verdict(value)))
    return markdown(("measure", "value", "goal"), rows, words=(0, 2))


if __name__ == "__main__":
    main()
