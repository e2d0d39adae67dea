"""The commands that look after the index, and those that make and remove listings."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from geo.models import Territory
from search import engines, indexing, vocabulary
from search.engine import EngineError
from search.engines.embedded import EmbeddedEngine
from services.generate import actions
from services.models import Change, ExternalIdentifier, Location, Organization, Service
from tests import migrated
from tests.services import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """An engine of this test's own; commits of the test are not followed by themselves."""
    made = EmbeddedEngine(tmp_path / "index")
    monkeypatch.setattr(engines, "main", lambda: made)
    monkeypatch.setattr(engines, "embedded_engine", lambda: made)
    monkeypatch.setattr(
        engines, "named", lambda name: [made] if name in ("embedded", "all") else _unknown(name)
    )
    vocabulary.forget()
    yield made
    vocabulary.forget()


def _unknown(name):
    raise ValueError(f"no engine is called {name!r}")


def run(name: str, *args, **options) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, stderr=out, **options)
    return out.getvalue()


def test_rebuild_follow_and_reconcile(engine):
    builders.service("Épicerie du Coin")
    assert "embedded: 1 listings indexed" in run("search_rebuild")
    made = builders.service("Vestiaire")
    assert "2 changes applied" in run("search_follow", once=True), "the organisation's and the service's"
    assert "embedded: 0 changes applied" in run("search_follow", once=True)
    assert "0 missing, 0 too many" in run("search_reconcile")
    engine.apply([], [made.pk], engine.cursor())
    with pytest.raises(CommandError, match="--repair mends it"):
        run("search_reconcile")
    assert "1 missing, 0 too many; repaired" in run("search_reconcile", repair=True)
    assert "0 missing, 0 too many" in run("search_reconcile")


@pytest.mark.parametrize("command", ["search_rebuild", "search_follow", "search_reconcile"])
def test_an_unknown_engine_is_named(command, engine):
    with pytest.raises(CommandError, match="no engine is called 'solr'"):
        run(command, engine="solr")


def test_following_without_an_index_says_so(engine):
    with pytest.raises(CommandError, match="embedded: "):
        run("search_follow", once=True)


def test_the_follower_says_once_that_an_engine_is_down_and_when_it_is_back(engine, monkeypatch):
    from search.management.commands.search_follow import Command

    answers = iter([EngineError("away"), EngineError("away"), 3])

    def follow(engine):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(indexing, "follow", follow)
    out, errors = StringIO(), StringIO()
    command, told = Command(stdout=out, stderr=errors), {}
    for _poll in range(3):
        command._follow(engine, told)
    assert errors.getvalue().count("away") == 1
    assert out.getvalue().splitlines() == ["embedded: 3 changes applied", "embedded: answers again"]


def test_the_follower_stops_cleanly_when_asked(tmp_path):
    """On a database of its own: a signal goes to a real process."""
    environment = {
        **os.environ,
        "DIRECTORY_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "directory_site.settings.test",
    }
    environment.pop("DATABASE_URL", None)
    migrated.copy_to(tmp_path / "test.sqlite3")
    process = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "search_follow"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert "following the change log" in process.stdout.readline()
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        rest, _errors = process.communicate(timeout=10)
    finally:
        process.kill()
    assert process.returncode == 0
    assert rest.strip().endswith("stopped")


def test_evaluate_prints_a_table_or_json(engine, tmp_path):
    made = builders.service("Épicerie du Coin")
    ExternalIdentifier.objects.create(service=made, scheme="x", identifier="e1")
    indexing.rebuild(engine)
    path = tmp_path / "judgements.jsonl"
    good = {"query": "épicerie", "lang": "fr", "kind": "need", "relevant": {"e1": 3, "e2": 1}}
    path.write_text(json.dumps(good) + "\nnonsense\n", encoding="utf-8")
    told = run("search_evaluate", path, worst=1)
    assert "refused: judgements.jsonl, line 2: no JSON" in told
    assert "unknown to the catalogue: e2 (line 1)" in told
    row = next(line for line in told.splitlines() if line.startswith("| overall"))
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "overall",
        "1",
        "0.917",
        "1.000",
        "1.000",
        "0.500",
    ]
    out = StringIO()
    call_command("search_evaluate", path, json=True, stdout=out, stderr=StringIO())
    answer = json.loads(out.getvalue())
    assert answer["engines"]["embedded"]["overall"]["mrr"] == 1
    assert answer["refused"][0]["line"] == 2


