"""The Elasticsearch engine on a real server: the contract, agreement with the embedded engine, and what only it has."""

import multiprocessing
import random
import socket
import ssl
import threading
import time
import uuid
from dataclasses import replace
from datetime import datetime

import pytest
from elastic_transport import ConnectionError
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as drawing
from hypothesis import strategies as st

from search import engines
from search.checks import the_search_server_can_be_asked
from search.engine import EngineError, EngineUnavailable, IndexBusy, IndexMissing
from search.engines import deadline, elasticsearch_access
from search.engines.elasticsearch import Access, ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from services.opening_hours import vectorised
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS
from services.opening_hours.evaluate import state_at
from tests.services.opening_hours_strategies import HOURS, MOMENTS

from .builders import BOURSE, FLAGEY, GENT, SCHUMAN, asked, listing, names
from .engine_contract import EngineContract
from .proxy import Proxy


@pytest.fixture
def prefix(elasticsearch_url):
    """A prefix of its own on the shared server; what was made under it is deleted."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    with Elasticsearch(elasticsearch_url, request_timeout=60) as client:
        made = list(client.indices.get(index=f"{name}-*", allow_no_indices=True).body)
        if made:
            client.indices.delete(index=",".join(made), ignore_unavailable=True)


@pytest.fixture
def access(elasticsearch_url, prefix):
    # The machine is busy with other tests: the answers are tested here, not how quick they are.
    return Access(elasticsearch_url, prefix=prefix, timeout_seconds=30.0)


@pytest.fixture
def engine(access):
    made = ElasticsearchEngine(access)
    yield made
    made.close()


class TestElasticsearch(EngineContract):
    pass


# Agreement with the embedded engine

WORDS = (
    "repas épicerie sociale douches vestiaire médecin dentiste logement dettes juridique écoute aînés enfants crèche "
    "français alphabétisation permanence quartier maison centre relais accueil nuit urgence santé mentale sport"
).split()
AREAS = ["commune:21009", "bassin:sud", "region:04000", "country:be", "commune:44021"]


def random_listing(pick: random.Random, pk: int):
    def some(values, most: int) -> list:
        return pick.sample(values, pick.randint(0, most))

    def near_brussels() -> tuple[float, float]:
        return round(pick.uniform(50.78, 50.92), 6), round(pick.uniform(4.28, 4.48), 6)

    def text(most: int) -> str:
        return " ".join(pick.choices(WORDS, k=pick.randint(1, most)))

    return listing(
        text(4).capitalize(),
        pk=pk,
        alternate=text(2) if pick.random() < 0.3 else "",
        topic=text(3),
        organization=text(2),
        body=text(20),
        **({"nl": "Hulp " + text(1)} if pick.random() < 0.4 else {}),
        at=[near_brussels() for _ in range(pick.choice([0, 1, 1, 1, 2, 3]))]
        + ([GENT] if pk % 31 == 0 else []),
        areas=some(AREAS, 2),
        need=some(["food", "housing", "health", "debt"], 2),
        cost=some(["free", "paid"], 1),
        language=some(["fr", "nl", "ar"], 2),
        bassin=some(["sud", "nord"], 1),
        commune=some(["21009", "21004", "44021"], 1),
        exclusive=["women"] if pick.random() < 0.1 else [],
        named=some(["seniors", "youth"], 1),
        ages=pick.choice([(0, 255), (0, 255), (65, 255), (12, 25)]),
        professional=pick.random() < 0.1,
        full=pick.random() < 0.2,
        lifecycle=pick.choice(["published"] * 8 + ["suspended", "closed_permanently"]),
        verified=pick.choice([0, 739_000, 739_900, 739_990]),
        hours=pick.choice([[], ["Mo-Fr 09:00-17:00; PH off"], ["Sa 22:00-06:00", "Su[1] 10:00-12:00"]]),
    )


def random_query(pick: random.Random):
    values: dict = {"lang": pick.choice(["fr", "nl"]), "limit": 10, "offset": pick.choice([0, 0, 0, 7])}
    if pick.random() < 0.6:
        values["near"] = pick.choice([SCHUMAN, FLAGEY, BOURSE])
        if pick.random() < 0.4:
            values["radius_m"] = pick.choice([800.0, 2500.0, 6000.0])
        if pick.random() < 0.5:
            values["areas"], values["bassin"] = tuple(AREAS[:4]), "sud"
    for facet, codes in (("need", ["food", "debt"]), ("cost", ["free"]), ("audience", ["seniors", "women"])):
        if pick.random() < 0.25:
            values[facet] = pick.sample(codes, 1)
    if pick.random() < 0.2:
        values["age"] = pick.choice([17, 70])
    if pick.random() < 0.2:
        values["open_at"] = pick.choice(["2026-11-23T10:00", "2026-11-28T23:00", "2026-12-06T11:00"])
    values["professional"] = pick.random() < 0.2
    values["sort"] = pick.choice(["relevance"] * 4 + ["name", "verified", "distance"])
    return asked(" ".join(pick.choices([*WORDS, "introuvable", "hulp"], k=pick.randint(0, 3))), **values)


def test_it_agrees_with_the_embedded_engine_on_random_listings_and_queries(engine, tmp_path):
    pick = random.Random(20261122)
    embedded = EmbeddedEngine(tmp_path / "index")
    found = [random_listing(pick, pk) for pk in range(1, 301)]
    for one in (engine, embedded):
        one.rebuild(found, 1)
    answers = swapped = 0
    for number in range(100):
        query = random_query(pick)
        theirs, ours = embedded.search(query), engine.search(query)
        case = f"query {number}: {[word.surface for word in query.words]} {query}"
        assert (ours.total, ours.all_words) == (theirs.total, theirs.all_words), case
        assert ours.facets == theirs.facets, case
        by_pk = {hit.pk: hit for hit in embedded.search(replace(query, offset=0, limit=300)).hits}
        for mine, at_place in zip(ours.hits, theirs.hits, strict=True):
            other = by_pk[mine.pk]
            assert mine.score == pytest.approx(other.score, rel=1e-6), case
            # Scores are sums of 32-bit numbers: what differs in the last bit of one engine may be equal in the other.
            assert mine.pk == at_place.pk or at_place.score == pytest.approx(other.score, rel=1e-6), case
            swapped += mine.pk != at_place.pk
            assert mine.parts == pytest.approx(other.parts, rel=1e-6), case
            assert mine.point == other.point, case
            assert mine.distance_m == (other.distance_m and pytest.approx(other.distance_m, abs=0.001)), case
            assert mine.card == other.card, case
        answers += len(ours.hits)
    assert swapped <= answers / 50
    assert answers > 300  # the queries did find something


def test_completion_agrees_with_the_embedded_engine(engine, tmp_path):
    pick = random.Random(7)
    embedded = EmbeddedEngine(tmp_path / "index")
    found = [random_listing(pick, pk) for pk in range(1, 41)]
    for one in (engine, embedded):
        one.rebuild(found, 1)
    for whole, prefix in (([], "re"), ([], "soc"), (["maison"], "s"), (["epicerie"], "so"), ([], "med")):
        assert engine.complete(whole, prefix, "fr", 8) == embedded.complete(whole, prefix, "fr", 8)


def test_opening_hours_are_evaluated_rule_for_rule(engine):
    """Every random set of hours at every random moment, as one listing each, against the evaluator."""
    sets: list = []
    moments: list[datetime] = []

    @drawing(
        max_examples=400, database=None, deadline=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(HOURS, st.lists(HOURS, max_size=1), MOMENTS)
    def draw(first, others, moment):
        sets.append([first, *others])
        moments.append(moment)

    draw()
    found = [
        replace(listing("Horaire", pk=pk), hours=[vectorised.pack(hours) for hours in several if hours.known])
        for pk, several in enumerate(sets, start=1)
    ]
    engine.rebuild(found, 1)
    seen_open = 0
    for moment in random.Random(3).sample(moments, 60):
        expected = {
            pk
            for pk, several in enumerate(sets, start=1)
            if any(state_at(hours, moment, BELGIAN_HOLIDAYS).open for hours in several)
        }
        result = engine.search(asked(open_at=moment, limit=1000))
        assert {hit.pk for hit in result.hits} == expected, moment
        seen_open += len(expected)
    assert seen_open > 500


# Writing


def test_a_late_write_is_refused_by_the_server_itself(engine, elasticsearch_url):
    engine.rebuild([listing("Version 5", pk=1, version=5), listing("Autre", pk=2, version=5)], 5)
    engine.apply([], [2], cursor=9)
    # Another process that read the cursor before this edit, and wrote after it.
    engine._write(engine._indexes.alias, [
        [{"index": {"_id": "2", "version": 8, "version_type": "external_gte"}}, {"pk": 2}],
        [{"index": {"_id": "1", "version": 4, "version_type": "external_gte"}}, {"pk": 1}],
    ])  # fmt: skip
    engine.apply([listing("Autre encore", pk=3, version=10)], [], cursor=10)
    assert sorted(names(engine.search(asked()))) == ["Autre encore", "Version 5"]
    assert dict(engine.versions()) == {1: 5, 3: 10}


def test_a_batch_that_was_read_before_a_rebuild_does_not_move_the_new_index(engine, access):
    engine.rebuild([listing("A", pk=1)], 10)
    assert engine.cursor() == 10
    other = ElasticsearchEngine(access)
    other.rebuild([listing("A", pk=1)], 5)
    with pytest.raises(IndexBusy):
        engine.apply([listing("B", pk=2)], [], cursor=12)
    assert other.cursor() == 5  # 6 to 12 will be followed
    other.close()


def test_a_rebuild_under_edits_answers_every_search(engine, access):
    engine.rebuild([listing(f"Repas {pk}", pk=pk) for pk in range(1, 51)], 1)
    done = threading.Event()
    wrong: list = []

    def search() -> None:
        reader = ElasticsearchEngine(access)
        while not done.is_set():
            try:
                if (total := reader.search(asked("repas")).total) != 50:
                    wrong.append(total)
            except EngineError as error:
                wrong.append(error)
        reader.close()

    def edit() -> None:
        writer, cursor = ElasticsearchEngine(access), 2
        while not done.is_set():
            try:
                writer.cursor()
                writer.apply([listing(f"Repas {cursor}", pk=cursor % 50 + 1, version=cursor)], [], cursor)
            except IndexBusy:
                pass
            cursor += 1
        writer.close()

    threads = [threading.Thread(target=work) for work in (search, search, edit)]
    for thread in threads:
        thread.start()
    for _ in range(4):
        engine.rebuild([listing(f"Repas {pk}", pk=pk) for pk in range(1, 51)], 1)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert engine.search(asked("repas")).total == 50


def test_an_old_index_is_deleted_and_a_failed_rebuild_leaves_nothing(engine, prefix, elasticsearch_url):
    engine.rebuild([listing("A")], 1)
    engine.rebuild([listing("B")], 2)

    def broken():
        yield listing("C")
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        engine.rebuild(broken(), 3)
    with Elasticsearch(elasticsearch_url) as client:
        assert len(client.indices.get(index=f"{prefix}-*").body) == 1
    assert names(engine.search(asked())) == ["B"]


def test_what_another_process_writes_is_found_at_once(engine, access):
    engine.rebuild([listing("Repas", pk=1)], 1)
    assert engine.search(asked("repas")).total == 1
    other = ElasticsearchEngine(access)
    other.apply([listing("Repas zinneke", pk=2, version=2)], [], 2)
    assert engine.search(asked("repas")).total == 2
    assert engine.search(asked("zinneke")).total == 1
    other.close()


# Input and errors

NASTY = [
    "*:* OR name:(", 'a AND NOT b~2^4 "', "/[a-z]+(x|y)*/", "<script>alert(1)</script>", "' OR 1=1 --", "\\u0000 \x00",
    "{\"match_all\":{}}", "é" * 500, "w" * 40_000, "\U0001f600 \u202e \ufeff", "ctx._source.remove('pk')", "%00%ff _id:1",
]  # fmt: skip


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_input_is_read_as_a_query_language(engine, text):
    engine.rebuild([listing("Repas"), listing("w" * 40_000)], 1)
    query = asked(text)
    assert engine.search(query).total == (0 if query.words else 2)  # without a word, everything is listed
    for prefix in (text, *(word.exact for word in asked(text).words)):
        assert len(engine.complete([], prefix, "fr", 5)) <= 1


def test_a_whole_spoken_sentence_is_asked(engine):
    engine.rebuild([listing(" ".join(WORDS[:16])), listing(WORDS[0])], 1)
    query = asked(" ".join(WORDS))
    assert len(query.words) == 16  # the most there can be, each in 31 fields
    result = engine.search(query)
    assert (result.total, result.all_words) == (1, True)


def test_a_server_that_is_not_there_is_unavailable(prefix):
    engine = ElasticsearchEngine(Access("http://127.0.0.1:9", prefix=prefix))
    for ask in (
        lambda: engine.search(asked()),
        lambda: engine.search(asked("repas")),
        engine.cursor,
        engine.size,
    ):
        with pytest.raises(EngineUnavailable, match="does not answer"):
            ask()
    engine.close()


def test_a_dead_node_is_stepped_over(engine, access):
    engine.rebuild([listing("Repas", pk=1)], 1)
    several = ElasticsearchEngine(replace(access, url=f"http://127.0.0.1:9,{access.url}"))
    for cursor in range(2, 8):
        several.apply([listing(f"Repas {cursor}", pk=cursor, version=cursor)], [], cursor)
        assert several.search(asked("repas")).total == cursor
    several.close()


@pytest.fixture
def deaf_url():
    """A port that neither takes connections nor refuses them, as a machine that is switched off."""
    fillers = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # the queue of those that nobody accepts
            fillers.append(socket.socket())
            fillers[-1].setblocking(False)
            fillers[-1].connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for filler in fillers:
            filler.close()


def test_a_silent_node_is_stepped_over_within_the_callers_time(engine, access, deaf_url):
    engine.rebuild([listing("Repas", pk=1)], 1)
    several = ElasticsearchEngine(replace(access, url=f"{deaf_url},{access.url}"))
    for _ in range(4):  # whichever node's turn it is
        started = time.monotonic()
        with deadline.within(10.0):
            assert several.search(asked()).total == 1
        assert time.monotonic() - started < 5.0
    several.close()
    alone = ElasticsearchEngine(replace(access, url=deaf_url))
    started = time.monotonic()
    with deadline.within(0.6), pytest.raises(EngineUnavailable):
        alone.search(asked())
    assert time.monotonic() - started < 1.0
    alone.close()


def test_no_index_is_missing_everywhere(engine):
    for ask in (engine.cursor, engine.size, lambda: list(engine.versions()), lambda: engine.apply([], [], 1),
                lambda: engine.complete([], "re", "fr", 5)):  # fmt: skip
        with pytest.raises(IndexMissing, match="search_rebuild"):
            ask()


@pytest.fixture
def authority(tmp_path):
    """A certificate that can be read: the first that this Python knows."""
    known = ssl.create_default_context().get_ca_certs(binary_form=True)
    path = tmp_path / "ca.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(known[0]))
    return str(path)


def test_the_settings_become_what_the_client_is_made_with(authority):
    made = Access("https://a:9200, https://b:9200", api_key="k", ca_file=authority).client_arguments()
    assert made["hosts"] == ["https://a:9200", "https://b:9200"]
    assert (made["api_key"], made["ca_certs"]) == ("k", authority)
    assert (made["request_timeout"], made["max_retries"], made["retry_on_timeout"]) == (0.6, 1, False)
    assert Access("http://a:1,http://b:2,http://c:3").client_arguments()["max_retries"] == 2
    assert Access("http://a:1", user="u", password="p").client_arguments()["basic_auth"] == ("u", "p")
    assert "secret" not in repr(Access("http://a:1", api_key="secret", password="secret"))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"url": ""}, "SEARCH_URL"),
        ({"url": " , "}, "SEARCH_URL"),
        ({"url": "localhost:9200"}, "SEARCH_URL"),
        ({"url": "http://localhost"}, "SEARCH_URL needs a host and a port"),
        ({"url": "http://localhost:port"}, "SEARCH_URL"),
        ({"url": "http://a:1,ftp://b:2"}, "SEARCH_URL"),
        ({"url": "https://directory:s3cret@a:9200"}, "SEARCH_USER"),
        ({"api_key": "k", "user": "u", "password": "p"}, "SEARCH_API_KEY"),
        ({"api_key": "s3cret\n"}, "SEARCH_API_KEY"),
        ({"user": "u"}, "SEARCH_PASSWORD"),
        ({"user": "u:s3cret", "password": "p"}, "SEARCH_USER"),
        ({"replicas": "two"}, "SEARCH_REPLICAS"),
        ({"ca_file": "/nowhere.pem", "url": "https://a:1"}, "SEARCH_CA_FILE"),
        ({"ca_file": __file__, "url": "https://a:1"}, "SEARCH_CA_FILE holds no certificate"),
        ({"ca_file": __file__}, "SEARCH_CA_FILE is only for https"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_told(values, named):
    with pytest.raises(ValueError, match=named) as raised:
        Access(**{"url": "http://a:1", **values}).client_arguments()
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(("replicas", "expected"), [("", ("0-1", "0")), ("2", (None, "2"))])
def test_copies_of_the_index_are_a_setting(
    access, elasticsearch_url, prefix, monkeypatch, replicas, expected
):
    monkeypatch.setattr("search.engines.elasticsearch.indexes.COPY_SECONDS", 1)  # nobody can hold the two
    engine = ElasticsearchEngine(replace(access, replicas=replicas))
    engine.rebuild([listing("Repas")], 1)
    assert engine.search(asked("repas")).total == 1
    engine.close()
    with Elasticsearch(elasticsearch_url) as client:
        (made,) = client.indices.get_settings(index=f"{prefix}-*").body.values()
    index = made["settings"]["index"]
    assert (index.get("auto_expand_replicas"), index["number_of_replicas"]) == expected


def test_the_callers_time_is_one_budget_over_all_questions(elasticsearch_url, access):
    """A server that answers each question just in time must not add them up."""
    proxy = Proxy(elasticsearch_url)
    engine = ElasticsearchEngine(replace(access, url=proxy.url))
    engine.rebuild([listing("Repas", pk=1)], 1)
    proxy.delay_seconds = 0.3
    started = time.monotonic()
    with pytest.raises(EngineUnavailable), deadline.within(0.5):
        engine.search(asked("repas"))  # two questions of 0.3 s
    assert 0.4 < time.monotonic() - started < 0.8
    proxy.delay_seconds = 0.0
    with deadline.within(20), deadline.within(60):
        assert engine.search(asked("repas")).total == 1
        assert deadline.left() < 20
    assert deadline.left() is None
    engine.close()
    proxy.close()


def test_a_swap_whose_answer_is_lost_is_looked_up(engine, monkeypatch):
    """A node may die between doing it and saying so: an index that is in use must not be dropped as a failed one."""
    engine.rebuild([listing("Ancien")], 1)
    indices = engine._indexes._admin.indices
    swap = indices.update_aliases

    def swapped_and_silent(**values):
        swap(**values)
        raise ConnectionError("the node is gone")

    monkeypatch.setattr(indices, "update_aliases", swapped_and_silent)
    engine.rebuild([listing("Nouveau")], 2)
    assert names(engine.search(asked())) == ["Nouveau"]

    def silent(**values):
        raise ConnectionError("the node is gone")

    monkeypatch.setattr(indices, "update_aliases", silent)
    with pytest.raises(EngineUnavailable):
        engine.rebuild([listing("Perdu")], 3)
    assert names(engine.search(asked())) == ["Nouveau"]


def test_a_forked_worker_shares_no_connection(settings, access):
    settings.SEARCH_URL = access.url
    engines.elasticsearch_engine.cache_clear()
    ours = engines.elasticsearch_engine()
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(_engine_number) != id(ours)
    assert engines.elasticsearch_engine() is ours
    engines.elasticsearch_engine.cache_clear()


def _engine_number() -> int:
    return id(engines.elasticsearch_engine())


def test_a_wrong_setting_is_said_at_start_and_a_right_one_reaches_the_client(settings):
    settings.SEARCH_URL, settings.SEARCH_USER = "https://search.example:9200", "directory"
    (error,) = the_search_server_can_be_asked(None)
    assert (error.id, "SEARCH_PASSWORD" in error.msg) == ("search.E003", True)
    settings.SEARCH_PASSWORD, settings.SEARCH_TIMEOUT_SECONDS = "long and secret", 2.5
    assert the_search_server_can_be_asked(None) == []
    arguments = elasticsearch_access().client_arguments()
    assert arguments["basic_auth"] == ("directory", "long and secret")
    assert (arguments["hosts"], arguments["request_timeout"]) == (["https://search.example:9200"], 2.5)
    settings.SEARCH_URL = ""
    assert the_search_server_can_be_asked(None) == []
