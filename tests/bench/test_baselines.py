"""The other searches of the relevance table: each finds by word, in its language's forms, names above texts."""

import json

import pytest

from bench import servers
from bench.baselines import Listing, plain_words
from bench.baselines.elasticsearch_plain import PlainElasticsearch
from bench.baselines.postgres import PostgresFullText
from bench.baselines.sqlite_fts import SqliteFullText
from search.documents import FIELDS

EMPTY: dict[str, dict[str, str]] = {field: {} for field in FIELDS}
LISTINGS = [
    Listing(1, EMPTY | {"name": {"fr": "Épicerie sociale", "nl": "Sociale kruidenier"}}),
    Listing(
        2, EMPTY | {"name": {"fr": "Vestiaire"}, "body": {"fr": "Près de l'épicerie. Vêtements chauds."}}
    ),
    Listing(3, EMPTY | {"name": {"nl": "Schuldhulp"}, "place": {"fr": "1030", "nl": "1030"}}),
]


def found(baseline, words: str, language: str) -> list[int]:
    """Best first, without saying one twice."""
    tiers = baseline.ranked(words, language)
    return list(dict.fromkeys(pk for tier in tiers for pk in sorted(tier, key=lambda pk: -tier[pk])))


def filled(baseline):
    baseline.fill(LISTINGS)
    return baseline


def test_sqlite_finds_without_accents_and_puts_names_first():
    baseline = filled(SqliteFullText())
    assert found(baseline, "epicerie", "fr") == [1, 2]
    assert found(baseline, "vêtements épicerie", "fr") == [2, 1]
    assert found(baseline, "épiceries", "fr") == [], "the default tokenizer knows no stems"
    assert found(baseline, '" OR * NEAR(', "fr") == []
    baseline.close()


def test_postgres_finds_other_forms_in_each_language(postgres_url):
    with servers.own_database(postgres_url) as url:
        baseline = filled(PostgresFullText(url))
        assert found(baseline, "epiceries", "fr") == [1, 2]
        assert found(baseline, "kruideniers", "nl") == [1]
        assert found(baseline, "vêtement épicerie", "fr") == [2, 1]
        assert found(baseline, "'); DROP TABLE listing; -- 1030", "fr") == [3]
        baseline.close()


@pytest.mark.parametrize("fuzzy", [False, True])
def test_elasticsearch_finds_other_forms_and_fuzzy_mends(elasticsearch_url, fuzzy):
    with servers.own_prefix(elasticsearch_url) as prefix:
        baseline = filled(PlainElasticsearch(elasticsearch_url, prefix, fuzzy=fuzzy))
        assert found(baseline, "épiceries", "fr") == [1, 2]
        assert found(baseline, "schuldhuplp", "nl") == ([3] if fuzzy else [])
        baseline.close()


def test_what_a_query_language_would_read_is_left_out():
    assert plain_words('name:"x" OR c.p.a.s. (été)*') == ["name", "x", "OR", "c", "p", "a", "s", "été"]


@pytest.mark.django_db
@pytest.mark.usefixtures("demo_directory")
class TestOnTheDemonstration:
    def test_filters_circle_and_distance_are_those_of_the_request(self):
        from bench.baselines.listings import Catalogue
        from bench.judging import languages
        from search import vocabulary
        from search.request import local_now, parse

        catalogue = Catalogue(languages())
        assert len(catalogue.listings) > 300
        baseline = SqliteFullText()
        baseline.fill(catalogue.listings)
        tiers = baseline.ranked("cpas", "fr")

        def asked(**parameters: str) -> list[str]:
            request = parse(
                {name: [value] for name, value in parameters.items()},
                vocabulary=vocabulary.current(),
                languages=languages(),
                default_language="fr",
                now=local_now(),
            )
            return catalogue.uuids(tiers, request, near=bool(parameters.get("near")))

        everywhere = asked(q="cpas")
        assert len(everywhere) > 19
        near = asked(q="cpas", near="50.8550,4.3053", radius_km="2")
        assert 0 < len(near) < len(everywhere)
        assert set(near) < set(everywhere)
        assert set(asked(q="cpas", cost="free")) < set(everywhere)

    def test_judged_queries_are_scored_the_same_after_a_journey_as_json(self):
        from bench.baselines.listings import Catalogue
        from bench.data import ROOT
        from bench.judging import from_json, judged, languages, of_baseline

        judgements = judged(ROOT / "fixtures" / "judgements.jsonl")
        catalogue, baseline = Catalogue(languages()), SqliteFullText()
        baseline.fill(catalogue.listings)
        report = of_baseline(judgements, baseline, catalogue, near=False)
        assert 0.3 < report.overall.ndcg_10 < 0.95
        assert from_json(json.loads(json.dumps(report.as_json()))) == report

    def test_the_measured_queries_are_different_and_the_same_each_time(self):
        from bench.queries import asked, mistyped, typed

        queries = asked(60)
        assert queries == asked(60)
        assert len(set(queries)) == 60
        assert any(query.near for query in queries)
        assert any(query.filters for query in queries)
        assert len(set(mistyped(20))) == 20
        assert all(2 <= len(text) <= 14 for text, _language in typed(50))
