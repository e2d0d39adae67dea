"""Mistyped words, by a table: what is mended to what, and what is left alone."""

import pytest

from search.query.spelling import Speller, edits_allowed

SPELLER = Speller(
    [
        ("epicerie", 9),
        ("medecin", 40),
        ("medecine", 4),
        ("dentiste", 6),
        ("aide", 90),
        ("maison", 30),
        ("saison", 2),
        *[("alimentaire", 20), ("schuldbemiddeling", 7), ("cpas", 19), ("1030", 9), ("psychologue", 5)],
    ]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mdecin", "medecin"),
        ("medcein", "medecin"),  # two neighbours swapped
        ("medecim", "medecin"),
        ("epicrie", "epicerie"),
        ("rpicerie", "epicerie"),  # the first letter too
        ("dentite", "dentiste"),
        ("alimantere", None),  # three edits
        ("alimantaire", "alimentaire"),
        ("schuldbemidelin", "schuldbemiddeling"),
        ("psicologue", "psychologue"),
        ("paison", "maison"),  # equally near: the one that more listings hold
        ("aid", None),  # too short
        ("cpa", None),
        ("1031", None),  # numbers are never mended
        ("xylophone", None),
    ],
)
def test_mending(typed, meant):
    assert SPELLER.mend(typed) == meant


@pytest.mark.parametrize(
    ("word", "edits"), [("abc", 0), ("abcd", 1), ("abcdefg", 1), ("abcdefgh", 2), ("a1030bcd", 0)]
)
def test_how_far_a_word_may_be_away(word, edits):
    assert edits_allowed(word) == edits


@pytest.mark.parametrize(
    ("word", "meant"), [("saison", "maison"), ("medecine", "medecin"), ("maison", None), ("xylo", None)]
)
def test_a_rare_known_word_may_be_a_slip_for_a_far_more_frequent_one(word, meant):
    assert SPELLER.better(word) == meant


def test_two_words_typed_as_one_are_taken_apart():
    assert SPELLER.taken_apart("aidealimentaire") == ("aide", "alimentaire")
    assert SPELLER.taken_apart("alimentaire") is None


def test_a_beginning_with_a_slip_is_continued():
    assert SPELLER.begun("medce") == ["medecin", "medecine"]
    assert SPELLER.begun("xyl") == []
