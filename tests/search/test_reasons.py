"""Where a word stands on a card, said in the reader's language, and what is remembered of a card."""

from types import SimpleNamespace

import pytest

from search import reasons
from search.cards import PerCard
from search.engine import EngineHit, EngineQuery, EngineResult
from search.query.reading import query_words
from search.request import SearchRequest
from search.vocabulary import Vocabulary

KNOWN = Vocabulary(
    labels={
        "need": {"debt": {"fr": "Dettes"}, "money": {"fr": "Argent"}},
        "organisation_type": {"cpas": {"fr": "Centre public"}},
        "audience": {"women": {"fr": "Femmes"}},
    },
    parents={"need": {"debt": "money"}},
    territory_names={("commune", "21015"): {"fr": "Schaerbeek", "nl": "Schaarbeek"}},
)


def card(**values) -> dict:
    place = {"name": {}, "street": {"fr": "rue Verte"}, "postcode": "1030", "nis5": "21015"}
    return {
        "uuid": "u",
        "name": {"fr": "Médiation 100% gratuite", "nl": "Bemiddeling"},
        "alternate": {"fr": "MG"},
        "needs": ["debt"],
        "type": "cpas",
        "organization": {"name": {"fr": "Asbl Soleil"}},
        "summary": {"fr": "Un accueil chaleureux"},
        "locations": [place, {"hidden": True}],
        "areas": ["commune:21015"],
        "audiences": [["women", "exclusive"]],
    } | values


def why(words: str, *, lang="fr", all_words=True, on=None, distance=None, place=None, **request) -> list[str]:
    hit = EngineHit(1, "u", 1.0, {}, distance, None, on or card())
    asked = SearchRequest(q=words, lang=lang, **request)
    found = SimpleNamespace(
        words=query_words(words),
        request=asked,
        vocabulary=KNOWN,
        query=EngineQuery(
            words=query_words(words),
            filters={facet: frozenset(codes) for facet, codes in asked.filters.items()},
        ),
        result=EngineResult(1, [hit], {}, all_words=all_words),
        place=place,
        dropped=(),
        understood=SimpleNamespace(expansions=()),
        has_every_word=all_words,
    )
    return reasons.why(hit, found)


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("médiations", "le nom"),
        ("bemiddeling", "le nom"),
        ("mg", "un autre nom"),
        ("dette", "les besoins"),
        ("argent", "les besoins"),
        ("public", "les besoins"),
        ("soleil", "l’organisation"),
        ("1030", "l’adresse"),
        ("schaarbeek", "l’adresse"),
        ("verte", "l’adresse"),
        ("chaleureux", "la description"),
        ("couscous", "la description"),
    ],
)
def test_the_most_telling_place_is_named(word, place):
    (reason,) = why(word)
    assert word in reason
    assert reason.replace("'", "’").endswith(place), reason


def test_a_word_that_need_not_match_has_no_reason():
    assert why("couscous", all_words=False) == []
    assert why("chaleureux", all_words=False) != []


def test_it_is_said_in_the_requests_language_whatever_was_said_before():
    assert why("mg", lang="nl") != why("mg", lang="fr") != why("mg", lang="en")
    assert why("mg", lang="en") == ["“mg” in another name"]


def test_a_percent_sign_in_the_words_is_no_format():
    hit = card(name={"fr": "100%s"})
    assert len(why("100%s %(x)s", on=hit)) == len(query_words("100%s %(x)s"))


def test_distance_area_opening_and_audience():
    place = SimpleNamespace(label="", areas=("commune:21015",))
    assert why("", lang="en", distance=2440.0, place=place) == ["2.4 km from the place you gave"]
    assert "2,4 km" in why("", lang="fr", distance=2440.0, place=place)[0]
    assert why("", lang="en", place=place) == ["serves the place you gave"]
    assert why("", lang="en", open_now=True) == ["open now"]
    assert why("", lang="fr", filters={"audience": ("women",)}) == ["Femmes"]


def test_what_was_made_of_a_card_lasts_until_card_or_vocabulary_change():
    made = []
    remembered = PerCard(lambda one, known: made.append(one) or len(made))
    first = card()
    assert [remembered.of(first, KNOWN), remembered.of(first, KNOWN), remembered.of(card(), KNOWN)] == [
        1,
        1,
        1,
    ]
    assert remembered.of(card(summary={}), KNOWN) == 2
    assert remembered.of(first, KNOWN) == 3
    assert remembered.of(first, Vocabulary()) == 4
