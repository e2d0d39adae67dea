"""The words of a concept as an editor types them, one a line: read, put in order, and checked."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.query.analysis import folded
from search.query.entries import KINDS, Phrase
from search.query.stopwords import is_stopword

MOST_WORDS = (
    8  # a caller's whole sentence is no word of a concept; the matcher looks at windows of this length
)
MOST_CHARACTERS = 80
FEWEST_CHARACTERS = 2  # letters or digits: one letter stands in every second query

# Kind of a phrase → the column it stands in, before "_fr".
COLUMN_OF = {"name": "names", "acronym": "acronyms", "lay": "lay"}
LABELS = {
    "name": gettext_lazy("Official names"),
    "acronym": gettext_lazy("Acronyms"),
    "lay": gettext_lazy("What callers say"),
}


def lines(text: str) -> list[str]:
    """The phrases of one field: one a line, spaces made single, empty lines left out."""
    return [phrase for line in text.splitlines() if (phrase := " ".join(line.split()))]


def tidy(text: str) -> str:
    return "\n".join(lines(text))


def phrases(values: Mapping[str, str], languages: Iterable[str]) -> list[Phrase]:
    """All phrases of {"names_fr": "…", …}, by language, then by kind, then as they were written."""
    return [
        Phrase(text, language, kind)
        for language in languages
        for kind in KINDS
        for text in lines(values.get(f"{COLUMN_OF[kind]}_{language}") or "")
    ]


def check(found: Iterable[Phrase]) -> None:
    """Raises ValidationError naming each wrong phrase under its field."""
    errors: dict[str, list[str]] = {}
    seen: dict[tuple[str, str], Phrase] = {}
    for phrase in found:
        if problem := _problem(phrase, seen):
            errors.setdefault(f"{COLUMN_OF[phrase.kind]}_{phrase.language}", []).append(problem)
    if errors:
        raise ValidationError(errors)


def _problem(phrase: Phrase, seen: dict[tuple[str, str], Phrase]) -> str | None:
    key = folded(phrase.text)
    named = {"phrase": phrase.text}
    if not key:
        return _("“%(phrase)s” has neither letters nor digits.") % named
    if sum(map(str.isalnum, key)) < FEWEST_CHARACTERS:
        return _("“%(phrase)s” is too short: two letters at least.") % named
    if len(phrase.text) > MOST_CHARACTERS:
        return _("“%(phrase)s…” is too long: at most %(most)d characters.") % {
            "phrase": phrase.text[:30],
            "most": MOST_CHARACTERS,
        }
    if len(key.split()) > MOST_WORDS:
        return _("“%(phrase)s” is too long: at most %(most)d words.") % {**named, "most": MOST_WORDS}
    if is_stopword(key):
        return _("“%(phrase)s” alone says nothing: nearly every query has it.") % named
    first = seen.setdefault((phrase.language, key), phrase)
    if first is not phrase:
        return _("“%(phrase)s” stands here twice: already under “%(where)s”.") % {
            "phrase": phrase.text,
            "where": LABELS[first.kind],
        }
    return None
