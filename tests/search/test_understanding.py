"""Words that name a place become the place, mistyped words are mended, and neither over a listing's own name."""

from datetime import datetime

import pytest

from search import finder
from search.request import SearchRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]


def found(q: str, lang: str = "fr", **values) -> finder.Found:
    return finder.find(SearchRequest(q=q, lang=lang, **values))


@pytest.mark.parametrize(
    ("said", "place", "text"),
    [
        ("médecin 1030", "1030", "médecin"),
        ("médecin à Laeken", "Laeken", "médecin"),
        ("aide alimentaire à Saint-Josse", "Saint-Josse-ten-Noode", "aide alimentaire"),
        ("Schaerbeek dettes", "Schaerbeek", "dettes"),
        ("1080", "1080", ""),
        ("repas st gilles", "Saint-Gilles", "repas"),
    ],
)
def test_a_place_among_the_words_is_the_place(said, place, text):
    result = found(said)
    assert place in result.place.label
    assert result.understood.text == text
    assert result.result.total > 0


def test_a_place_among_dutch_words():
    result = found("hulp bij schulden in Gent", "nl")
    assert (result.place.code, result.understood.text) == ("44021", "hulp bij schulden")


@pytest.mark.parametrize(
    "said", ["cpas de schaerbeek", "Porte Verte", "restaurant social rue", "ocmw molenbeek"]
)
def test_a_listings_own_name_is_no_place(said):
    result = found(said)
    assert result.place is None
    assert result.result.hits


def test_a_place_that_was_given_wins_over_the_words():
    result = found("médecin Laeken", near_text="1060")
    assert "1060" in result.place.label
    assert result.understood.text == "médecin Laeken"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("epicrie", "epicerie"),
        ("mdecin", "medecin"),
        ("dentiiste", "dentiste"),
        ("alimantaire", "alimentaire"),
    ],
)
def test_a_mistyped_word_is_mended_and_says_so(typed, meant):
    result = found(typed)
    assert [(correction.typed, correction.meant) for correction in result.understood.corrections] == [
        (typed, meant)
    ]
    assert result.result.total > 0


def test_a_known_word_is_never_mended():
    assert found("épicerie sociale").understood.corrections == ()
    assert found("repas chauds à domicile").understood.corrections == ()


def test_a_mistyped_place_and_day_are_understood_after_mending():
    result = found("mdecin skaerbeek")
    assert "Schaerbeek" in result.place.label
    assert result.understood.text == "medecin"


def test_words_typed_as_one_and_one_word_typed_apart():
    assert [(c.typed, c.meant) for c in found("epiceriesociale").understood.corrections] == [
        ("epiceriesociale", "epicerie sociale")
    ]
    assert [(c.typed, c.meant) for c in found("media tion dettes").understood.corrections] == [
        ("media tion", "mediation")
    ]


def test_what_a_caller_says_finds_what_is_filed_under_its_meaning():
    result = found("j'ai plus rien à manger")
    assert [expansion.words for expansion in result.understood.expansions] == ["plus rien à manger"]
    assert all(any(need.startswith("food") for need in hit.card["needs"]) for hit in result.result.hits[:3])


def test_a_concept_changed_by_an_editor_counts_at_once():
    from search import concepts
    from search.models import Concept

    assert not found("gribouillis").understood.expansions
    concept = Concept.objects.get(code="food-aid")
    concept.lay_fr += "\ngribouillis"
    concept.save()
    concepts.forget()
    assert found("gribouillis").understood.expansions


def test_a_day_an_age_and_a_status_become_filters():
    result = found("médecin sans papiers dimanche matin 75 ans")
    assert result.understood.text == "médecin sans papiers"
    assert result.query.age == 75 or "age" in result.dropped
    assert {status.code for status in result.understood.statuses} == {"undocumented"}
    assert result.understood.time.words == "dimanche matin"


def test_a_filter_that_was_given_wins_over_the_words():
    result = found("médecin 75 ans", age=20)
    assert result.query.age == 20


def test_what_was_only_guessed_never_leaves_nothing():
    result = found("épicerie sociale dimanche matin")
    assert result.result.total > 0
    assert result.dropped == ("open",)
    assert result.query.open_at is None


def test_filters_are_let_go_in_the_stated_order_only_when_asked():
    asked = {
        "filters": {"need": ("food_social_grocery",)},
        "near_text": "1080",
        "radius_km": 0.1,
        "open_at": datetime(2026, 11, 23, 3, 0),
    }
    strict = found("", **asked)
    assert (strict.result.total, strict.dropped) == (0, ())
    relaxed = found("", **asked, relax=True)
    assert relaxed.result.total > 0
    assert relaxed.dropped == ("open", "radius_km")


def test_literally_nothing_is_understood():
    result = found("mdecin 1030 dimanche", literal=True)
    assert (result.place, result.understood.time, result.understood.corrections) == (None, None, ())


@pytest.mark.parametrize(
    ("typed", "kind"), [("épic", "service"), ("cpas", "service"), ("schaer", "place"), ("leefl", "need")]
)
def test_completion_mixes_all_kinds(typed, kind):
    from search.suggesting import suggest

    assert kind in {suggestion.kind for suggestion in suggest(typed, "nl" if typed == "leefl" else "fr")}


@pytest.mark.parametrize("typed", ["epcierie", "restauarnt soc", "médiaton de dett"])
def test_completion_forgives_a_slip(typed):
    from search.suggesting import suggest

    assert suggest(typed, "fr")
