"""The table of concepts the search starts from: well formed, in both languages, and precise enough to be matched."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from search.query.analysis import folded
from search.query.stopwords import is_stopword

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
CONCEPTS = [
    json.loads(line) for line in (FIXTURES / "concepts.jsonl").read_text(encoding="utf-8").splitlines()
]
BY_ID = {concept["id"]: concept for concept in CONCEPTS}
LANGUAGES = {"fr", "nl", "en", "de"}
REQUIRED = {"id", "needs", "names", "lay", "counterpart_only"}
OPTIONAL = {"organisation_types", "acronyms", "note"}
TERM_KINDS = ("names", "acronyms", "lay")
# A word that leads to more concepts than this says too little to expand a search.
MOST_CONCEPTS_OF_A_LAY_WORD = 3


def terms(*kinds):
    """(concept id, language, term) of every term of these kinds."""
    return [
        (concept["id"], language, term)
        for concept in CONCEPTS
        for kind in kinds
        for language, found in concept.get(kind, {}).items()
        for term in found
    ]


def taxonomy_codes(taxonomy):
    document = json.loads((FIXTURES / "taxonomy.json").read_text(encoding="utf-8"))
    pending = next(found["terms"] for found in document["taxonomies"] if found["code"] == taxonomy)
    codes = set()
    while pending:
        codes |= {term["code"] for term in pending}
        pending = [child for term in pending for child in term.get("terms", [])]
    return codes


def test_there_are_at_least_200_with_unique_ids():
    assert len(CONCEPTS) >= 200
    assert len(BY_ID) == len(CONCEPTS)
    assert [key for key in BY_ID if not re.fullmatch(r"[a-z]+(-[a-z]+)*", key)] == []


def test_every_line_has_the_form_of_a_concept():
    for concept in CONCEPTS:
        assert set(concept) >= REQUIRED, concept["id"]
        assert set(concept) <= REQUIRED | OPTIONAL, concept["id"]
        assert type(concept["counterpart_only"]) is bool, concept["id"]
        for kind in TERM_KINDS:
            found = concept.get(kind, {})
            assert set(found) <= LANGUAGES, (concept["id"], kind)
            for language, listed in found.items():
                assert listed, (concept["id"], kind, language)
                assert all(isinstance(term, str) for term in listed), (concept["id"], kind, language)


def test_every_concept_has_a_name_in_french_and_in_dutch():
    assert [concept["id"] for concept in CONCEPTS if not {"fr", "nl"} <= set(concept["names"])] == []


def test_needs_and_organisation_types_exist():
    needs = taxonomy_codes("need")
    organisation_types = taxonomy_codes("organisation_type")
    for concept in CONCEPTS:
        assert set(concept["needs"]) <= needs, concept["id"]
        assert set(concept.get("organisation_types", ())) <= organisation_types, concept["id"]


def test_terms_are_tidy():
    untidy = [found for found in terms(*TERM_KINDS) if found[2] != " ".join(found[2].split())]
    assert untidy == []


def test_no_term_is_shorter_than_two_letters():
    assert [found for found in terms(*TERM_KINDS) if sum(map(str.isalnum, found[2])) < 2] == []


def test_no_term_is_a_stop_word_alone():
    assert [found for found in terms(*TERM_KINDS) if is_stopword(folded(found[2]))] == []


def test_what_callers_say_is_short_enough_to_be_matched():
    assert [found for found in terms("lay") if len(folded(found[2]).split()) > 6] == []


def test_a_term_stands_once_in_a_concept_and_language():
    for concept in CONCEPTS:
        for language in LANGUAGES:
            listed = [folded(term) for kind in TERM_KINDS for term in concept.get(kind, {}).get(language, ())]
            assert [term for term, count in Counter(listed).items() if count > 1] == [], concept["id"]


def test_no_lay_word_leads_to_many_concepts():
    counts = Counter(term for _, term in {(concept, folded(term)) for concept, _, term in terms("lay")})
    assert {term for term, count in counts.items() if count > MOST_CONCEPTS_OF_A_LAY_WORD} == set()


def test_an_official_name_or_acronym_belongs_to_one_concept():
    owners = {(concept, folded(term)) for concept, _, term in terms("names", "acronyms")}
    counts = Counter(term for _, term in owners)
    assert {term for term, count in counts.items() if count > 1} == set()


def test_a_counterpart_says_why():
    counterparts = [concept for concept in CONCEPTS if concept["counterpart_only"]]
    assert counterparts
    assert [concept["id"] for concept in counterparts if "counterparts" not in concept.get("note", "")] == []


@pytest.mark.parametrize(
    ("said", "language", "concept"),
    [
        ("minimex", "fr", "integration-income"),
        ("bestaansminimum", "nl", "integration-income"),
        ("CPAS", "fr", "cpas"),
        ("OCMW", "nl", "cpas"),
        ("ÖSHZ", "de", "cpas"),
        ("VT", "nl", "bim"),
        ("vipo", "fr", "bim"),
        ("toubib", "fr", "general-practitioner"),
        ("dokter van wacht", "nl", "out-of-hours-doctor"),
        ("femme d'ouvrage", "fr", "household-help"),
        ("kuisvrouw", "nl", "household-help"),
        ("popote", "fr", "home-meals"),
        ("ma pension est trop petite", "fr", "grapa"),
        ("pensioen te klein", "nl", "grapa"),
        ("bouton d'alarme", "fr", "personal-alarm"),
        ("huissier", "fr", "bailiff"),
        ("deurwaarder", "nl", "bailiff"),
        ("mon mari me frappe", "fr", "partner-violence"),
        ("niet meer willen leven", "nl", "suicide-prevention"),
        ("want to die", "en", "suicide-prevention"),
        ("rusthuis", "nl", "nursing-home"),
        ("j'ai faim", "fr", "food-aid"),
    ],
)
def test_what_callers_say_leads_to_its_concept(said, language, concept):
    leads_to = {
        found
        for found, spoken, term in terms(*TERM_KINDS)
        if spoken == language and folded(term) == folded(said)
    }
    assert concept in leads_to
