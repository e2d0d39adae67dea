"""Words and stems, by tables: what must meet, and what must not."""

import pytest

from search.query.analysis import exact_tokens, folded, stem_tokens, words
from search.query.language import guess
from search.query.reading import MAX_WORDS, query_words
from search.query.stopwords import content_words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L'aide à domicile", ["aide", "à", "domicile"]),
        ("l’aide d’urgence", ["aide", "urgence"]),
        ("qu'est-ce que c'est", ["est", "ce", "que", "est"]),
        ("aujourd'hui", ["aujourd", "hui"]),
        ("C.P.A.S. de Forest", ["cpas", "de", "forest"]),
        ("O.C.M.W", ["ocmw"]),
        ("Saint-Josse-ten-Noode", ["saint", "josse", "ten", "noode"]),
        ("e-mail: a@b.be", ["e", "mail", "a", "b", "be"]),
        ("1030 Schaerbeek", ["1030", "schaerbeek"]),
        ("", []),
        ("  \t… !?", []),
        ("cœur", ["cœur"]),
        ("ÉTÉ", ["été"]),
        ("e\u0301te\u0301", ["été"]),
    ],
)
def test_words(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("épiceries sociales", "epicerie sociale", "fr"),
        ("médecins généralistes", "medecin generaliste", "fr"),
        ("hébergements", "hebergement", "fr"),
        ("soins à domicile", "soin a domicile", "fr"),
        ("cœur", "coeur", "fr"),
        ("maaltijden", "maaltijd", "nl"),
        ("schulden", "schuld", "nl"),
        ("voedselpakketten", "voedselpakket", "nl"),
        ("kinderen", "kind", "nl"),
        ("meals", "meal", "en"),
        ("Straßen", "strassen", "de"),
    ],
)
def test_inflection_and_accents_meet(one, other, language):
    assert stem_tokens(one, language) == stem_tokens(other, language)


@pytest.mark.parametrize(
    ("one", "other"), [("dent", "dentelle"), ("soin", "sonnette"), ("mission", "missive")]
)
def test_different_words_stay_different(one, other):
    assert stem_tokens(one, "fr") != stem_tokens(other, "fr")


def test_numbers_are_never_stemmed():
    assert stem_tokens("1050 107", "fr") == ["1050", "107"]


def test_folding_gives_one_form_for_every_language():
    assert exact_tokens("Œuvre Été Straße Łódź İstanbul") == ["oeuvre", "ete", "strasse", "lodz", "istanbul"]
    assert folded("L'Été, à Cœur") == "ete a coeur"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("bonjour je cherche un endroit pour manger s'il vous plaît", ["endroit", "manger"]),
        ("j'ai plus rien à manger", ["manger"]),
        ("ik zoek hulp bij schulden", ["hulp", "schulden"]),
        ("I need help with my debts please", ["help", "debts"]),
        ("aide aux sans papiers", ["aide", "sans", "papiers"]),
        ("chez nous", ["chez", "nous"]),
    ],
)
def test_politeness_falls_away_and_the_need_remains(said, kept):
    assert content_words(words(said)) == kept


@pytest.mark.parametrize(
    ("text", "default", "language"),
    [
        ("ik zoek hulp bij het betalen van mijn rekeningen", "fr", "nl"),
        ("je ne sais pas où dormir", "nl", "fr"),
        ("where can I find a doctor", "fr", "en"),
        ("ocmw", "fr", "fr"),
        ("", "nl", "nl"),
    ],
)
def test_the_language_is_the_readers_unless_small_words_say_otherwise(text, default, language):
    assert guess(text, default) == language


def test_query_words_are_unique_and_bounded():
    assert [word.exact for word in query_words("Aide aide AIDE sociale")] == ["aide", "sociale"]
    assert len(query_words(" ".join(f"mot{number}" for number in range(500)))) == MAX_WORDS
    assert query_words("") == ()
