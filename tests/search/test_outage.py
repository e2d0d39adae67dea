"""The search server goes away: searches are answered from the embedded index, edits succeed, and it converges after."""

import threading
import time
import uuid

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override
from elasticsearch import Elasticsearch

from directory_site.actions import ensure_pages
from search import engines, indexing, vocabulary
from search.engine import EngineError, EngineResult, EngineUnavailable, IndexMissing
from search.engines.breaker import Breaker
from search.engines.fallback import FallbackEngine
from tests.services.builders import service

from .builders import asked, names
from .comparing import differences
from .proxy import Proxy

# The breaker


def test_a_breaker_opens_after_three_quick_failures_in_a_row_and_not_before():
    breaker = Breaker()
    assert [breaker.failed(0.01), breaker.failed(0.01)] == [False, False]
    breaker.succeeded()  # the row is broken
    assert [breaker.failed(0.01) for _ in range(4)] == [False, False, True, False]  # opened once
    assert breaker.is_open()


def test_who_has_waited_in_vain_is_the_last_to_wait():
    breaker = Breaker()
    assert [breaker.failed(0.6), breaker.failed(0.6)] == [False, True]
    other = Breaker()
    assert not other.failed(0.6)
    other.succeeded()  # one slow question is no outage
    assert not other.failed(0.6)


def test_an_open_breaker_is_closed_by_who_watches_and_not_by_a_late_answer():
    breaker = Breaker()
    assert breaker.failed(2.0)
    breaker.succeeded()
    assert breaker.is_open()
    breaker.close()
    assert not breaker.is_open()
    assert not breaker.failed(0.1)  # begins to count anew


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


def never(engine) -> None:
    raise EngineUnavailable("still away")


def test_the_engine_behind_answers_marked_and_the_server_is_left_alone():
    begun, followed = [], []
    server = Fixed("elasticsearch", EngineUnavailable("gone"))

    def catch_up(engine) -> None:
        followed.append(engine.cursor())

    engine = FallbackEngine(server, Fixed("embedded"), catch_up, aside=begun.append)
    answers = [engine.search(asked()) for _ in range(10)]
    assert {answer.degraded for answer in answers} == {True}
    assert (server.asked, len(begun)) == (3, 1)
    with pytest.raises(EngineUnavailable, match="left alone"):
        engine.cursor()
    assert not engine.look()
    server.error = None
    assert engine.search(asked()).degraded, "nobody has followed the log yet"
    assert engine.look()
    assert followed == [3]
    assert not engine.search(asked()).degraded
    assert engine.cursor() == 3


def test_the_watch_goes_on_whatever_it_meets_and_ends_when_the_server_is_back():
    met = [EngineUnavailable("away"), RuntimeError("the database is away as well"), EngineUnavailable("away")]
    ended = threading.Event()

    def catch_up(engine) -> None:
        if met:
            raise met.pop(0)

    def aside(work) -> None:
        threading.Thread(target=lambda: (work(), ended.set()), daemon=True).start()

    server = Fixed("elasticsearch", EngineUnavailable("gone"))
    engine = FallbackEngine(server, Fixed("embedded"), catch_up, aside=aside, rests=(0.0, 0.01))
    for _ in range(3):
        engine.search(asked())
    server.error = None
    assert ended.wait(5)
    assert met == []
    assert not engine.search(asked()).degraded


def test_a_server_without_an_index_is_answered_for_but_is_no_outage():
    server = Fixed("elasticsearch", IndexMissing("run `manage.py search_rebuild`"))
    engine = FallbackEngine(server, Fixed("embedded"), never, aside=pytest.fail)
    assert all(engine.search(asked()).degraded for _ in range(5))
    assert server.asked == 5


