"""Elasticsearch and the embedded engine answer the judged queries alike, over the whole demo directory."""

import uuid
from pathlib import Path

import pytest
from django.conf import settings
from elasticsearch import Elasticsearch

from search import engines, finder, indexing, vocabulary
from search.engines.elasticsearch import Access, ElasticsearchEngine
from search.relevance.judgements import read
from search.relevance.runner import evaluate

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

JUDGEMENTS = Path(settings.BASE_DIR) / "fixtures" / "judgements.jsonl"


@pytest.fixture
def elasticsearch_engine(demo_directory, elasticsearch_url):
    """The demo directory on the server, under a prefix that is deleted."""

    prefix = f"test-{uuid.uuid4().hex[:12]}"
    engine = ElasticsearchEngine(Access(elasticsearch_url, prefix=prefix, timeout_seconds=30.0))
    indexing.rebuild(engine)
    yield engine
    engine.close()
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        made = list(client.indices.get(index=f"{prefix}-*").body)
        client.indices.delete(index=",".join(made), ignore_unavailable=True)


def test_the_judged_queries_have_the_same_first_ten_and_the_same_quality(elasticsearch_engine):
    languages = [code for code, _name in settings.LANGUAGES]
    lines = JUDGEMENTS.read_text(encoding="utf-8").splitlines()
    judged = read(lines, vocabulary=vocabulary.current(), languages=languages).taken
    both = (engines.embedded_engine(), elasticsearch_engine)
    shared = asked = 0
    reports = []
    for engine in both:

        def search(judgement, engine=engine):
            found = finder.find(judgement.request, strict=False, engine=engine)
            assert not found.degraded
            return [hit.uuid for hit in found.result.hits]

        reports.append(evaluate(judged, search))
    for judgement in judged:
        ours, theirs = (finder.find(judgement.request, strict=False, engine=engine).result for engine in both)
        assert (ours.total, ours.facets) == (theirs.total, theirs.facets), judgement.request.q
        first = {hit.uuid for hit in ours.hits[:10]}
        shared += len(first & {hit.uuid for hit in theirs.hits[:10]})
        asked += len(first)
    print(f"shared of the first ten: {shared}/{asked}; nDCG@10 {[one.overall.ndcg_10 for one in reports]}")
    assert shared >= 0.98 * asked > 300
    assert reports[0].overall.ndcg_10 == pytest.approx(reports[1].overall.ndcg_10, abs=0.005)
    assert dict(elasticsearch_engine.versions()).keys() == dict(engines.embedded_engine().versions()).keys()
