"""Concepts among a caller's words, compounds taken apart, and the units an engine is asked for: by tables."""

import pytest

from search.query.analysis import words
from search.query.compounds import parts
from search.query.concepts import Concepts
from search.query.entries import ConceptEntry, Phrase
from search.query.people import find_statuses
from search.query.reading import read


def entry(code, *, needs=(), types=(), counterpart=False, **phrases):
    """names_fr="a; b", acronyms_nl=…, lay_en=…"""
    kinds = {"names": "name", "acronyms": "acronym", "lay": "lay"}
    return ConceptEntry(
        code=code,
        needs=tuple(needs),
        organisation_types=tuple(types),
        phrases=tuple(
            Phrase(text.strip(), key[-2:], kinds[key[:-3]])
            for key, texts in phrases.items()
            for text in texts.split(";")
        ),
        counterpart_only=counterpart,
    )


TABLE = Concepts(
    [
        entry(
            "food",
            needs=["food"],
            types=["food_aid"],
            names_fr="aide alimentaire",
            names_nl="voedselhulp",
            lay_fr="rien à manger; colis",
        ),
        entry(
            "cpas",
            types=["cpas"],
            acronyms_fr="CPAS",
            acronyms_nl="OCMW",
            names_nl="openbaar centrum voor maatschappelijk welzijn",
        ),
        entry("family-office", needs=["family"], acronyms_fr="ONE"),
        entry("forms", needs=["rights"], lay_fr="courrier pas compris"),
        entry("bereavement", needs=["mental_support"], names_nl="rouw", names_fr="deuil"),
        entry("pillbox", needs=["care_pharmacy"], lay_fr="semainier"),
        entry("social-work", types=["casg_caw"], acronyms_fr="CASG", acronyms_nl="CAW", counterpart=True),
        entry("papers", needs=["rights_residence"], lay_fr="sans papiers"),
        entry("alone", needs=["isolation"], lay_fr="seule"),
    ]
)


def found(said: str, language: str = "fr") -> list[tuple[str, str]]:
    tokens = words(said)
    return [
        (" ".join(tokens[at] for at in one.at), concept.code)
        for one in TABLE.find(tokens, language)
        for concept, _phrase in one.entries
    ]


@pytest.mark.parametrize(
    ("said", "language", "concepts"),
    [
        ("j'ai plus rien à manger", "fr", [("rien à manger", "food")]),
        ("aides alimentaires", "fr", [("aides alimentaires", "food")]),
        ("les colis", "fr", [("colis", "food")]),
        ("CPAS", "nl", [("cpas", "cpas")]),
        ("ocmw", "fr", [("ocmw", "cpas")]),
        ("je n'ai pas compris mon courrier", "fr", [("compris courrier", "forms")]),
        ("one", "fr", [("one", "family-office")]),
        ("one of my neighbours", "en", []),
        ("de rouwgroep", "nl", [("rouwgroep", "bereavement")]),
        ("la semaine", "fr", []),  # one stem with "semainier", another word
        ("manger", "fr", []),
        ("", "fr", []),
    ],
)
def test_what_a_caller_says_is_what_an_editor_wrote(said, language, concepts):
    assert found(said, language) == concepts


def codes(said: str, language: str = "fr"):
    tokens = words(said)
    result = read(tokens, TABLE.find(tokens, language), find_statuses(tokens))
    return result


def test_small_words_fall_away_and_the_concept_remains():
    result = codes("bonjour madame j'ai plus rien à manger s'il vous plaît")
    assert [word.exact for word in result.words] == ["manger"]
    [meaning] = result.meanings
    assert (meaning.start, meaning.length, meaning.optional) == (0, 1, False)
    assert ("organisation_type", "food_aid", 1.0) in meaning.codes
    assert [" ".join(word.exact for word in name) for name in meaning.names] == [
        "aide alimentaire",
        "voedselhulp",
    ]


def test_a_kind_of_organisation_stands_above_its_needs():
    shares = {code: share for _facet, code, share in codes("colis").meanings[0].codes}
    assert shares["food_aid"] > shares["food"] > 0


def test_a_counterpart_is_not_another_name():
    [meaning] = codes("casg").meanings
    assert meaning.names == ()


def test_what_the_person_is_is_optional_beside_a_need_and_wanted_alone():
    [beside] = codes("médecin sans papiers").meanings
    assert beside.optional
    [alone] = codes("sans papiers").meanings
    assert not alone.optional


def test_in_a_story_other_words_are_optional():
    result = codes("mon voisin âgé dit que sa fille malade n'a plus rien à manger chez elle")
    assert result.story
    wanted = [word.exact for at, word in enumerate(result.words) if at not in result.optional]
    assert wanted == ["manger"]


def test_a_short_question_keeps_its_words():
    result = codes("colis Anneessens")
    assert not result.story
    assert not result.optional


def test_a_word_said_twice_is_one_unit():
    result = codes("seule, toute seule")
    assert len(result.meanings) == 1


@pytest.mark.parametrize(
    ("word", "language", "found"),
    [
        ("schuldhulp", "nl", ("schuld", "hulp")),
        ("schuldbemiddeling", "nl", ("schuld", "bemiddeling")),
        ("gezondheidszorg", "nl", ("gezondheid", "zorg")),
        ("voedselpakketten", "nl", ("voedsel", "pakketten")),
        ("huisartsenwachtpost", "nl", ("huisarts", "wacht", "post")),
        ("vergadering", "nl", ()),
        ("september", "nl", ()),
        ("meeting", "nl", ()),
        ("krankenversicherung", "de", ("kranken", "versicherung")),
        ("zahnarztpraxis", "de", ("zahnarzt", "praxis")),
        ("schuldhulp", "fr", ()),
    ],
)
def test_compounds_are_taken_apart_into_known_words_only(word, language, found):
    assert parts(word, language) == found


def test_a_concept_said_after_very_many_words_still_counts():
    result = codes(" ".join(f"mot{number}" for number in range(20)) + " rien à manger")
    assert len(result.words) == 16
    assert [(meaning.start, meaning.length) for meaning in result.meanings] == [(16, 0)]
