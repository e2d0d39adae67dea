"""The judged queries through an engine of ours or a baseline; needs Django."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings

from bench.baselines import Baseline
from bench.baselines.listings import Catalogue
from bench.starting import say
from search import finder, vocabulary
from search.engine import Engine
from search.relevance.judgements import JUDGED_AT, Judgement, read
from search.relevance.runner import QueryScore, Report, Score, evaluate

GROUPS = ("languages", "kinds", "hold_out")


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


def judged(path: Path) -> list[Judgement]:
    """Says which lines are refused; raises SystemExit when one is: a table over fewer queries would mislead."""
    found = read(
        path.read_text(encoding="utf-8").splitlines(), vocabulary=vocabulary.current(), languages=languages()
    )
    for line, reason in found.refused:
        say(f"refused: {path.name}, line {line}: {reason}")
    if found.refused or not found.taken:
        raise SystemExit(f"{path}: every line has to be a judgement")
    return found.taken


def of_engine(judgements: Sequence[Judgement], engine: Engine) -> tuple[Report, dict[int, list[str]]]:
    """The report, and what was found by line. Raises SystemExit when another engine answered for this one."""
    found: dict[int, list[str]] = {}

    def search(judgement: Judgement) -> list[str]:
        answer = finder.find(judgement.request, strict=False, engine=engine, now=JUDGED_AT)
        if answer.degraded:
            raise SystemExit(f"{engine.name} did not answer line {judgement.line}: no numbers without it")
        found[judgement.line] = [hit.uuid for hit in answer.result.hits]
        return found[judgement.line]

    return evaluate(judgements, search), found


def of_baseline(
    judgements: Sequence[Judgement], baseline: Baseline, catalogue: Catalogue, *, near: bool
) -> Report:
    def search(judgement: Judgement) -> list[str]:
        tiers = baseline.ranked(judgement.query, judgement.lang)
        return catalogue.uuids(tiers, judgement.request, near=near)

    return evaluate(judgements, search)


def from_json(values: Mapping) -> Report:
    """What Report.as_json gave."""
    groups = {group: {name: Score(**score) for name, score in values[group].items()} for group in GROUPS}
    return Report(
        overall=Score(**values["overall"]),
        queries=[QueryScore(**query) for query in values["queries"]],
        unknown_ids=values["unknown_ids"],
        **groups,
    )


def measures() -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(Score) if field.name != "queries")
