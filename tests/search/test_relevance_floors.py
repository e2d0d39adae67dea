"""The floors under the answers: what the search may never again be worse than, on queries nobody tuned it to."""

from pathlib import Path

import pytest
from django.conf import settings

from search import engines, finder, vocabulary
from search.relevance.judgements import JUDGED_AT, Judgement, read
from search.relevance.runner import Score, evaluate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]

KINDS = {"name", "acronym", "need", "lay", "typo", "place"}


@pytest.fixture
def judgements() -> list[Judgement]:
    with (Path(settings.BASE_DIR) / "fixtures" / "judgements.jsonl").open(encoding="utf-8") as lines:
        found = read(
            lines, vocabulary=vocabulary.current(), languages=[code for code, _name in settings.LANGUAGES]
        )
    assert not found.refused
    return found.taken


def search(judgement: Judgement) -> list[str]:
    found = finder.find(judgement.request, strict=False, engine=engines.embedded_engine(), now=JUDGED_AT)
    return [hit.uuid for hit in found.result.hits]


def floor(score: Score, ndcg: float, success: float = 0.0) -> None:
    assert score.ndcg_10 >= ndcg, score
    assert score.success_3 >= success, score


def test_there_are_enough_judgements_of_every_kind_and_half_are_held_out(judgements):
    assert len(judgements) >= 200
    assert {judgement.kind for judgement in judgements} == KINDS
    held_out = sum(judgement.hold_out for judgement in judgements)
    assert 0.45 <= held_out / len(judgements) <= 0.55
    for lang in ("fr", "nl", "en"):
        assert {judgement.kind for judgement in judgements if judgement.lang == lang} == KINDS


def test_the_answers_to_held_out_queries_stay_above_the_floor(judgements):
    report = evaluate([judgement for judgement in judgements if judgement.hold_out], search)
    assert not report.unknown_ids
    floor(report.overall, 0.85, 0.92)
    for score in report.languages.values():
        floor(score, 0.80)


def test_no_language_falls_behind_on_all_queries(judgements):
    for score in evaluate(judgements, search).languages.values():
        floor(score, 0.80)