def test_evaluate_refuses_what_it_cannot_read(engine, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("search_evaluate", tmp_path / "none.jsonl")
    path = tmp_path / "empty.jsonl"
    path.write_text("nonsense\n")
    with pytest.raises(CommandError, match="no judgement could be read"):
        run("search_evaluate", path)


def test_evaluate_scores_nothing_that_another_engine_answered(engine, tmp_path, monkeypatch):
    made = builders.service("Épicerie du Coin")
    ExternalIdentifier.objects.create(service=made, scheme="x", identifier="e1")
    indexing.rebuild(engine)
    path = tmp_path / "judgements.jsonl"
    path.write_text(json.dumps({"query": "épicerie", "lang": "fr", "relevant": {"e1": 3}}) + "\n")

    def answered_from_behind(query, search=engine.search):
        result = search(query)
        result.degraded = True
        return result

    monkeypatch.setattr(engine, "search", answered_from_behind)
    with pytest.raises(CommandError, match="embedded did not answer line 1"):
        run("search_evaluate", path)


@pytest.fixture
def ground():
    """One commune in Brussels and one elsewhere, and the terms that the fixtures' listings use."""
    from services.transfer.fixtures import load_taxonomy

    belgium = Territory.objects.create(kind="country", code="be", name_fr="Belgique")
    for code, name, lat, lon in (("21012", "Molenbeek", 50.855, 4.33), ("44021", "Gand", 51.05, 3.72)):
        Territory.objects.create(
            kind="commune", code=code, name_fr=name, lat=lat, lon=lon, area_km2=6, parent=belgium
        )
    load_taxonomy()


def test_made_listings_are_the_same_for_a_seed_and_more_never_change_the_first(ground):
    assert "created 12, already there 0, refused 0" in run("make_listings", 12)
    first = {
        row[0]: row[1:] for row in Service.objects.values_list("external_identifiers__identifier", "name_fr")
    }
    assert "created 3, already there 12" in run("make_listings", 15)
    run("remove_examples", yes=True)
    run("make_listings", 15)
    again = {
        row[0]: row[1:] for row in Service.objects.values_list("external_identifiers__identifier", "name_fr")
    }
    assert first.items() <= again.items()
    assert "created 5" in run("make_listings", 5, seed=2)


def test_made_listings_are_marked_and_varied(ground):
    run("make_listings", 120)
    made = Service.objects.all()
    assert set(made.values_list("is_example", "source")) == {(True, "generated")}
    assert made.exclude(name_fr="").count() == 120
    assert 40 < made.exclude(name_nl=None).count() < 110
    assert made.filter(service_at_locations=None).exclude(service_areas=None).exists()
    assert Location.objects.exclude(commune=None).count() > 100
    words = {word for text in made.values_list("description_fr", flat=True) for word in text.lower().split()}
    assert len(words) > 1000


@pytest.mark.parametrize("count", [0, -1, 1_000_001])
def test_how_many_listings_may_be_made(count):
    with pytest.raises(CommandError, match="a whole number from 1"):
        run("make_listings", count)


def test_listings_need_the_territories():
    with pytest.raises(CommandError, match="load_geography first"):
        run("make_listings", 1)


@pytest.fixture
def mixed(ground):
    """Three generated listings, an invented one, and a real one that stands on an invented place."""
    actions.make_listings(3, seed=1, today=date(2026, 11, 22), by="test")
    invented = builders.organization("Inventée asbl", is_example=True)
    builders.service("Inventé", organization=invented, is_example=True)
    shared = builders.location(is_example=True, lat=50.855, lon=4.33)
    return builders.service("Vrai", organization=builders.organization("Vraie asbl"), at=[shared])


def test_examples_are_removed_and_nothing_real(mixed):
    told = run("remove_examples", yes=True)
    assert "Removed 4 services" in told
    assert list(Service.objects.values_list("pk", flat=True)) == [mixed.pk]
    assert list(Organization.objects.values_list("name_fr", flat=True)) == ["Vraie asbl"]
    assert Location.objects.count() == 1, "the real listing stands there"
    assert Change.objects.filter(verb="deleted", entity="service").count() == 4
    assert "There are no examples" in run("remove_examples", yes=True)


def test_only_generated_ones_are_removed_when_asked(mixed):
    assert "Removed 3 services" in run("remove_examples", yes=True, generated=True)
    assert Service.objects.filter(name_fr="Inventé").exists()
    assert Organization.objects.filter(name_fr="Inventée asbl").exists()


@pytest.mark.parametrize(("answer", "kept"), [("no", True), ("", True), ("yes", False)])
def test_it_asks_first(mixed, monkeypatch, answer, kept):
    monkeypatch.setattr("builtins.input", lambda question: answer)
    if kept:
        with pytest.raises(CommandError, match="nothing was removed"):
            run("remove_examples")
    else:
        run("remove_examples")
    assert Service.objects.filter(is_example=True).exists() is kept


def test_loading_the_fixtures_says_what_was_refused_and_ends_well(tmp_path, monkeypatch):
    from services.transfer import fixtures

    (tmp_path / "organizations.jsonl").write_text('{"id": "o", "name": {"fr": "Une asbl"}}\n{"id": "p"}\n')
    original = fixtures.load_listings
    monkeypatch.setattr(fixtures, "load_listings", lambda **options: original(folder=tmp_path, **options))
    told = run("load_fixtures")
    assert "refused: organizations.jsonl, line 2: name: at least one language is needed" in told
    assert "Listings: created 1, known 0; refused 1 rows in all." in told
