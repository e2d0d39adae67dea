"""A server with TLS and users: the settings that open it, wrong ones named, and its death and return under edits."""

import logging
import time
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch
from local_servers.elasticsearch import START_SECONDS, java_home
from local_servers.secured import PASSWORD, PORT, USER, authority, certificates

from search import engines, finder, indexing, vocabulary
from search.engine import EngineUnavailable
from search.engines.elasticsearch import Access, ElasticsearchEngine
from search.request import SearchRequest
from services.models import Service
from tests.services.builders import organization, service

from .builders import asked, listing, names
from .comparing import differences

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(connection.vendor == "postgresql", reason="about the search server: once is enough"),
]

URL = f"https://127.0.0.1:{PORT}"
PREFIX = "secured-test"
EDITS, CONVERGED_SECONDS = 500, 120.0


@pytest.fixture(scope="module")
def administrator(secured_node):
    """A client of the superuser, once the node answers."""
    with Elasticsearch(URL, basic_auth=(USER, PASSWORD), ca_certs=str(authority(secured_node))) as client:
        wait_for(client, secured_node)
        yield client.options(request_timeout=60)


def wait_for(client: Elasticsearch, node) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            client.options(request_timeout=5).cluster.health(wait_for_status="yellow", timeout="2s")
            return
        except (ApiError, TransportError):
            if not node.launching() or time.monotonic() > deadline:
                pytest.fail(f"the secured node does not answer:\n{node.end_of_log()}", pytrace=False)
            time.sleep(0.3)


@pytest.fixture
def access(secured_node, administrator):
    """The connection of a user and a password. Whatever was indexed is deleted."""
    yield Access(
        URL, prefix=PREFIX, user=USER, password=PASSWORD, ca_file=str(authority(secured_node)), timeout_seconds=30.0
    )  # fmt: skip
    made = list(administrator.indices.get(index=f"{PREFIX}-*").body)
    if made:
        administrator.indices.delete(index=",".join(made))


def key(administrator: Elasticsearch, privileges: list[str]) -> str:
    """An API key with these rights on the directory's own indexes, and none on others."""
    role = {"cluster": ["monitor"], "indices": [{"names": [f"{PREFIX}-*"], "privileges": privileges}]}
    return administrator.security.create_api_key(name="directory", role_descriptors={"directory": role})[
        "encoded"
    ]


def written_and_read(access: Access) -> None:
    engine = ElasticsearchEngine(access)
    engine.rebuild([listing("Repas", pk=1)], 1)
    engine.apply([listing("Repas zinneke", pk=2, version=2)], [], 2)
    assert names(engine.search(asked("zinneke"))) == ["Repas zinneke"]
    assert len(engine.complete([], "zin", "fr", 5)) == 1
    assert dict(engine.versions()) == {1: 1, 2: 2}
    assert engine.size()["documents"] == 2
    engine.close()


def test_a_user_with_a_password_and_the_authority_of_the_settings(settings, access):
    settings.SEARCH_URL, settings.SEARCH_CA_FILE = URL, access.ca_file
    settings.SEARCH_USER, settings.SEARCH_PASSWORD = USER, PASSWORD
    settings.SEARCH_INDEX_PREFIX, settings.SEARCH_TIMEOUT_SECONDS = PREFIX, 30.0
    assert engines.elasticsearch_access() == access
    written_and_read(access)


def test_an_api_key_with_the_rights_that_the_readme_names(access, administrator):
    needed = key(administrator, ["manage", "read", "write"])
    written_and_read(replace(access, user="", password="", api_key=needed))


