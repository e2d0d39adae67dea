"""Other searches over the texts that our documents are made of, one a file, as somebody competent would set them up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# Listings that match equally well as a whole (all words, then some of them), each with its score.
Tier = dict[int, float]


@dataclass(frozen=True, slots=True)
class Listing:
    """`texts`: field (search.documents.FIELDS) → language → text; what has no language stands under every one."""

    pk: int
    texts: dict[str, dict[str, str]]


class Baseline(Protocol):
    name: str
    how: str  # how it is set up, for the reader of the table
    scores: bool  # False: an order only, nothing that a distance could multiply

    def fill(self, listings: Sequence[Listing]) -> None: ...

    def ranked(self, words: str, language: str) -> list[Tier]:
        """All that match these words, the better tiers first; higher scores are better."""
        ...

    def close(self) -> None: ...


def plain_words(text: str) -> list[str]:
    """The words of a query without what a query language would read into it."""
    return "".join(letter if letter.isalnum() else " " for letter in text).split()
