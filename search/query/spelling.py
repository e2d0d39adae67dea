"""Mends a word that stands nowhere: the nearest word of the index's own vocabulary. Pure.

One edit from four letters, two from eight (insertion, deletion, substitution, or two neighbours swapped), first letter
included. Of equally near words the more frequent one.
"""

from collections.abc import Iterable

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

ONE_EDIT_FROM = 4
TWO_EDITS_FROM = 8
SHORTEST_PART = 3  # letters, of two words typed as one
FAR_MORE = 5  # times as frequent: then a known word may be a slip for another


def edits_allowed(word: str) -> int:
    """How many edits a word of this length may be away; numbers are never mended."""
    if any(char.isdigit() for char in word) or len(word) < ONE_EDIT_FROM:
        return 0
    return 2 if len(word) >= TWO_EDITS_FROM else 1


def _letters(word: str) -> int:
    """Which letters it has, as bits. An edit changes at most two of them."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits


class Speller:
    """Knows folded words and how many listings hold each."""

    def __init__(self, counted: Iterable[tuple[str, int]]) -> None:
        self._frequency: dict[str, int] = {}
        for word, count in counted:
            if len(word) >= ONE_EDIT_FROM - 1 and not any(char.isdigit() for char in word):
                self._frequency[word] = max(count, self._frequency.get(word, 0))
        self._by_length: dict[int, list[str]] = {}
        for word in self._frequency:
            self._by_length.setdefault(len(word), []).append(word)
        self._letters = {
            length: np.fromiter(map(_letters, found), np.uint64, len(found))
            for length, found in self._by_length.items()
        }
        self._starts: dict[str, list[str]] = {}  # first two letters → words, made when first asked

    def __len__(self) -> int:
        return len(self._frequency)

    def __contains__(self, word: str) -> bool:
        return word in self._frequency

    def frequency(self, word: str) -> int:
        """How many listings hold the folded word; 0 for an unknown one."""
        return self._frequency.get(word, 0)

    def taken_apart(self, word: str) -> tuple[str, str] | None:
        """Two known words that were typed as one: the pair whose rarer word is the most frequent."""
        pairs = [
            (word[:cut], word[cut:])
            for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
            if self._in_any_number(word[:cut]) and self._in_any_number(word[cut:])
        ]
        return max(
            pairs,
            key=lambda pair: min(self._in_any_number(pair[0]), self._in_any_number(pair[1])),
            default=None,
        )

    def _in_any_number(self, word: str) -> int:
        """How many listings hold the word or its plural in s."""
        return self._frequency.get(word, 0) or self._frequency.get(word + "s", 0)

    def better(self, word: str) -> str | None:
        """A far more frequent word within reach of a known one: what was perhaps meant."""
        own = self.frequency(word)
        meant = self.mend(word)
        return meant if meant and self._frequency[meant] >= max(FAR_MORE * own, FAR_MORE) else None

    def begun(self, prefix: str, limit: int = 3) -> list[str]:
        """Known words that begin with nearly `prefix` (one edit, from ONE_EDIT_FROM letters), the most frequent first."""
        if len(prefix) < ONE_EDIT_FROM:
            return []
        nearly: dict[str, bool] = {}  # beginnings are few, and many words share one
        found: dict[str, None] = {}
        for start in dict.fromkeys((prefix[:2], prefix[1::-1], prefix[0] + prefix[2], prefix[1:3])):
            for word in self._beginning(start):
                cut = word[: len(prefix) + 1]
                if cut not in nearly:
                    nearly[cut] = any(
                        OSA.distance(prefix, cut[:length], score_cutoff=1) <= 1
                        for length in range(len(prefix) - 1, len(prefix) + 2)
                    )
                if nearly[cut]:
                    found[word] = None
        return sorted(found, key=lambda word: (-self._frequency[word], word))[:limit]

    def _beginning(self, start: str) -> list[str]:
        if not self._starts:
            for word in self._frequency:
                self._starts.setdefault(word[:2], []).append(word)
        return self._starts.get(start, [])

    def _alike(self, word: str, length: int, most: int) -> list[str]:
        """Known words of this length whose letters differ in at most so many: few are left to measure."""
        letters = self._letters.get(length)
        if letters is None:
            return []
        known = self._by_length[length]
        differing = np.bitwise_count(letters ^ np.uint64(_letters(word)))
        return [known[at] for at in np.flatnonzero(differing <= most).tolist()]

    def mend(self, word: str, most: int = 2) -> str | None:
        """The best other known word within reach of a folded word, at most `most` edits away; None: there is none."""
        allowed = min(most, edits_allowed(word))
        for distance in range(1, allowed + 1):
            near = [
                candidate
                for length in range(len(word) - distance, len(word) + distance + 1)
                for candidate, _distance, _index in process.extract(
                    word,
                    self._alike(word, length, 2 * distance),
                    scorer=OSA.distance,
                    score_cutoff=distance,
                    limit=None,
                )
            ]
            near = [candidate for candidate in near if candidate != word]
            if near:
                # A shared first letter is likelier than a wrong one; then the word that more listings hold.
                return max(near, key=lambda known: (known[0] == word[0], self._frequency[known], known))
        return None
