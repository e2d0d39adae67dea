"""Three Elasticsearch nodes with a copy of the index: one dies under searches and edits, and nobody is left unanswered."""

import random
import threading
import time
from collections import Counter

import pytest
from django.db import connection
from elasticsearch import Elasticsearch

from search import engines, finder, indexing, vocabulary
from search.engines.elasticsearch import Access, ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from search.engines.fallback import FallbackEngine
from search.request import SearchRequest
from services.models import Service
from tests.services.builders import organization, service

from .comparing import differences

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor == "postgresql", reason="about the search server: once is enough"),
]

EDITS, SEARCHES, READERS = 200, 500, 4
KILL_AT = EDITS // 4
CONVERGED_SECONDS = 120.0
# Three nodes share this machine with other tests: what is tried here is a dead node, not a busy one.
READ_SECONDS = 3.0
SUBJECTS = "vestiaire douches épicerie lessive repas accueil dettes logement".split()


@pytest.fixture
def listings(threaded_db):
    """Committed for real: other threads see them."""
    one = organization("Réseau des tests")
    made = [
        service(f"{SUBJECTS[number % 8].capitalize()} {number}", organization=one) for number in range(80)
    ]
    vocabulary.forget()
    return made


def names_in_cluster(client: Elasticsearch, engine: ElasticsearchEngine) -> dict[str, str]:
    """role (primary or copy) → node's name, for the index in use."""
    (index,) = client.indices.get_alias(name=engine._indexes.alias).body
    shards = client.cat.shards(index=index, format="json", h="prirep,state,node").body
    return {shard["prirep"]: shard["node"] for shard in shards if shard["state"] == "STARTED"}


def edit(pick: random.Random, listings: list[Service], number: int) -> None:
    """One edit as a form or an import makes it: mostly changes, some new listings, some that go."""
    kind = number % 10
    if kind == 0:
        listings.append(
            service(f"Nouveau {pick.choice(SUBJECTS)} {number}", organization=listings[0].organization)
        )
    elif kind == 1 and len(listings) > 20:
        listings.pop(pick.randrange(1, len(listings))).delete()
    else:
        changed = Service.objects.get(pk=pick.choice(listings).pk)
        changed.name_fr = f"{pick.choice(SUBJECTS).capitalize()} changé {number}"
        changed.description_fr = f"Texte de l’édition {number}."
        changed.live = kind != 2
        changed.save()


def test_a_node_dies_under_edits_and_searches(elasticsearch_cluster, listings, tmp_path, monkeypatch):
    cluster = elasticsearch_cluster
    main = ElasticsearchEngine(Access(cluster.url, prefix="cluster-test", timeout_seconds=READ_SECONDS))
    behind = EmbeddedEngine(tmp_path / "index")
    watches: list[threading.Thread] = []

    def aside(work) -> None:
        watches.append(threading.Thread(target=work, daemon=True))
        watches[-1].start()

    engine = FallbackEngine(main, behind, engines.catch_up, aside=aside, read_seconds=READ_SECONDS)
    monkeypatch.setattr(engines, "named", lambda name: [behind, engine])
    monkeypatch.setattr(engines, "embedded_engine", lambda: behind)
    for one in (behind, engine):
        indexing.rebuild(one)
    client = Elasticsearch(cluster.urls, request_timeout=30)
    where = names_in_cluster(client, main)
    assert where.keys() == {"p", "r"}, "the copy was there before the index was used"

    finder.find(SearchRequest(q="vestiaire"), engine=engine)  # the scripts are compiled
    pick, killing, edited = random.Random(20261122), threading.Event(), threading.Event()
    answers: Counter[str] = Counter()
    errors: list[Exception] = []
    waits: list[float] = []
    saves: list[float] = []

    def read(searches: int) -> None:
        try:
            for number in range(searches):
                started = time.monotonic()
                found = finder.find(SearchRequest(q=SUBJECTS[number % 8]), strict=False, engine=engine)
                waits.append(time.monotonic() - started)
                answers["degraded" if found.degraded else "whole"] += 1
                assert found.result.total, SUBJECTS[number % 8]
                # The searches last as long as the edits do.
                while number / searches > len(saves) / EDITS and not edited.is_set():
                    time.sleep(0.005)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    def write() -> None:
        try:
            for number in range(EDITS):
                if number == KILL_AT:
                    killing.set()
                started = time.monotonic()
                edit(pick, listings, number)  # followed after its commit, by the signal
                saves.append(time.monotonic() - started)
        except Exception as error:
            errors.append(error)
        finally:
            edited.set()
            killing.set()
            connection.close()

    threads = [threading.Thread(target=read, args=(SEARCHES // READERS,)) for _ in range(READERS)]
    threads.append(threading.Thread(target=write))
    for thread in threads:
        thread.start()
    assert killing.wait(120)
    cluster.node_called(where["p"]).kill()  # the worst one: the node that takes the writes
    for thread in threads:
        thread.join(180)
    last_edit = time.monotonic()
    assert errors == []
    assert (sum(answers.values()), len(saves)) == (SEARCHES, EDITS)

    while engine._breaker.is_open() or main.cursor() < indexing.head():
        assert time.monotonic() - last_edit < CONVERGED_SECONDS
        time.sleep(0.2)
    took = time.monotonic() - last_edit
    waits.sort()
    print(
        f"{SEARCHES} searches: {answers['degraded']} degraded, p50 {waits[SEARCHES // 2] * 1000:.0f} ms, "
        f"p95 {waits[int(SEARCHES * 0.95)] * 1000:.0f} ms, slowest {waits[-1] * 1000:.0f} ms; "
        f"{EDITS} edits: slowest {max(saves):.1f} s; equal {took:.1f} s after the last edit"
    )
    assert differences(main) == []
    assert waits[int(SEARCHES * 0.95)] < 1.5
    assert answers["whole"] >= SEARCHES / 5, "two nodes were left, and each has the index"
    engine.close()
    main.close()
    client.close()
