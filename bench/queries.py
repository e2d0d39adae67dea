"""The searches that are measured: what people were judged to ask and what listings are made of, the same each time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from bench.data import ROOT
from services.generate.material import material
from services.models import TaxonomyTerm

JUDGEMENTS = ROOT / "fixtures" / "judgements.jsonl"
LANGUAGES = (("fr", 60), ("nl", 30), ("en", 10))  # (language, how many in a hundred)
LENGTHS = ((1, 35), (2, 40), (3, 25))  # (words, how many in a hundred)
LONGEST_NEED = 3  # words of a need's name that somebody types
SHORTEST_MISTYPED = 5  # letters
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Asked:
    words: str
    lang: str
    near: tuple[float, float] | None = None
    radius_km: float | None = None
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def parameters(self) -> dict[str, list[str]]:
        """As the API takes them."""
        found = {"q": [self.words], "lang": [self.lang]}
        found |= {name: list(values) for name, values in self.filters}
        if self.near is not None:
            found["near"] = [f"{self.near[0]:.5f},{self.near[1]:.5f}"]
        if self.radius_km is not None:
            found["radius_km"] = [str(self.radius_km)]
        return found

    def query_string(self) -> str:
        return urlencode(self.parameters(), doseq=True)


def asked(count: int, seed: int = 7) -> list[Asked]:
    """`count` different searches. A third each: judged queries, names of needs, one to three words of the listings.

    Judged ones come with the place and filters they were judged with, or with drawn ones; the others with drawn ones.
    """
    random = Random(seed)  # noqa: S311 (nothing secret)
    draw = _Draw(random)
    makers = (draw.judged, draw.need, draw.of_listings)
    found: dict[Asked, None] = {}
    while len(found) < count:
        found[makers[len(found) % len(makers)]()] = None
    return list(found)


def mistyped(count: int, seed: int = 11) -> list[Asked]:
    """`count` searches in which one word has one wrong, missing, doubled or swapped letter."""
    random = Random(seed)  # noqa: S311 (nothing secret)
    draw = _Draw(random)
    found: dict[Asked, None] = {}
    while len(found) < count:
        right = random.choice((draw.judged, draw.need, draw.of_listings))()
        words = right.words.split()
        long = [
            place for place, word in enumerate(words) if len(word) >= SHORTEST_MISTYPED and word.isalpha()
        ]
        if long:
            place = random.choice(long)
            words[place] = _one_edit(words[place], random)
            found[Asked(" ".join(words), right.lang, right.near, right.radius_km, right.filters)] = None
    return list(found)


def typed(count: int, seed: int = 13) -> list[tuple[str, str]]:
    """(beginning, language): what stands in the search box after some keys, from two letters on."""
    random = Random(seed)  # noqa: S311 (nothing secret)
    draw = _Draw(random)
    found: dict[tuple[str, str], None] = {}
    while len(found) < count:
        whole = random.choice((draw.judged, draw.need))()
        found[whole.words[: random.randint(2, max(2, min(14, len(whole.words))))].strip(), whole.lang] = None
        found.pop(("", whole.lang), None)
    return list(found)[:count]


def _one_edit(word: str, random: Random) -> str:
    at = random.randrange(len(word) - 1)
    return random.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + random.choice(LETTERS) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )


class _Draw:
    def __init__(self, random: Random) -> None:
        self._random = random
        lines = JUDGEMENTS.read_text(encoding="utf-8").splitlines()
        self._judged = [json.loads(line) for line in lines if line.strip()]
        self._needs = list(
            TaxonomyTerm.objects.filter(taxonomy="need", retired=False)
            .order_by("code")
            .values("code", *(f"name_{language}" for language, _share in LANGUAGES))
        )
        self._words = {language: list(_words(language)) for language, _share in LANGUAGES}

    def _weighted(self, shares: tuple) -> object:
        return self._random.choices([value for value, _share in shares], [share for _value, share in shares])[
            0
        ]

    def judged(self) -> Asked:
        values = self._random.choice(self._judged)
        filters = values.get("filters") or {}
        if not filters and values.get("near") is None:
            return self._placed(values["query"], values["lang"])
        radius = filters.pop("radius_km", None) if values.get("near") else None
        return Asked(
            values["query"],
            values["lang"],
            tuple(values["near"]) if values.get("near") else None,
            float(radius) if radius else None,
            tuple(
                (name, tuple(map(str, given if isinstance(given, list) else [given])))
                for name, given in sorted(filters.items())
            ),
        )

    def need(self) -> Asked:
        language = str(self._weighted(LANGUAGES))
        name = self._random.choice(self._needs)[f"name_{language}"] or "aide"
        return self._placed(" ".join(name.replace(",", " ").split()[:LONGEST_NEED]), language)

    def of_listings(self) -> Asked:
        """Any words of five letters or more, commoner ones more often: broad words come by themselves."""
        language = str(self._weighted(LANGUAGES))
        several = self._random.choices(self._words[language], k=int(str(self._weighted(LENGTHS))))
        return self._placed(" ".join(dict.fromkeys(several)), language)

    def _placed(self, words: str, language: str) -> Asked:
        """With a place in three of five, a radius in half of these, and now and then filters."""
        random = self._random
        near = (random.gauss(50.845, 0.03), random.gauss(4.355, 0.04)) if random.random() < 0.6 else None
        filters: dict[str, tuple[str, ...]] = {}
        if random.random() < 0.3:
            codes = {random.choice(self._needs)["code"] for _ in range(random.choice((1, 3)))}
            filters["need"] = tuple(sorted(codes))
        if random.random() < 0.2:
            filters["language"] = (random.choice(("nl", "ar", "en")),)
        if random.random() < 0.15:
            filters["cost"] = ("free",)
        if random.random() < 0.15:
            filters["open"] = ("2026-11-24T10:30",)
        radius = random.choice((2.0, 5.0, 10.0)) if near and random.random() < 0.5 else None
        return Asked(words, language, near, radius, tuple(sorted(filters.items())))


def _words(language: str) -> Iterator[str]:
    for sentence in material().sentences[language]:
        for word in sentence.strip(".!?").split():
            if len(word) > 4 and word.isalpha():
                yield word
