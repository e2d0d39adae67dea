"""Mends a word that stands nowhere: the nearest word of the index's own vocabulary. Pure.

One edit from four letters, two from eight (insertion, deletion, substitution, or two neighbours swapped), first letter
included. Of equally near words the more frequent one.
"""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

ONE_EDIT_FROM = 4
TWO_EDITS_FROM = 8


def edits_allowed(word: str) -> int:
    """How many edits a word of this length may be away; numbers are never mended."""
    if any(char.isdigit() for char in word) or len(word) < ONE_EDIT_FROM:
        return 0
    return 2 if len(word) >= TWO_EDITS_FROM else 1


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

    def __len__(self) -> int:
        return len(self._frequency)

    def mend(self, word: str) -> str | None:
        """The best known word within reach of a folded word; None when there is none."""
        allowed = edits_allowed(word)
        for distance in range(1, allowed + 1):
            near = [
                candidate
                for length in range(len(word) - distance, len(word) + distance + 1)
                for candidate, _distance, _index in process.extract(
                    word,
                    self._by_length.get(length, ()),
                    scorer=OSA.distance,
                    score_cutoff=distance,
                    limit=None,
                )
            ]
            if near:
                # A shared first letter is likelier than a wrong one; then the word that more listings hold.
                return max(near, key=lambda known: (known[0] == word[0], self._frequency[known], known))
        return None
