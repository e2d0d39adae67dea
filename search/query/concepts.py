"""Finds concepts among the words of a query: what an editor wrote is what a caller said, in any inflection. Pure.

The longest phrase wins. A phrase is met by its stems in its own language with every small word in place ("rien à
manger"), or, when it has two content words or more, by these alone, near each other and in any order ("je n'ai pas
compris mon courrier" for "courrier pas compris"). A single word of another language than the query's counts only
where the query's own language does not know it: "ONE" is a Belgian office, but not in an English sentence.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .analysis import exact, stem, words
from .compounds import PARTS, parts
from .entries import ConceptEntry, Phrase
from .stopwords import KEPT, STOPWORDS, is_stopword

LONGEST = 8  # words of a phrase
ROOM = 1  # other content words that may stand between those of a phrase
SHORTEST_FOREIGN = 4  # letters of a single word in another language
# Small words that turn a content word into its contrary: content words alone do not meet a phrase that has one.
NEGATIONS = KEPT


@dataclass(frozen=True, slots=True)
class Found:
    """Concepts said by the words `at` (positions, ascending, mostly adjacent)."""

    at: tuple[int, ...]
    entries: tuple[tuple[ConceptEntry, Phrase], ...]
    loosely: bool  # by content words alone

    @property
    def start(self) -> int:
        return self.at[0]

    @property
    def end(self) -> int:
        return self.at[-1] + 1


Named = tuple[ConceptEntry, Phrase]
Key = tuple[str, ...]


class Concepts:
    """The concepts table, ready to be asked."""

    def __init__(self, entries: Iterable[ConceptEntry]) -> None:
        self.entries = tuple(entries)
        self._phrases: dict[str, dict[Key, list[Named]]] = {}
        self._loose: dict[str, dict[str, list[tuple[frozenset[str], Named]]]] = {}
        self._words: dict[str, set[str]] = {}
        for entry in self.entries:
            for phrase in entry.phrases:
                self._add(entry, phrase)
        self.known = frozenset().union(*self._words.values()) if self._words else frozenset()

    def _add(self, entry: ConceptEntry, phrase: Phrase) -> None:
        tokens = words(phrase.text)[:LONGEST]
        if not tokens:
            return
        language = phrase.language
        key = tuple(stem(token, language) for token in tokens)
        self._phrases.setdefault(language, {}).setdefault(key, []).append((entry, phrase))
        self._words.setdefault(language, set()).update(exact(token) for token in tokens)
        content = _content(tokens, language)
        if len(content) > 1 and not any(exact(token) in NEGATIONS for token in tokens):
            held = self._loose.setdefault(language, {})
            for token in content:
                held.setdefault(token, []).append((content, (entry, phrase)))

    def find(self, tokens: Sequence[str], language: str) -> list[Found]:
        """The concepts among these words (from `analysis.words`), from left to right; no word belongs to two."""
        found: list[Found] = []
        free = [True] * len(tokens)
        for length in range(min(LONGEST, len(tokens)), 0, -1):
            for start in range(len(tokens) - length + 1):
                at = tuple(range(start, start + length))
                if all(free[position] for position in at):
                    named = self._named(tokens[start : start + length], language, alone=len(tokens) == 1)
                    if named:
                        found.append(Found(at, tuple(named), loosely=False))
                        for position in at:
                            free[position] = False
            if length == 1:
                found += self._in_compounds(tokens, free)
            if length == 2:  # what two words or more say together is surer than any single one
                found += self._loosely(tokens, language, free)
        return sorted(found, key=lambda one: one.at)

    def _named(self, span: Sequence[str], language: str, *, alone: bool) -> list[Named]:
        found: list[Named] = []
        for other in (language, *(code for code in self._phrases if code != language)):
            key = tuple(stem(token, other) for token in span)
            for entry, phrase in self._phrases.get(other, {}).get(key, ()):
                if any(entry is known for known, _phrase in found):
                    continue
                if len(span) == 1 and not _same_word(span[0], phrase.text):
                    continue
                if other == language or self._may_be_foreign(span, phrase, language, alone=alone):
                    found.append((entry, phrase))
        return found

    def _may_be_foreign(self, span: Sequence[str], phrase: Phrase, language: str, *, alone: bool) -> bool:
        """Whether a phrase of another language may be meant in a query of this one."""
        folded = [exact(token) for token in span]
        if folded != [exact(token) for token in words(phrase.text)]:
            return False  # another language's stems are no guide here
        if len(span) > 1:
            return not all(token in STOPWORDS.get(language, ()) for token in folded)
        word = folded[0]
        if word in STOPWORDS.get(language, ()) or word in _everyday(language):
            return False
        if phrase.kind == "acronym":
            return True
        return len(word) >= SHORTEST_FOREIGN and (alone or word not in self._words.get(language, ()))

    def _in_compounds(self, tokens: Sequence[str], free: list[bool]) -> list[Found]:
        """Concepts in the parts of a Dutch or German word: "rouw" in "rouwgroep"; its telling part comes first."""
        found = []
        for position, token in enumerate(tokens):
            for language in PARTS:
                pieces = parts(token, language) if free[position] else ()
                for span in (pieces, *((piece,) for piece in pieces[:-1])):
                    key = tuple(stem(piece, language) for piece in span)
                    named = self._phrases.get(language, {}).get(key, ()) if key else ()
                    if named:
                        found.append(Found((position,), tuple(named), loosely=True))
                        free[position] = False
                        break
        return found

    def _loosely(self, tokens: Sequence[str], language: str, free: list[bool]) -> list[Found]:
        """Phrases of the query's language whose content words all stand near each other, in any order."""
        held = self._loose.get(language, {})
        places: dict[str, list[int]] = {}
        for position, token in enumerate(tokens):
            if free[position] and not is_stopword(exact(token)):
                places.setdefault(stem(token, language), []).append(position)
        candidates: dict[frozenset[str], list[Named]] = {}
        for token in places:
            for content, named in held.get(token, ()):
                if content <= places.keys() and all(
                    entry is not named[0] for entry, _ in candidates.get(content, ())
                ):
                    candidates.setdefault(content, []).append(named)
        found = []
        content_before = _counted(tokens)
        for content, entries in sorted(candidates.items(), key=lambda item: (-len(item[0]), sorted(item[0]))):
            at = tuple(sorted(places[token][0] for token in content))
            near = content_before[at[-1]] - content_before[at[0]] + 1 <= len(content) + ROOM
            if near and all(free[position] for position in at):
                found.append(Found(at, tuple(entries), loosely=True))
                for position in at:
                    free[position] = False
        return found


def _same_word(typed: str, written: str) -> bool:
    """Whether two words with one stem differ in their ending only: "dettes" is "dette", but "semaine" no "semainier"."""
    first, second = exact(typed), exact(words(written)[0])
    shared = next(
        (at for at, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]),
        min(len(first), len(second)),
    )
    return shared >= max(len(first), len(second)) - 2


def _content(tokens: Sequence[str], language: str) -> frozenset[str]:
    return frozenset(stem(token, language) for token in tokens if not is_stopword(exact(token)))


def _counted(tokens: Sequence[str]) -> list[int]:
    """How many content words stand before each position."""
    counts, count = [], 0
    for token in tokens:
        counts.append(count)
        count += not is_stopword(exact(token))
    return counts


# Words of everyday speech that are a name or acronym in another language of the table.
_EVERYDAY = {
    "fr": "van bon pas son den dos rat sac car cas air",
    "nl": "bon ris arm kind wet pas dos bad gas dak las son de die man bril",
    "en": "one home aids son pain bad men bras arm die gas kind brief art crèche pension",
    "de": "arm kind gas rat bad one home",
}


@lru_cache
def _everyday(language: str) -> frozenset[str]:
    return frozenset(exact(word) for word in _EVERYDAY.get(language, "").split())
