"""Why a listing was found, in the reader's words: where each word stands, how near it is, open at the asked time."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, gettext_noop, override

from search.query.remembering import remembered
from services.records import Texts

from .engine import EngineHit, QueryWord
from .finder import Found
from .query.forms import analysed_name
from .vocabulary import Vocabulary

# Where a word may stand on a card, the most telling first.
PLACES = (
    gettext_noop("the name"),
    gettext_noop("another name"),
    gettext_noop("the needs"),
    gettext_noop("the organisation"),
    gettext_noop("the address"),
    gettext_noop("the description"),
)
NAME, OTHER_NAME, NEEDS, ORGANISATION, ADDRESS, DESCRIPTION = range(len(PLACES))
MEANT = gettext_noop("“%(words)s”: %(meaning)s")
WORD_IN = gettext_noop("“%(word)s” in %(where)s")
AWAY = gettext_noop("%(distance)s from %(place)s")
AWAY_FROM_GIVEN = gettext_noop("%(distance)s from the place you gave")
SERVES = gettext_noop("serves the place you gave")
OPEN_NOW = gettext_noop("open now")
OPEN_THEN = gettext_noop("open at the time you asked")


def why(hit: EngineHit, found: Found) -> list[str]:
    """In the request's language. All of a search's hits are asked for one by one: what does not change is remembered."""
    card, lang, known = hit.card, found.request.lang, found.vocabulary
    reasons = [_said(MEANT, lang) % pair for pair in _meant(card, found)]
    if found.words:
        for word in found.words:
            place = _place(word, card, known, all_words=found.has_every_word)
            if place is not None:
                reasons.append(_word_in(place, lang) % {"word": word.surface})
    if found.place is not None:
        if hit.distance_m is not None:
            label = found.place.label
            away = _said(AWAY if label else AWAY_FROM_GIVEN, lang)
            reasons.append(away % {"distance": distance_text(hit.distance_m, lang), "place": label})
        elif not set(found.place.areas).isdisjoint(card["areas"]):
            reasons.append(_said(SERVES, lang))
    if "open" in found.dropped:
        pass
    elif found.request.open_now:
        reasons.append(_said(OPEN_NOW, lang))
    elif found.query.open_at is not None:
        reasons.append(_said(OPEN_THEN, lang))
    if audiences := found.query.filters.get("audience"):
        named = {code for code, _welcome in card["audiences"]}
        reasons += [known.label("audience", code, lang) for code in audiences if code in named]
    return reasons


def _meant(card: dict[str, Any], found: Found) -> Iterator[dict[str, str]]:
    """Words whose meaning this listing is filed under, and what they mean."""
    if not found.understood.expansions:
        return
    lang, known = found.request.lang, found.vocabulary
    parents = known.parents.get("need", {})
    filed = {*card["needs"], *(parents[code] for code in card["needs"] if code in parents)}
    for expansion in found.understood.expansions:
        for concept in expansion.concepts:
            if card["type"] in concept.organisation_types:
                yield {
                    "words": expansion.words,
                    "meaning": known.label("organisation_type", card["type"], lang),
                }
                break
            code = next((code for code in concept.needs if code in filed), None)
            if code is not None:
                yield {"words": expansion.words, "meaning": known.label("need", code, lang)}
                break


def distance_text(metres: float, lang: str = "") -> str:
    """ "800 m", "2,4 km": as people say it, in this language's decimal sign (the active one's by default)."""
    if metres < 950:
        return f"{max(50, round(metres / 50) * 50)} m"
    return f"{_number(round(metres / 1000, 1), lang or get_language() or '')} km"


@lru_cache(maxsize=5000)
def _number(value: float, lang: str) -> str:
    with override(lang or None):
        return number_format(value, 1)


@lru_cache(maxsize=200)
def _said(message: str, lang: str) -> str:
    with override(lang):
        return gettext(message)


@lru_cache(maxsize=100)
def _word_in(place: int, lang: str) -> str:
    """The sentence for words that stand there; it takes the word."""
    return _said(WORD_IN, lang).replace("%(where)s", _said(PLACES[place], lang).replace("%", "%%"))


# What a word and a text have in common: folded words, and (language, stem) pairs.
Forms = frozenset[str | tuple[str, str]]


def _place(word: QueryWord, card: dict[str, Any], known: Vocabulary, *, all_words: bool) -> int | None:
    """The most telling place this word has on the card, as a number in PLACES. Most words stand in the first texts."""
    wanted = _forms_of_word(word)
    for place, forms in _texts(card, known):
        if not wanted.isdisjoint(forms):
            return place
    # Of the description only the summary is on the card: a word that matched and stands nowhere else is in the rest.
    return DESCRIPTION if all_words else None


@remembered(2000)
def _forms_of_word(word: QueryWord) -> Forms:
    return frozenset((word.exact, *word.stems))


@lru_cache(maxsize=20_000)
def _forms_of_text(text: str, language: str) -> Forms:
    folded, stems = analysed_name(text, language)
    return frozenset((*folded, *((language, stem) for stem in stems)))


def _forms(texts: Texts) -> Iterator[Forms]:
    return (_forms_of_text(text, language) for language, text in texts.items())


def _texts(card: dict[str, Any], known: Vocabulary) -> Iterator[tuple[int, Forms]]:
    """What stands in every text of a card, with its place, the most telling first; read as far as somebody asks."""
    shown = [location for location in card["locations"] if not location.get("hidden")]
    yield from ((NAME, forms) for forms in _forms(card["name"]))
    yield from ((OTHER_NAME, forms) for forms in _forms(card["alternate"]))
    for location in shown:
        yield from ((OTHER_NAME, forms) for forms in _forms(location["name"]))
    parents = known.parents.get("need", {})
    for code in (*card["needs"], *(parents[code] for code in card["needs"] if code in parents)):
        yield NEEDS, known.forms("need", code, _all_forms)
    yield NEEDS, known.forms("organisation_type", card["type"] or "", _all_forms)
    yield from ((ORGANISATION, forms) for forms in _forms(card["organization"]["name"]))
    for location in shown:
        yield ADDRESS, _forms_of_text(location["postcode"], "")
        yield from ((ADDRESS, forms) for forms in _forms(location["street"]))
        yield ADDRESS, known.forms("commune", location["nis5"] or "", _all_forms)
    yield from ((DESCRIPTION, forms) for forms in _forms(card["summary"]))


def _all_forms(texts: Texts) -> Forms:
    return frozenset().union(*_forms(texts))
