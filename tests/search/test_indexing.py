"""The index follows the database: edits, deletes, terms, other followers, rebuilds meanwhile, and what drifted."""

import pytest

from search import building, engines, indexing, vocabulary
from search.engine import IndexMissing
from search.engines.embedded import EmbeddedEngine
from services.models import Change, Service
from tests.services.builders import location, organization, service, term

from .builders import asked, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine(tmp_path, settings):
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    engines.embedded_engine.cache_clear()
    vocabulary.forget()
    engine = engines.main()
    indexing.rebuild(engine)
    yield engine
    engines.embedded_engine.cache_clear()
    vocabulary.forget()


def test_an_edit_is_found_after_its_commit(engine, committing):
    with committing():
        made = service("Vestiaire du Midi")
    assert names(engine.search(asked("vestiaire"))) == ["Vestiaire du Midi"]
    with committing():
        made.name_fr = "Donnerie du Midi"
        made.save()
    assert engine.search(asked("vestiaire")).total == 0
    assert names(engine.search(asked("donnerie"))) == ["Donnerie du Midi"]
    assert engine.cursor() == indexing.head()


def test_a_draft_of_a_published_listing_is_not_shown(engine, committing):
    with committing():
        made = service("Vestiaire du Midi")
        made.name_fr = "Brouillon"
        made.save_revision()
    assert names(engine.search(asked())) == ["Vestiaire du Midi"]


@pytest.mark.parametrize("lifecycle", ["archived"])
def test_what_is_unpublished_archived_or_deleted_is_gone(engine, lifecycle, committing):
    with committing():
        unpublished, archived, deleted = service("Un"), service("Deux"), service("Trois")
    assert engine.search(asked()).total == 3
    with committing():
        unpublished.unpublish()
        archived.lifecycle = lifecycle
        archived.save()
        deleted.delete()
    assert engine.search(asked()).total == 0


def test_a_place_an_organisation_or_a_term_that_changes_is_followed_by_its_services(engine, committing):
    with committing():
        need, home, place = (
            term("need", "food", "Alimentation"),
            organization("Asbl Ancien"),
            location(50.84, 4.35),
        )
        service("Épicerie", needs=[need], organization=home, at=[place])
    with committing():
        home.name_fr = "Asbl Renouveau"
        home.save()
        need.name_fr = "Nourriture"
        need.save()
        place.lat = 50.90
        place.save()
    assert engine.search(asked("renouveau")).total == 1
    assert engine.search(asked("nourriture")).total == 1
    assert engine.search(asked("alimentation")).total == 0
    hit = engine.search(asked(near=(50.90, 4.35))).hits[0]
    assert hit.distance_m == pytest.approx(0, abs=2)


def test_a_term_that_is_deleted_leaves_its_services(engine, committing):
    with committing():
        need = term("need", "food")
        service("Épicerie", needs=[need])
    assert engine.search(asked(need=["food"])).total == 1
    with committing():
        need.delete()
    assert engine.search(asked(need=["food"])).total == 0
    assert engine.search(asked()).total == 1


def test_an_old_cursor_catches_up_whatever_happened_meanwhile(engine):
    kept = [service(f"Service {number}") for number in range(8)]
    kept[0].delete()
    assert engine.search(asked()).total == 0
    applied = indexing.follow(engine)
    assert applied == Change.objects.count()
    assert engine.search(asked()).total == 7
    assert indexing.follow(engine) == 0


def test_long_logs_are_applied_in_batches(engine, monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 3)
    for number in range(5):
        service(f"Service {number}")
    indexing.follow(engine)
    assert engine.search(asked()).total == 5
    assert engine.cursor() == indexing.head()


def test_while_another_process_writes_the_follower_goes_on(engine):
    service("Vestiaire")
    with engine._store.writing():
        assert indexing.follow(engine) == 0
    assert indexing.follow(engine) > 0
    assert engine.search(asked("vestiaire")).total == 1


def test_edits_made_during_a_rebuild_are_in_the_index_after_it(engine, monkeypatch):
    service("Avant")
    build = building.build_documents

    def edited_meanwhile(queryset, version):
        yield from build(queryset, version)
        service("Pendant")

    monkeypatch.setattr(building, "build_documents", edited_meanwhile)
    indexing.rebuild(engine)
    assert set(names(engine.search(asked()))) == {"Avant", "Pendant"}


def test_reconcile_tells_what_drifted_and_repairs_it(engine):
    one, two = service("Un"), service("Deux")
    indexing.follow(engine)
    cursor = engine.cursor()
    engine.apply([], [one.pk], cursor)  # lost by accident
    Change.objects.all().delete()
    Service.objects.filter(pk=two.pk)._raw_delete("default")  # by-passed the door
    drift = indexing.reconcile(engine)
    assert (drift.missing, drift.extra) == ([one.pk], [two.pk])
    assert indexing.reconcile(engine, repair=True)
    assert not indexing.reconcile(engine)
    assert names(engine.search(asked())) == ["Un"]


def test_a_missing_index_is_built_and_one_of_another_database_is_replaced(engine, tmp_path, settings):
    service("Vestiaire")
    other = EmbeddedEngine(tmp_path / "other")
    with pytest.raises(IndexMissing):
        other.cursor()
    lines: list[str] = []
    indexing.ensure(other, lines.append)
    assert names(other.search(asked())) == ["Vestiaire"]
    assert any("Building the search index" in line for line in lines)
    other.apply([], [], cursor=999_999)
    indexing.ensure(other, lines.append)
    assert other.cursor() == indexing.head()


def test_closing_notices_close(engine, committing):
    from datetime import date

    from services.models import Notice, Schedule

    with committing():
        made = service("Permanence", live=False)
        made.schedules = [Schedule(byday="MO,TU,WE,TH,FR", opens_at="09:00", closes_at="17:00")]
        made.notices = [
            Notice(kind="closure", text_fr="Congés", starts_on=date(2026, 12, 21), ends_on=date(2027, 1, 1))
        ]
        made.live = True
        made.save()
    assert engine.search(asked(open_at="2026-12-18T10:00")).total == 1
    assert engine.search(asked(open_at="2026-12-22T10:00")).total == 0
    assert engine.search(asked(open_at="2027-01-04T10:00")).total == 1
