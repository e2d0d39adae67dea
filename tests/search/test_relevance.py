"""Judgement files and the runner: wrong lines, unknown ids, means; and the repository's own judgements."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from search.relevance.judgements import read
from search.relevance.runner import evaluate, listings_of
from search.vocabulary import Vocabulary
from services.models import ExternalIdentifier
from tests.services import builders

LANGUAGES = ("fr", "nl", "en", "de")
VOCABULARY = Vocabulary(labels={"need": {"food": {"fr": "Se nourrir"}}})
GOOD = {"query": "colis", "lang": "fr", "relevant": {"a": 3}}
JUDGEMENTS = Path(settings.BASE_DIR) / "fixtures" / "judgements.jsonl"


def judged(*lines):
    return read(
        [line if isinstance(line, str) else json.dumps(line) for line in lines],
        vocabulary=VOCABULARY,
        languages=LANGUAGES,
    )


def test_a_judgement_is_a_search_and_grades():
    found = judged(
        GOOD
        | {
            "near": [50.85, 4.35],
            "filters": {"need": ["food"], "radius_km": 5},
            "kind": "need",
            "hold_out": True,
        }
    )
    (one,) = found.taken
    assert one.request.near_point == (50.85, 4.35)
    assert one.request.radius_km == 5
    assert one.request.filters == {"need": ("food",)}
    assert one.request.size == 50
    assert (one.relevant, one.kind, one.hold_out) == ({"a": 3}, "need", True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "no JSON"),
        ("[]", "one JSON object"),
        (GOOD | {"lang": "it"}, "lang: one of fr, nl, en, de"),
        (GOOD | {"query": 3}, "query"),
        (GOOD | {"query": "x" * 501}, "q: at most 500"),
        (GOOD | {"relevant": {}}, "relevant: at least one"),
        (GOOD | {"relevant": {"a": 4}}, "grade of a is 1, 2 or 3"),
        (GOOD | {"relevant": {"a": True}}, "grade of a"),
        (GOOD | {"near": "Ixelles"}, r"near: \[lat, lon\]"),
        (GOOD | {"near": [95, 4]}, "near: lat,lon"),
        (GOOD | {"filters": {"needs": ["food"]}}, "is no filter"),
        (GOOD | {"filters": {"need": ["luck"]}}, "need: unknown code"),
        (GOOD | {"filters": {"size": 3}}, "is no filter"),
        (GOOD | {"hold_out": "yes"}, "hold_out"),
        (GOOD | {"relevent": {}}, "unknown key relevent"),
    ],
)
def test_wrong_lines_are_refused_by_number_and_the_rest_is_taken(line, reason):
    found = judged("", line, GOOD)
    assert [one.line for one in found.taken] == [3]
    (refused,) = found.refused
    assert refused[0] == 2
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(refused[1])


@pytest.mark.django_db
def test_means_unknown_ids_and_what_was_missed():
    one, two = builders.service("Un"), builders.service("Deux")
    for service, identifier in ((one, "a"), (two, "b")):
        ExternalIdentifier.objects.create(service=service, scheme="any", identifier=identifier)
    assert listings_of(["a", "b", "nobody"]) == {"a": str(one.uuid), "b": str(two.uuid)}
    judgements = judged(
        GOOD | {"relevant": {"a": 3}, "kind": "need"},
        GOOD | {"lang": "nl", "relevant": {"b": 1, "nobody": 1}},
    ).taken
    report = evaluate(judgements, lambda judgement: [str(one.uuid), str(two.uuid)])
    assert report.unknown_ids == {"nobody": [2]}
    assert report.languages["fr"].ndcg_10 == 1
    assert report.languages["nl"].mrr == 0.5
    assert report.overall.recall_50 == pytest.approx(0.75)
    assert report.overall.queries == 2
    assert set(report.kinds) == {"need"}
    assert report.queries[1].missed == ["nobody"]
    assert json.dumps(report.as_json())


def test_the_repositorys_judgements_can_all_be_read_and_name_fixtures():
    codes = {"need": {"food": {}}, "access_mode": {"by_phone": {}}, "cost": {"free": {}}}
    lines = JUDGEMENTS.read_text(encoding="utf-8").splitlines()
    found = read(lines, vocabulary=Vocabulary(labels=codes), languages=LANGUAGES)
    assert found.refused == []
    assert len(found.taken) >= 60
    assert {one.kind for one in found.taken} == {"name", "acronym", "need", "lay", "typo", "place"}
    assert {one.lang for one in found.taken} >= {"fr", "nl", "en"}
    assert 0.35 <= sum(one.hold_out for one in found.taken) / len(found.taken) <= 0.65
    known = {
        json.loads(line)["id"]
        for path in (Path(settings.BASE_DIR) / "fixtures" / "listings").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert {identifier for one in found.taken for identifier in one.relevant} <= known