def test_when_neither_answers_the_servers_reason_is_told():
    engine = FallbackEngine(
        Fixed("elasticsearch", EngineUnavailable("gone")),
        Fixed("embedded", IndexMissing("none")),
        never,
        aside=pytest.fail,
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
    """The site's engines on the proxy and on an index folder of their own, both built; `look` is done by the test."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.SEARCH_URL = proxy.url
    settings.SEARCH_INDEX_PREFIX = f"test-{uuid.uuid4().hex[:12]}"
    # The test's transaction is not seen from another thread, nor may it lose its connection.
    monkeypatch.setattr(engines, "in_background", lambda work: None)
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


def answered(client, words: str) -> dict:
    found = client.get("/api/v1/search", {"q": words, "lang": "fr"})
    assert found.status_code == 200, found.content
    return found.json()


def answered_whole(client, words: str) -> dict:
    """By the server itself. On a busy machine it may miss the limit of its time (SEARCH_TIMEOUT_SECONDS), and is then left
    alone for a moment: that is no outage yet.
    """
    for _try in range(60):
        found = answered(client, words)
        if not found["degraded"]:
            break
        time.sleep(0.25)
    return found


QUICK_MODES = ("stopped", "refuse", "error", "failing", "overloaded", "garbage")


@pytest.mark.django_db
@pytest.mark.parametrize("mode", [*QUICK_MODES, "slow", "late"])
def test_during_an_outage_searches_answer_edits_succeed_and_it_converges_after(
    site, proxy, mode, committing, client
):
    with committing():
        kept, edited = service("Vestiaire gardé"), service("Vestiaire ancien")
    before = answered_whole(client, "vestiaire")
    assert (before["degraded"], before["engine"], before["total"]) == (False, "elasticsearch", 2)

    proxy.mode = mode
    connections, waits, saves = proxy.connections, [], []
    for number in range(40):
        started = time.monotonic()
        answer = answered(client, "vestiaire à Molenbeek" if number % 4 == 0 else "vestiaire")
        waits.append(time.monotonic() - started)
        assert (answer["degraded"], answer["engine"]) == (True, "embedded")
        # The embedded index has each edit at once: two at the beginning, one more a step, one of them deleted.
        assert answer["total"] == number + 2 - (number > 10) * 2 - (number > 20)
        started = time.monotonic()
        with committing():
            if number == 10:
                kept.delete()
            elif number == 20:
                edited.name_fr = "Vestiaire nouveau"
                edited.save()
            else:
                service(f"Vestiaire {number}")
        saves.append(time.monotonic() - started)
    waits.sort()
    met = proxy.connections - connections
    print(
        f"{mode}: p50 {waits[20] * 1000:.0f} ms, p95 {waits[38] * 1000:.0f} ms, slowest {waits[-1] * 1000:.0f} ms; "
        f"slowest edit {max(saves) * 1000:.0f} ms; {met} connections for 40 searches and 40 edits"
    )
    assert waits[38] < 1.5
    assert waits[-1] < 1.5, "the first search waits as well"
    assert met <= 6, "three failures, each tried once more; then the server is left alone"

    proxy.mode = "pass"
    assert answered(client, "vestiaire")["degraded"], "not asked before it has the edits"
    assert site.look()
    after = answered_whole(client, "vestiaire")
    assert (after["degraded"], after["engine"]) == (False, "elasticsearch")
    assert after["total"] == site.behind.search(asked("vestiaire")).total
    assert differences(site.main) == []
    assert names(site.search(asked("nouveau"))) == ["Vestiaire nouveau"]
    assert site.search(asked("ancien")).total == 0


@pytest.mark.django_db
def test_the_page_says_that_the_search_is_reduced(site, proxy, committing, client):
    ensure_pages()
    with committing():
        service("Vestiaire gardé")
    with override("fr"):
        path = reverse("search")
        notice = gettext("The search works in a reduced way for the moment.")
    assert notice not in client.get(path, {"q": "vestiaire"}).content.decode()
    proxy.mode = "stopped"
    page = client.get(path, {"q": "vestiaire"}).content.decode()
    assert notice in page
    assert "Vestiaire gardé" in page
    assert client.get("/api/v1/suggest", {"q": "vest"}).json()["suggestions"]


@pytest.mark.django_db
def test_the_directory_starts_without_the_server(site, proxy):
    proxy.mode = "refuse"
    told: list[str] = []
    for engine in engines.named("all"):
        indexing.ensure(engine, told.append)
    assert any("elasticsearch index is not looked at now" in line for line in told)
    assert site.search(asked()).degraded
