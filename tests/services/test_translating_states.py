"""Which translations are missing, stale, by a machine, to review: tables, and rules that hold for any history."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import TranslationState
from services.translating.states import (
    COMPLETE,
    MACHINE,
    MISSING,
    STALE,
    TO_REVIEW,
    WORST_FIRST,
    Note,
    Proposal,
    field_state,
    followed,
    from_json,
    states,
    to_json,
    work,
    work_state,
    worst,
)
from services.translating.texts import (
    FIELDS,
    fingerprint,
    in_order,
    is_key,
    normalised,
    refusal,
    source_language,
)

FR, NL = fingerprint("Aide"), fingerprint("Hulp")
PHONE = "phone:0a0b0c0d-0000-4000-8000-000000000001"


def test_the_states_are_those_of_the_model_in_its_order():
    assert list(WORST_FIRST) == TranslationState.values


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ouvert : oui", "Ouvert\u00a0: oui", True),
        ("Ouvert\u202f: oui", "Ouvert  : oui ", True),
        ("Une ligne.\r\n\r\nUne autre.", "Une ligne.\nUne autre.", True),
        ("e\u0301picerie", "épicerie", True),
        ("épicerie", "epicerie", False),
        ("Gratuit", "gratuit", False),
        ("De 9 h à 12 h", "De 9 h à 13 h", False),
        ("Fini.", "Fini", False),
    ],
)
def test_two_texts_that_read_the_same_have_one_fingerprint(one, other, same):
    assert (fingerprint(one) == fingerprint(other)) is same


def test_nothing_has_no_fingerprint():
    assert fingerprint("") == fingerprint(" \n\u00a0") == ""


@given(st.text())
def test_normalising_twice_is_normalising_once(text):
    assert normalised(normalised(text)) == normalised(text)
    assert len(fingerprint(text)) in (0, 16)


@pytest.mark.parametrize(
    ("names", "declared", "expected"),
    [
        ({"fr": "Aide", "nl": "Hulp"}, "", "fr"),
        ({"nl": "Hulp", "en": "Help"}, "", "nl"),
        ({"fr": "Aide", "nl": "Hulp"}, "nl", "nl"),
        ({"fr": "Aide"}, "nl", "fr"),
        ({"fr": "  ", "de": "Hilfe"}, "", "de"),
        ({}, "fr", ""),
    ],
)
def test_the_language_of_the_original(names, declared, expected):
    assert source_language(names, declared, ("fr", "nl", "en", "de")) == expected


@pytest.mark.parametrize(
    ("text", "note", "expected"),
    [
        (None, None, MISSING),
        ("  ", Note(FR, NL), MISSING),
        ("Hulp", None, COMPLETE),
        ("Hulp", Note(FR, NL), COMPLETE),
        ("Hulp", Note(fingerprint("Ancien"), NL), STALE),
        ("Hulp", Note(fingerprint("Ancien"), NL, machine=True), STALE),
        ("Hulp", Note(FR, NL, machine=True), MACHINE),
        ("Hulp", Note(FR, NL, review=True), TO_REVIEW),
        ("Andere hulp", Note(fingerprint("Ancien"), NL, machine=True), COMPLETE),
        ("Hulp", Note(proposal=Proposal(FR, NL, machine=True)), MACHINE),
        ("Hulp", Note(proposal=Proposal(FR, NL, review=True)), TO_REVIEW),
        ("Hulp", Note(proposal=Proposal(fingerprint("Ancien"), NL, machine=True)), STALE),
    ],
)
def test_the_state_of_one_text(text, note, expected):
    assert field_state("Aide", text, note) == expected


@pytest.mark.parametrize(
    ("text", "proposal", "expected"),
    [
        ("", Proposal(FR, NL, machine=True), MACHINE),
        ("", Proposal(FR, NL), TO_REVIEW),
        ("", Proposal(fingerprint("Plus ancien"), NL), MISSING),
        ("Oude hulp", Proposal(FR, NL), TO_REVIEW),
        ("Oude hulp", Proposal(fingerprint("Brouillon"), NL), TO_REVIEW),
        ("Oude hulp", Proposal(fingerprint("Plus ancien"), NL), STALE),
    ],
)
def test_what_waits_in_a_draft_counts_for_the_team_only(text, proposal, expected):
    note = Note(fingerprint("Ancien"), fingerprint("Oude hulp"), proposal=proposal)
    assert work_state("Aide", text, note, "Brouillon") == expected
    assert field_state("Aide", text, note) == (STALE if text else MISSING)


def test_a_listing_is_as_bad_as_its_worst_text():
    assert worst({"name": COMPLETE, "summary": MACHINE, "description": STALE}) == STALE
    assert worst({}) == COMPLETE


class TestFollowing:
    def test_what_was_there_before_is_taken_as_current(self):
        notes = followed("fr", {"name": "Aide"}, {"name": "Hulp"}, {})
        assert notes == {"name": Note(FR, NL, "fr")}

    def test_the_original_alone_changes_and_the_translation_is_stale(self):
        notes = followed("fr", {"name": "Aide"}, {"name": "Hulp"}, {})
        notes = followed("fr", {"name": "Aide sociale"}, {"name": "Hulp"}, notes)
        assert states({"name": "Aide sociale"}, {"name": "Hulp"}, notes) == {"name": STALE}

    def test_both_in_one_save_are_fresh(self):
        notes = followed("fr", {"name": "Aide"}, {"name": "Hulp"}, {})
        notes = followed("fr", {"name": "Aide sociale"}, {"name": "Sociale hulp"}, notes)
        assert states({"name": "Aide sociale"}, {"name": "Sociale hulp"}, notes) == {"name": COMPLETE}

    def test_the_original_goes_back_and_the_translation_is_right_again(self):
        notes = followed("fr", {"name": "Aide"}, {"name": "Hulp"}, {})
        notes = followed("fr", {"name": "Autre"}, {"name": "Hulp"}, notes)
        notes = followed("fr", {"name": "Aide"}, {"name": "Hulp"}, notes)
        assert states({"name": "Aide"}, {"name": "Hulp"}, notes) == {"name": COMPLETE}

    def test_another_original_language_begins_anew(self):
        notes = {"name": Note(fingerprint("Aide"), fingerprint("Help"), "fr")}
        after = followed("nl", {"name": "Hulp"}, {"name": "Help"}, notes)
        assert after == {"name": Note(NL, fingerprint("Help"), "nl")}

    def test_a_text_that_is_gone_leaves_no_note(self):
        notes = {"name": Note(FR, NL, "fr"), PHONE: Note(FR, NL, "fr")}
        assert followed("fr", {"name": "Aide"}, {}, notes) == {}

    def test_a_proposal_that_is_published_stays_by_a_machine_until_somebody_looks(self):
        waiting = Note(language="fr", proposal=Proposal(FR, NL, machine=True))
        after = followed("fr", {"name": "Aide"}, {"name": "Hulp"}, {"name": waiting})
        assert states({"name": "Aide"}, {"name": "Hulp"}, after) == {"name": MACHINE}

    def test_a_proposal_that_is_in_no_draft_any_more_is_forgotten(self):
        waiting = {"name": Note(language="fr", proposal=Proposal(FR, NL, machine=True))}
        draft = {"source": {"name": "Aide"}, "texts": {"name": "Hulp"}}
        assert followed("fr", {"name": "Aide"}, {}, waiting, draft) == waiting
        assert followed("fr", {"name": "Aide"}, {}, waiting, None) == {}
        assert followed("fr", {"name": "Aide"}, {}, waiting, {"source": {}, "texts": {"name": "Iets"}}) == {}


WORDS = st.sampled_from(["", "Aide", "Aide sociale", "Hulp", "Sociale hulp"])
TEXTS = st.dictionaries(st.sampled_from(["name", "summary", PHONE]), WORDS)
SAVES = st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=8)


@given(SAVES)
def test_any_history_of_saves(saves):
    """After each save: following twice changes nothing, notes survive JSON, and a text that was just written is fresh."""
    notes: dict = {}
    before: dict = {}
    for source, texts in saves:
        source = {key: text for key, text in source.items() if text}
        notes = followed("fr", source, texts, notes)
        assert followed("fr", source, texts, notes) == notes
        assert from_json(to_json(notes)) == notes
        found = states(source, texts, notes)
        assert found.keys() == source.keys()
        assert work(source, texts, notes) == {key: s for key, s in found.items() if s != COMPLETE}
        for key, state in found.items():
            assert (state == MISSING) == (not texts.get(key))
            if texts.get(key) and texts[key] != before.get(key):
                assert state == COMPLETE
        before = {key: text for key, text in texts.items() if text and key in source}


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("name", True),
        (PHONE, True),
        ("alternate_name", False),
        ("contact:0a0b0c0d-0000-4000-8000-000000000001", False),
        ("phone:", False),
        ("phone:0A0B0C0D-0000-4000-8000-000000000001", False),
        ("phone:1; DROP", False),
        ("", False),
        ("name:", False),
    ],
)
def test_what_can_name_a_text(key, expected):
    assert is_key(key) is expected


def test_texts_come_in_the_order_of_the_form():
    assert in_order([PHONE, "fees_description", "name"]) == ["name", "fees_description", PHONE]
    assert in_order(reversed(FIELDS)) == list(FIELDS)


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("Hulp < 18 jaar, <3", 200, ""),
        ("<b>Hulp</b>", 200, "html"),
        ("</p>", 200, "html"),
        ("<!-- x -->", 200, "html"),
        ("&lt;script&gt;", 200, "html"),
        ("&#60;b", 200, "html"),
        ("a\x00b", 200, "control"),
        ("  \n", 200, "empty"),
        ("x" * 201, 200, "too_long"),
        ("x" * 20_001, None, "too_long"),
        ("x" * 20_000, None, ""),
    ],
)
def test_what_may_be_written(text, longest, expected):
    assert refusal(text, longest) == expected
