"""Words that name a place become the place, mistyped words are mended, and neither over a listing's own name."""

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
