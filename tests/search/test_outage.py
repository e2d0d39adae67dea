"""The search server goes away: searches are answered from the embedded index, edits succeed, and it converges after."""

import time
import uuid

import pytest
from elasticsearch import Elasticsearch

from search import engines, finder, indexing, vocabulary
from search.engine import EngineError, EngineResult, EngineUnavailable, IndexMissing
from search.engines.breaker import Breaker
from search.engines.fallback import FallbackEngine
from search.request import SearchRequest
from services.models import Service
from tests.services.builders import service

from .builders import asked, names
from .proxy import Proxy


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


# The breaker


def test_a_breaker_opens_after_three_failures_in_a_row_and_not_before():
    breaker = Breaker(clock=Clock())
    for _ in range(2):
        breaker.failed()
    assert breaker.allows()
    assert breaker.succeeded()  # the row is broken
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    assert not breaker.allows()


def test_an_open_breaker_lets_one_try_pass_every_five_seconds():
    clock = Clock()
    breaker = Breaker(clock=clock)
    for _ in range(3):
        breaker.failed()
    clock.now += 4.9
    assert not breaker.allows()
    clock.now += 0.2
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.failed()
    clock.now += 4.9
    assert not breaker.allows()
    clock.now += 0.2
    assert breaker.allows()
    assert breaker.succeeded()
    assert [breaker.allows(), breaker.allows()] == [True, True]
    assert not breaker.succeeded()


def test_a_try_that_never_reports_does_not_keep_the_breaker_open_for_ever():
    clock = Clock()
    breaker = Breaker(clock=clock)
    for _ in range(3):
        breaker.failed()
    clock.now += 5.1
    assert breaker.allows()
    clock.now += 5.1
    assert breaker.allows()


# The engine behind


class Fixed:
    """Answers or raises, and counts how often it was asked."""

    def __init__(self, name: str, error: EngineError | None = None) -> None:
        self.name, self.error, self.asked = name, error, 0

    def search(self, query):
        self.asked += 1
        if self.error:
            raise self.error
        return EngineResult(7, [], {})

    def cursor(self) -> int:
        self.search(None)
        return 3


def test_the_engine_behind_answers_marked_and_the_server_is_left_alone():
    clock, back = Clock(), []
    server = Fixed("elasticsearch", EngineUnavailable("gone"))
    engine = FallbackEngine(server, Fixed("embedded"), lambda: back.append(1), Breaker(clock=clock))
    answers = [engine.search(asked()) for _ in range(10)]
    assert {answer.degraded for answer in answers} == {True}
    assert server.asked == 3
    with pytest.raises(EngineUnavailable, match="left alone"):
        engine.cursor()
    server.error = None
    clock.now += 6
    assert not engine.search(asked()).degraded
    assert back == [1]
    engine.search(asked())
    assert (engine.cursor(), back) == (3, [1])


def test_a_server_without_an_index_is_answered_for_but_is_no_outage():
    server = Fixed("elasticsearch", IndexMissing("run `manage.py search_rebuild`"))
    engine = FallbackEngine(server, Fixed("embedded"), lambda: None)
    assert all(engine.search(asked()).degraded for _ in range(5))
    assert server.asked == 5


def test_when_neither_answers_the_servers_reason_is_told():
    engine = FallbackEngine(
        Fixed("elasticsearch", EngineUnavailable("gone")),
        Fixed("embedded", IndexMissing("none")),
        lambda: None,
    )
    with pytest.raises(EngineUnavailable, match="gone"):
        engine.search(asked())


# With a real server


@pytest.fixture
def proxy(elasticsearch_url):
    made = Proxy(elasticsearch_url)
    yield made
    made.close()


@pytest.fixture
def site(proxy, elasticsearch_url, tmp_path, settings, monkeypatch):
    """The site's engines on the proxy and on an index folder of their own, both built."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.SEARCH_URL = proxy.url
    settings.SEARCH_INDEX_PREFIX = f"test-{uuid.uuid4().hex[:12]}"
    # In this thread: the test's transaction is not seen from another.
    monkeypatch.setattr(engines, "catch_up_aside", lambda: engines._catch_up())
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    caches = (engines.embedded_engine, engines.elasticsearch_engine)
    for cached in caches:
        cached.cache_clear()
    vocabulary.forget()
    for engine in engines.named("all"):
        indexing.rebuild(engine)
    yield engines.main()
    engines.main().main.close()
    for cached in caches:
        cached.cache_clear()
    vocabulary.forget()
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        made = list(client.indices.get(index=f"{settings.SEARCH_INDEX_PREFIX}-*").body)
        client.indices.delete(index=",".join(made), ignore_unavailable=True)


def searched(words: str):
    return finder.find(SearchRequest(q=words), strict=False)


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["refuse", "error", "slow"])
def test_during_an_outage_searches_answer_edits_succeed_and_it_converges_after(site, proxy, mode, committing):
    with committing():
        kept, edited = service("Vestiaire gardé"), service("Vestiaire ancien")
    assert (searched("vestiaire").degraded, searched("vestiaire").engine) == (False, "elasticsearch")

    proxy.mode = mode
    times = []
    for number in range(50):
        with committing():
            if number == 10:
                kept.delete()
            elif number == 20:
                edited.name_fr = "Vestiaire nouveau"
                edited.save()
            else:
                service(f"Vestiaire {number}")
        started = time.monotonic()
        found = searched("vestiaire")
        times.append(time.monotonic() - started)
        assert (found.degraded, found.engine) == (True, "embedded")
        # The embedded index has the edit at once: two at the beginning, one more a step, one of them deleted.
        assert found.result.total == number + 3 - (number >= 10) * 2 - (number >= 20)
    assert sorted(times)[int(len(times) * 0.95)] < 1.5
    connections = proxy.connections
    for _ in range(20):
        searched("vestiaire")
    assert proxy.connections - connections <= 2  # not hammered

    proxy.mode = "pass"
    site._breaker._next_try = 0.0  # the five seconds are over
    searched("vestiaire")  # finds the server back
    found = searched("vestiaire")
    assert not found.degraded
    listed = set(Service.objects.values_list("pk", flat=True))
    assert {pk for pk, _version in site.versions()} == listed
    assert not indexing.reconcile(site)
    assert names(site.search(asked("nouveau"))) == ["Vestiaire nouveau"]
    assert site.search(asked("ancien")).total == 0


@pytest.mark.django_db
def test_the_directory_starts_without_the_server(site, proxy):
    proxy.mode = "refuse"
    told: list[str] = []
    for engine in engines.named("all"):
        indexing.ensure(engine, told.append)
    assert any("elasticsearch index is not looked at now" in line for line in told)
    assert searched("").degraded
