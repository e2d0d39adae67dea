"""While there is no index the database answers: the same rules, fewer candidates."""

import pytest

from search import engines, vocabulary
from search.engine import EngineUnavailable
from search.engines import database
from search.engines.database import DatabaseEngine
from services.models import CostOption, ServiceAudience
from tests.services.builders import location, organization, service, term

from .builders import BOURSE, FLAGEY, GENT, asked, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def engine():
    vocabulary.forget()
    yield DatabaseEngine()
    vocabulary.forget()


@pytest.mark.parametrize("typed", ["épicerie", "epicerie", "EPICERIES", "l’épicerie sociale"])
def test_accents_case_and_inflection_do_not_matter_in_names(engine, typed):
    service("Épicerie sociale du Midi")
    service("Vestiaire")
    assert names(engine.search(asked(typed))) == ["Épicerie sociale du Midi"]


def test_words_are_found_in_texts_needs_and_organisations_behind_names(engine):
    food = term("need", "food", "Alimentation", name_nl="Voeding")
    service("Un", summary_fr="Colis d’alimentation")
    service("Deux", needs=[food])
    service("Trois", organization=organization("Alimentation asbl"))
    service("Alimentation pour tous")
    service("Autre")
    found = names(engine.search(asked("alimentation")))
    assert found[0] == "Alimentation pour tous"
    assert set(found) == {"Alimentation pour tous", "Un", "Deux", "Trois"}
    assert names(engine.search(asked("voeding", lang="nl"))) == ["Deux"]


def test_all_words_are_wanted_before_some(engine):
    service("Douches et lessive")
    service("Douches")
    assert names(engine.search(asked("douches lessive"))) == ["Douches et lessive"]
    result = engine.search(asked("douches introuvables"))
    assert set(names(result)) == {"Douches et lessive", "Douches"}
    assert not result.all_words
    assert engine.search(asked("xylophone")).total == 0


def test_filters_ages_and_who_may_see_hold(engine):
    need = term("need", "food")
    women = term("audience", "women")
    service("Un", needs=[need], minimum_age=65, languages=["nl"])
    two = service("Deux", needs=[need], maximum_age=25, languages=["fr"])
    two.audiences = [ServiceAudience(term=women, welcome="exclusive")]
    two.cost_options = [CostOption(option="free")]
    two.save()
    service("Trois", visibility="professionals", needs=[need])
    service("Quatre", lifecycle="closed_permanently")
    service("Brouillon", live=False)
    assert set(names(engine.search(asked()))) == {"Un", "Deux"}
    assert set(names(engine.search(asked(professional=True)))) == {"Un", "Deux", "Trois"}
    assert names(engine.search(asked(age=70))) == ["Un"]
    assert names(engine.search(asked(language=["nl"]))) == ["Un"]
    assert names(engine.search(asked(cost=["free"]))) == ["Deux"]
    assert names(engine.search(asked(audience=["seniors"]))) == ["Un"]
    assert names(engine.search(asked("quatre"))) == ["Quatre"]
    assert engine.search(asked(need=["food"])).facets["need"] == {"food": 2}


def test_a_hidden_address_has_no_distance_and_is_in_no_radius(engine):
    service("Public", at=[location(*FLAGEY)])
    service("Caché", at=[location(*FLAGEY, address_visibility="address_hidden", street_fr="Rue Secrète")])
    found = {hit.card["name"]["fr"]: hit.distance_m for hit in engine.search(asked(near=FLAGEY)).hits}
    assert found == {"Public": pytest.approx(0, abs=1), "Caché": None}
    assert names(engine.search(asked(near=FLAGEY, radius_m=500.0))) == ["Public"]
    assert engine.search(asked("secrète")).total == 0


def test_opening_hours_are_exact(engine):
    from services.models import Schedule

    made = service("Permanence", live=False)
    made.schedules = [Schedule(byday="MO,TU,WE,TH,FR", opens_at="09:00", closes_at="17:00")]
    made.live = True
    made.save()
    assert engine.search(asked(open_at="2026-11-23T10:00")).total == 1
    assert engine.search(asked(open_at="2026-11-23T18:00")).total == 0


def test_the_work_is_bounded_and_those_near_come_first(engine, monkeypatch):
    monkeypatch.setattr(database, "CANDIDATES", 5)
    for number in range(6):
        service(f"Repas loin {number}", at=[location(*GENT)])
    service("Repas près", at=[location(*BOURSE)])
    result = engine.search(asked("repas", near=FLAGEY))
    assert result.total == 5
    assert names(result)[0] == "Repas près"
    assert result.degraded


def test_an_edit_is_found_at_once(engine):
    made = service("Vestiaire")
    made.name_fr = "Donnerie"
    made.save()
    assert names(engine.search(asked("donnerie"))) == ["Donnerie"]
    assert engine.search(asked("vestiaire")).total == 0


def test_completion_takes_the_prefix_of_any_word(engine):
    service("Épicerie sociale du Parc", organization=organization("Asbl Parcours"))
    service("Secret du parc", visibility="professionals")
    service("Éparcours")
    assert [(found.text, found.kind) for found in engine.complete([], "par", "fr", 5)] == [
        ("Épicerie sociale du Parc", "service"),
        ("Asbl Parcours", "organization"),
    ]
    assert [found.text for found in engine.complete(["sociale"], "epi", "fr", 5)] == [
        "Épicerie sociale du Parc"
    ]


def test_when_the_database_is_away_too_it_says_so(engine, monkeypatch):
    from django.db import OperationalError

    def away(*_arguments):
        raise OperationalError("gone")

    monkeypatch.setattr(database, "_candidates", away)
    monkeypatch.setattr(database, "_named", away)
    with pytest.raises(EngineUnavailable, match="the database does not answer"):
        engine.search(asked())
    with pytest.raises(EngineUnavailable, match="the database does not answer"):
        engine.complete([], "par", "fr", 5)


def test_pages_and_the_api_are_answered_without_an_index(client, settings, tmp_path):
    service("Vestiaire du Midi")
    settings.SEARCH_INDEX_DIR = tmp_path / "nothing here"
    engines.embedded_engine.cache_clear()
    vocabulary.forget()
    try:
        answer = client.get("/api/v1/search?q=vestiaire").json()
        suggested = client.get("/api/v1/suggest?q=vest").json()
    finally:
        engines.embedded_engine.cache_clear()
    assert (answer["total"], answer["degraded"], answer["hits"][0]["name"]) == (1, True, "Vestiaire du Midi")
    assert [found["text"] for found in suggested["suggestions"]] == ["Vestiaire du Midi"]
