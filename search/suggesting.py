"""Completions of what is being typed: needs, what callers call them, services, organisations and places."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from geo import gazetteer

from . import concepts, engines, vocabulary
from .engine import Completion, Engine, EngineError
from .query.analysis import exact, words
from .query.entries import ConceptEntry
from .query.spelling import Speller
from .query.stopwords import is_stopword
from .vocabulary import Vocabulary

SHORTEST = 2  # letters
MOST_NEEDS = 3
MOST_CALLED = 2  # other words for a need


@dataclass(frozen=True)
class Suggestion:
    text: str
    kind: str  # service | organization | need | place
    code: str  # uuid, need's code or place's name
    language: str


def suggest(text: str, lang: str, limit: int = 10) -> list[Suggestion]:
    """From two letters, by prefix of any word: needs first, then services, organisations and places.

    When nothing is called so, names are looked for with the words as they were probably meant. Raises EngineError.
    """
    tokens = [exact(word) for word in words(text)]
    if not tokens or sum(map(len, tokens)) < SHORTEST:
        return []
    *whole, prefix = tokens
    needs = _needs(whole, prefix, lang, vocabulary.current())
    engine = engines.main()
    names = engine.complete(whole, prefix, lang, limit)
    places = [
        Suggestion(gazetteer.label(place, lang), "place", place.code, lang)
        for place in gazetteer.complete(text, lang, 3)
    ]
    if not (names or needs or places):
        names = _mended(engine, whole, prefix, lang, limit)
    services = [_suggestion(name) for name in names if name.kind == "service"]
    organizations = [_suggestion(name) for name in names if name.kind == "organization"]
    room = limit - min(2, len(places))
    return [*[*needs, *services, *organizations][:room], *places][:limit]


def _suggestion(found: Completion) -> Suggestion:
    return Suggestion(found.text, found.kind, found.uuid, found.language)


def _mended(engine: Engine, whole: list[str], prefix: str, lang: str, limit: int) -> list[Completion]:
    """Names with the words that were probably meant."""
    try:
        speller = engines.embedded_engine().lexicon().speller  # type: ignore[attr-defined]
    except EngineError:
        return []
    meant = [_meant(word, speller) for word in whole]
    for begun in dict.fromkeys((prefix, *speller.begun(prefix))):
        if found := engine.complete(meant, begun, lang, limit):
            return found
    return []


def _meant(word: str, speller: Speller) -> str:
    return word if word in speller or is_stopword(word) else speller.mend(word) or word


def _needs(whole: list[str], prefix: str, lang: str, known: Vocabulary) -> list[Suggestion]:
    """Needs by their own name, then by what they are called."""
    found = [
        (not tokens[0].startswith(whole[0] if whole else prefix), len(name), name, code)
        for code, name, tokens in _need_words(known, lang)
        if _begins(tokens, whole, prefix)
    ]
    named = [Suggestion(name, "need", code, lang) for _later, _length, name, code in sorted(found)]
    return named[:MOST_NEEDS] + _called(whole, prefix, lang, known)


def _need_words(known: Vocabulary, lang: str) -> list[tuple[str, str, list[str]]]:
    """(code, name, its folded words) of every need; made anew when the vocabulary is another one."""
    made = _needs_made.get(lang)
    if made is None or made[0] is not known:
        named = [(code, known.label("need", code, lang)) for code in known.labels.get("need", {})]
        rows = [(code, name, [exact(word) for word in words(name)]) for code, name in named]
        made = _needs_made[lang] = known, [row for row in rows if row[2]]
    return made[1]


_needs_made: dict[str, tuple[Vocabulary, list[tuple[str, str, list[str]]]]] = {}


def _called(whole: list[str], prefix: str, lang: str, known: Vocabulary) -> list[Suggestion]:
    """Concepts that lead to a need, by a name or everyday word in this language, the shortest first."""
    found = {
        (len(called.text), called.text, called.need)
        for called in _words_of_concepts(lang).beginning(prefix)
        if all(word in called.tokens for word in whole) and known.knows("need", called.need)
    }
    return [Suggestion(text, "need", need, lang) for _length, text, need in sorted(found)[:MOST_CALLED]]


def _begins(tokens: Sequence[str], whole: list[str], prefix: str) -> bool:
    return all(word in tokens for word in whole) and any(token.startswith(prefix) for token in tokens)


@dataclass(frozen=True)
class _Called:
    text: str
    tokens: tuple[str, ...]  # folded
    need: str


class _Words:
    """What concepts are called in one language, by each of their words."""

    def __init__(self, entries: tuple[ConceptEntry, ...], lang: str) -> None:
        self.entries = entries
        called = [
            _Called(phrase.text, tuple(exact(word) for word in words(phrase.text)), entry.needs[0])
            for entry in entries
            if entry.needs
            for phrase in entry.phrases
            if phrase.language == lang
        ]
        by_word = sorted(
            ((word, one) for one in called for word in one.tokens if not is_stopword(word)),
            key=lambda pair: pair[0],
        )
        self._words = [word for word, _one in by_word]
        self._called = [one for _word, one in by_word]

    def beginning(self, prefix: str) -> list[_Called]:
        start = bisect_left(self._words, prefix)
        return self._called[start : bisect_left(self._words, prefix + "\uffff", lo=start)]


_made: dict[str, _Words] = {}


def _words_of_concepts(lang: str) -> _Words:
    """Made anew when the concepts change."""
    entries, made = concepts.current(), _made.get(lang)
    if made is None or made.entries is not entries:
        made = _made[lang] = _Words(entries, lang)
    return made
