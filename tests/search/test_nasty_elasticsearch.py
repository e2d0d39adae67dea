"""Ten thousand nasty query strings on Elasticsearch: no 5xx, no engine's own words, none answered by another engine.

A file of its own, so that it runs beside the embedded engine's.
"""

import uuid

import pytest
from elasticsearch import Elasticsearch

from search import engines, finder, indexing

from .nasty_run import HALVES, ask_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory"), pytest.mark.slow]


@pytest.fixture
def elasticsearch_site(settings, elasticsearch_url, monkeypatch):
    """The demo directory answered by the real server, with time enough: what is answered is tried, not how quickly."""
    settings.SEARCH_URL, settings.SEARCH_TIMEOUT_SECONDS = elasticsearch_url, 30.0
    monkeypatch.setattr(finder, "PATIENCE_SECONDS", 30.0)
    settings.SEARCH_INDEX_PREFIX = f"test-{uuid.uuid4().hex[:12]}"
    engines.elasticsearch_engine.cache_clear()
    indexing.rebuild(engines.main().main)
    yield
    engines.main().close()
    engines.main().main.close()
    engines.elasticsearch_engine.cache_clear()
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        made = list(client.indices.get(index=f"{settings.SEARCH_INDEX_PREFIX}-*").body)
        client.indices.delete(index=",".join(made), ignore_unavailable=True)


@HALVES
def test_no_query_breaks_the_site_or_shows_the_engine(client, elasticsearch_site, start):
    ask_all(client, "elasticsearch", start)