@pytest.fixture(scope="module")
def strange_authority(tmp_path_factory):
    """An authority that signed nothing here."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    path.write_text(certificates()[2])
    return str(path)


SECRET = "c2VjcmV0OnNlY3JldC1zZWNyZXQ="
WRONG = {
    "a key that is unknown": ({"user": "", "password": "", "api_key": SECRET}, "refuses SEARCH_API_KEY"),
    "a wrong password": ({"password": SECRET}, "SEARCH_USER and SEARCH_PASSWORD"),
    "nobody": ({"user": "", "password": ""}, "SEARCH_API_KEY, or SEARCH_USER and SEARCH_PASSWORD"),
    "no authority": ({"ca_file": ""}, "SEARCH_CA_FILE"),
    "plain http": ({"ca_file": "", "url": f"http://127.0.0.1:{PORT}"}, "does not answer"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_and_no_secret_is_told(access, caplog, case):
    values, named = WRONG[case]
    engine = ElasticsearchEngine(replace(access, **values))
    with caplog.at_level(logging.DEBUG):
        for ask in (lambda: engine.search(asked("repas")), engine.cursor, lambda: engine.rebuild([], 1)):
            with pytest.raises(EngineUnavailable, match=named) as raised:
                ask()
            assert SECRET not in str(raised.value)
            assert PASSWORD not in str(raised.value)
    assert SECRET not in caplog.text
    assert PASSWORD not in caplog.text
    engine.close()


def test_another_authority_is_named(access, strange_authority):
    engine = ElasticsearchEngine(replace(access, ca_file=strange_authority))
    with pytest.raises(EngineUnavailable, match="not signed by the authority in SEARCH_CA_FILE"):
        engine.search(asked("repas"))
    engine.close()


def test_https_of_a_server_that_speaks_http_is_named(elasticsearch_url):
    engine = ElasticsearchEngine(Access(f"https://127.0.0.1:{urlsplit(elasticsearch_url).port}"))
    with pytest.raises(EngineUnavailable, match="SEARCH_URL"):
        engine.search(asked("repas"))
    engine.close()


def test_too_few_rights_are_named(access, administrator):
    ElasticsearchEngine(access).rebuild([listing("Repas", pk=1)], 1)
    reader = key(administrator, ["read"])
    engine = ElasticsearchEngine(replace(access, user="", password="", api_key=reader))
    assert engine.search(asked("repas")).total == 1
    for ask in (
        lambda: engine.rebuild([], 1),
        lambda: engine._write(engine._indexes.alias, [[{"delete": {"_id": "1"}}]]),
    ):
        with pytest.raises(EngineUnavailable, match="too few rights"):
            ask()
    engine.close()


@pytest.mark.django_db
def test_a_command_tells_which_setting_is_wrong(settings, access, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.SEARCH_URL, settings.SEARCH_CA_FILE, settings.SEARCH_API_KEY = URL, access.ca_file, SECRET
    settings.SEARCH_INDEX_PREFIX, settings.SEARCH_TIMEOUT_SECONDS = PREFIX, 30.0
    engines.elasticsearch_engine.cache_clear()
    try:
        with pytest.raises(CommandError, match="refuses SEARCH_API_KEY") as raised:
            call_command("search_rebuild", engine="elasticsearch", verbosity=0)
        assert SECRET not in str(raised.value)
    finally:
        engines.elasticsearch_engine.cache_clear()


def edit(listings: list[Service], number: int) -> None:
    one = listings[0].organization
    if number % 5 == 4:
        listings.pop(0).delete()
    elif number % 5 >= 2:
        listings.append(service(f"Vestiaire nouveau {number}", organization=one))
    else:
        changed = Service.objects.get(pk=listings[number % len(listings)].pk)
        changed.name_fr = f"Vestiaire changé {number}"
        changed.save()


def test_500_edits_while_the_server_is_dead_are_all_there_by_themselves_when_it_is_back(
    threaded_db, settings, access, secured_node, administrator, elasticsearch_home, tmp_path
):
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.SEARCH_URL, settings.SEARCH_CA_FILE = URL, access.ca_file
    settings.SEARCH_USER, settings.SEARCH_PASSWORD = USER, PASSWORD
    settings.SEARCH_INDEX_PREFIX = PREFIX
    for cached in (engines.embedded_engine, engines.elasticsearch_engine):
        cached.cache_clear()
    vocabulary.forget()
    one = organization("Réseau des tests")
    listings = [service(f"Vestiaire {number}", organization=one) for number in range(50)]
    for engine in engines.named("all"):
        indexing.rebuild(engine)
    engine = engines.main()
    assert differences(engine.main) == []

    secured_node.kill()
    waits: list[float] = []
    for start in range(0, EDITS, 10):
        with transaction.atomic():  # as ten of an import's rows
            for number in range(start, start + 10):
                edit(listings, number)
        started = time.monotonic()
        found = finder.find(SearchRequest(q="vestiaire"), strict=False)
        waits.append(time.monotonic() - started)
        assert (found.degraded, found.result.total) == (True, len(listings))
    assert sorted(waits)[int(len(waits) * 0.95)] < 1.5
    secured_node.launch(elasticsearch_home, java_home())
    wait_for(administrator, secured_node)
    back = time.monotonic()
    while engine._breaker.is_open():  # nobody searches, nobody edits, no command is run
        assert time.monotonic() - back < CONVERGED_SECONDS
        time.sleep(0.05)
    took = time.monotonic() - back
    assert differences(engine.main) == []
    assert len(listings) == Service.objects.filter(live=True).count()
    print(
        f"{EDITS} edits while it was dead; searches p95 {sorted(waits)[int(len(waits) * 0.95)] * 1000:.0f} ms, "
        f"slowest {max(waits) * 1000:.0f} ms; equal {took:.1f} s after it answered again"
    )
    # A server that has just started may take its time over the first search.
    while (found := finder.find(SearchRequest(q="vestiaire"), strict=False)).degraded:
        assert time.monotonic() - back < CONVERGED_SECONDS
        time.sleep(0.2)
    assert (found.engine, found.result.total) == ("elasticsearch", len(listings))
    engine.close()
    engine.main.close()
    for cached in (engines.embedded_engine, engines.elasticsearch_engine):
        cached.cache_clear()
    vocabulary.forget()
