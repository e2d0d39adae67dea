"""Ages, statuses and languages said among the words, by a table."""

import pytest

from search.query.analysis import exact_tokens
from search.query.people import find_age, find_statuses


@pytest.mark.parametrize(
    ("said", "age", "words"),
    [
        ("j'ai 75 ans et je suis seule", 75, "ai 75 ans"),
        ("dame de 82 ans", 82, "de 82 ans"),
        ("hulp voor een 80-jarige", 80, "80 jarige"),
        ("75 jaar oud", 75, "75 jaar oud"),
        ("aged 70 years", 70, "aged 70 years"),
        ("enfant de 3 ans", 3, "de 3 ans"),
        ("ich bin 66 Jahre alt", 66, "bin 66 jahre alt"),
    ],
)
def test_an_age_is_heard(said, age, words):
    tokens = exact_tokens(said)
    found = find_age(tokens)
    assert found is not None
    assert (found.age, " ".join(tokens[found.start : found.end])) == (age, words)


@pytest.mark.parametrize(
    "said",
    ["seul depuis 3 ans", "il y a 2 ans", "sinds 5 jaar", "1030", "150 ans", "Ans", "rue 75", "for 4 years"],
)
def test_how_long_is_no_age(said):
    assert find_age(exact_tokens(said)) is None


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("médecin sans papiers", [("audience", "undocumented", "sans papiers")]),
        ("dokter zonder papieren", [("audience", "undocumented", "zonder papieren")]),
        (
            "enceinte et sans mutuelle",
            [("audience", "pregnancy", "enceinte"), ("audience", "no_insurance", "sans mutuelle")],
        ),
        ("demandeur d'asile", [("audience", "asylum_seekers", "demandeur asile")]),
        ("psychologue qui parle turc", [("language", "tr", "qui parle turc")]),
        ("dokter die arabisch spreekt", [("language", "ar", "die arabisch spreekt")]),
        ("Arabic speaking doctor", [("language", "ar", "arabic speaking")]),
        ("médecin néerlandophone", [("language", "nl", "neerlandophone")]),
        ("cours de français", []),  # a subject, not a language to be served in
        ("papiers", []),
    ],
)
def test_what_the_person_is_or_speaks(said, found):
    tokens = exact_tokens(said)
    assert [
        (status.facet, status.code, " ".join(tokens[status.start : status.end]))
        for status in find_statuses(tokens)
    ] == found
