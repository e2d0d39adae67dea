"""How alike two listings are, from their names, places, phones and organisations: pure, in plain values.

Nobody compares all with all: two listings are compared when they share a key (`keys`). What the numbers are worth is
held by tests/services/test_duplicates.py.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from rapidfuzz import fuzz

# Of 100. A listing above POSSIBLE is shown to somebody who can tell; nothing is ever decided by a score.
POSSIBLE = 75
# Below, two names are two names, whatever else is shared: an organisation answers one phone for all it does.
LEAST_NAME = 75
# One organisation gives several services with like names at one place.
LEAST_NAME_OF_ONE_ORGANIZATION = 90
# When only the name is known it can say "possible", never more.
MOST_BY_NAME_ALONE = 80

# How much each part says. The name says most; a place and a phone say as much as each other.
WEIGHTS = {"name": 55, "place": 20, "phone": 20, "organization": 5}
ONLY_POSTCODE = 0.8  # the same postcode, in another street or without one
LIKE_ORGANIZATION = 85  # two spellings of one organisation

# The digits that name a subscriber in Belgium, with or without 0 or +32 before them.
PHONE_DIGITS = 8
# A word's beginning: a slip at its end, a plural and a name still being typed have the same one.
WORD_START = 4
MOST_NAMES = 8

_STOP = frozenset(
    "avec chez dans pour les des aux une sur het van voor met aan bij een the and for with der die das und fur mit "
    "asbl vzw service services dienst diensten".split()
)


@dataclass(frozen=True)
class Comparable:
    """What of a listing is compared. Texts are `folded`; `postcodes` and `streets` of public addresses only."""

    names: tuple[str, ...]
    postcodes: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()  # "rue haute 12"
    phones: frozenset[str] = frozenset()  # phone_tail()
    organizations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Likeness:
    """`score` from 0 to 100; `why`: which parts speak for it, of "name", "place", "phone", "organization"."""

    score: int
    why: tuple[str, ...]


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """Lower case without accents or marks, words by one space: "Épicerie « Le P'tit »" → "epicerie le p tit"."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("ß", "ss"))
    return " ".join(re.findall(r"[^\W_]+", plain.encode("ascii", "ignore").decode().lower() or text.lower()))


def phone_tail(number: str) -> str:
    """The last eight digits, "" for a short number: those that many share tell nothing."""
    digits = re.sub(r"\D", "", number)
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else ""


def comparable(
    names: Iterable[str],
    *,
    postcodes: Iterable[str] = (),
    streets: Iterable[str] = (),
    phones: Iterable[str] = (),
    organizations: Iterable[str] = (),
) -> Comparable:
    """A Comparable from texts as people write them."""
    return Comparable(
        names=tuple(dict.fromkeys(text for name in names if (text := folded(name))))[:MOST_NAMES],
        postcodes=frozenset(code for postcode in postcodes if (code := postcode.strip())),
        streets=frozenset(text for street in streets if (text := folded(street))),
        phones=frozenset(tail for number in phones if (tail := phone_tail(number))),
        organizations=tuple(dict.fromkeys(text for name in organizations if (text := folded(name)))),
    )


def keys(one: Comparable) -> set[int]:
    """Numbers of which two listings that are one share at least one: a phone, a name, a word at a postcode."""
    found = {f"p:{tail}" for tail in one.phones}
    for name in one.names:
        words = [word for word in name.split() if word not in _STOP]
        found.add("w:" + " ".join(sorted(words or name.split())))
        for word in words:
            if len(word) >= WORD_START:
                found.update(f"n:{word[:WORD_START]}@{postcode}" for postcode in one.postcodes)
    return {_number(text) for text in found}


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def _names_alike(ones: Iterable[str], others: tuple[str, ...]) -> float:
    """0 to 100; words in another order cost nothing, a missing word costs half of what a wrong one does."""
    best = 0.0
    for one in ones:
        for other in others:
            if one == other:
                return 100.0
            best = max(best, (fuzz.token_sort_ratio(one, other) + fuzz.token_set_ratio(one, other)) / 2)
    return best


def likeness(one: Comparable, other: Comparable) -> Likeness:
    """How likely it is that the two are one listing. What one of them does not say counts neither way."""
    name = _names_alike(one.names, other.names)
    if name < LEAST_NAME:
        return Likeness(0, ())
    parts: dict[str, float] = {"name": name / 100}
    if one.organizations and other.organizations:
        alike = _names_alike(one.organizations, other.organizations) >= LIKE_ORGANIZATION
        parts["organization"] = 1.0 if alike else 0.0
    if one.postcodes and other.postcodes:
        same = bool(one.postcodes & other.postcodes)
        parts["place"] = (1.0 if one.streets & other.streets else ONLY_POSTCODE) if same else 0.0
    if one.phones and other.phones:
        parts["phone"] = 1.0 if one.phones & other.phones else 0.0
    if parts.get("organization") and name < LEAST_NAME_OF_ONE_ORGANIZATION:
        return Likeness(0, ())
    weight = sum(WEIGHTS[part] for part in parts)
    score = round(100 * sum(WEIGHTS[part] * worth for part, worth in parts.items()) / weight)
    if "place" not in parts and "phone" not in parts:
        score = min(score, MOST_BY_NAME_ALONE)
    return Likeness(score, tuple(part for part in WEIGHTS if parts.get(part, 0) > 0))
