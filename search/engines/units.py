"""What every engine holds of the units of a query: which fields count for what, and how many may lack. Pure."""

from dataclasses import dataclass
from math import sqrt

from search.weights import WEIGHTS

NAME_FIELDS = frozenset({"name", "alternate"})  # a listing's own names
FILED_FIELDS = frozenset({"topic", "organization"})
RUNNING_TEXT = frozenset({"body"})
# Where another name for what was typed is looked for, and as which field it then weighs.
OTHER_NAMES = ((NAME_FIELDS, "alternate"), (FILED_FIELDS, "organization"), (RUNNING_TEXT, "body"))
CODE_FIELDS = {
    "audience": "named"
}  # facet → field that says for whom a listing is made, whoever else may come


def code_field(facet: str) -> str:
    return CODE_FIELDS.get(facet, facet)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many of the known meanings, and of the known plain words, a listing needs at least."""

    meanings: int
    words: int
    penalty: float  # on the score of a listing that lacks something which should be there


def wanted(
    meanings: tuple[int, int], words: tuple[int, int], having_all: int, *, story: bool
) -> Wanted | None:
    """What will do when listings need not have every required unit; None: they do.

    `meanings` and `words`: (required, of these known), a known one standing anywhere. `having_all` listings have all.
    Of a story one meaning will do. When few have everything, plain words beside a meaning may lack, or else one of
    several meanings, and of three plain words or more, one. When none has everything, half of the meanings will do, or else half of the words.
    """
    required_meanings, known_meanings = meanings
    required_words, known_words = words
    if story and required_meanings:
        return Wanted(min(1, known_meanings), 0, 1.0)
    if having_all == 0:
        if required_meanings + required_words < 2:
            return None
        if known_meanings:
            return Wanted(max(1, known_meanings // 2), 0, WEIGHTS.some_words)
        return Wanted(0, max(1, known_words // 2), WEIGHTS.some_words)
    if having_all >= WEIGHTS.few:
        return None
    if required_meanings and required_words:
        return Wanted(required_meanings, 0, WEIGHTS.some_words)
    if required_meanings > 1:
        return Wanted(required_meanings - 1, 0, WEIGHTS.some_words)
    if not required_meanings and required_words > 2:
        return Wanted(0, required_words - 1, WEIGHTS.some_words)
    return None


def typed_share(words: int, *, means: bool) -> float:
    """Of each word's score, in words that mean something together: several say one thing, not several."""
    return 1.0 / sqrt(words) if means and words > 1 else 1.0


def code_score(share: float, rarity: float, typed: float) -> float:
    """Of a code that words mean. `rarity` is the code's, `typed` the sum of those of the words that stand anywhere."""
    return WEIGHTS.expansion * WEIGHTS.fields["topic"] * share * (min(rarity, typed) if typed else rarity)


def name_score(field: str, rarest: float, typed: float) -> float:
    """Of another name, found in fields that weigh as `field`; `rarest`: the highest rarity of the codes."""
    return WEIGHTS.expansion * WEIGHTS.fields[field] * (min(typed, rarest) if typed else rarest)
