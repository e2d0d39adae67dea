"""The embedded engine against a naive one: plain Python over the documents, with the weights of the one table.

The engine keeps rows as bits, gaps or lists, counts facets in machine words and orders with partitions; none of that
may show. Random directories are asked random questions, fresh from a rebuild and after edits.
"""

import math
import random

import pytest

from geo.shapes import haversine_m
from search.engine import EngineQuery, IndexDocument
from search.engines.embedded import EmbeddedEngine
from search.engines.embedded.text import idf
from search.engines.units import NAME_FIELDS, wanted
from search.weights import VERIFIED_RECENTLY_DAYS, WEIGHTS

from .builders import BOURSE, FLAGEY, GENT, SCHUMAN, asked, listing

# "accueil" will stand nearly everywhere, "zinneke" nearly nowhere.
WORDS = ("accueil", "aide", "sociale", "repas", "logement", "santé", "soins", "douches", "nuit", "zinneke")
COMMON = (40, 25, 15, 10, 8, 6, 4, 3, 2, 1)
NEEDS = ("food", "housing", "health", "work")
TODAY = 740_000


def _some_words(pick: random.Random, most: int) -> str:
    return " ".join(pick.choices(WORDS, COMMON, k=pick.randint(1, most)))


def _listing(pick: random.Random, pk: int) -> IndexDocument:
    values: dict = {
        "pk": pk,
        "body": _some_words(pick, 6),
        "need": pick.sample(NEEDS, pick.randint(0, 3)),
        "cost": [pick.choice(("free", "paid"))],
        "at": pick.choice([[], [BOURSE], [FLAGEY, GENT], [SCHUMAN]]),
        "named": pick.sample(("seniors", "women"), pick.randint(0, 1)),
        "ages": pick.choice([(0, 255), (18, 255), (0, 17)]),
        "lifecycle": pick.choices(("published", "suspended", "closed_permanently"), (8, 1, 1))[0],
        "professional": pick.random() < 0.1,
        "full": pick.random() < 0.1,
        "verified": pick.choice((0, TODAY - 30, TODAY - 900)),
    }
    if pick.random() < 0.5:
        values["topic"] = _some_words(pick, 3)
    if pick.random() < 0.3:
        values["nl"] = _some_words(pick, 2)
    return listing(_some_words(pick, 3), **values)


def _query(pick: random.Random) -> EngineQuery:
    values: dict = {"limit": pick.choice((1, 5, 500)), "offset": pick.choice((0, 0, 3)), "lang": "fr"}
    if pick.random() < 0.4:
        values["need"] = pick.sample(NEEDS, pick.randint(1, 2))
    if pick.random() < 0.2:
        values["cost"] = ["free"]
    if pick.random() < 0.2:
        values["audience"] = ["seniors"]
    if pick.random() < 0.2:
        values["age"] = pick.choice((10, 40))
    if pick.random() < 0.5:
        values["near"] = pick.choice((SCHUMAN, FLAGEY))
        if pick.random() < 0.5:
            values["radius_m"] = 2000.0
    text = "" if pick.random() < 0.1 else _some_words(pick, 3) + pick.choice(("", "", " introuvable"))
    return asked(text, **values)


class Naive:
    """Looks at every document for every question."""

    def __init__(self, documents: dict[int, IndexDocument]) -> None:
        self.documents = documents

    def _tokens(self, document: IndexDocument):
        """(field, language or None for the exact form) → tokens."""
        for field, tokens in document.exact.items():
            yield field, None, tokens
        for field, by_language in document.stems.items():
            for language, tokens in by_language.items():
                yield field, language, tokens

    def _held(self, document: IndexDocument, word) -> list[tuple[str, str | None]]:
        stems = dict(word.stems)
        return [
            (field, language)
            for field, language, tokens in self._tokens(document)
            if (word.exact if language is None else stems.get(language)) in tokens
        ]

    def _rarity(self, word) -> float | None:
        counts: dict = {}
        for document in self.documents.values():
            for place in self._held(document, word):
                counts[place] = counts.get(place, 0) + 1
        return idf(len(self.documents), max(counts.values())) if counts else None

    def _word(self, document: IndexDocument, word, language: str, rarity: float) -> float:
        scores = []
        for field, found_in in self._held(document, word):
            if found_in is None:
                factor = WEIGHTS.exact_form
            else:
                factor = 1.0 if found_in == language else WEIGHTS.other_language
            scores.append(WEIGHTS.fields[field] * factor * rarity)
        return max(scores) + WEIGHTS.tie * (sum(scores) - max(scores)) if scores else 0.0

    def _text(self, query: EngineQuery) -> dict[int, float]:
        if not query.words:
            return {pk: 1.0 for pk, one in self.documents.items() if one.lifecycle != "closed_permanently"}
        rarities = [self._rarity(word) for word in query.words]
        known = [(word, rarity) for word, rarity in zip(query.words, rarities, strict=True) if rarity]
        scores = {
            pk: [self._word(one, word, query.language, rarity) for word, rarity in known]
            for pk, one in self.documents.items()
        }
        full = [pk for pk, found in scores.items() if len(known) == len(query.words) and known and all(found)]
        will_do = wanted((0, 0), (len(query.words), len(known)), len(full), story=False)
        found = {}
        for pk, one in self.documents.items():
            held = sum(score > 0 for score in scores[pk])
            if not (pk in full or (will_do and held and held >= will_do.words)):
                continue
            score = sum(scores[pk]) * (1.0 if pk in full or not will_do else will_do.penalty)
            named = all(
                any(field in NAME_FIELDS for field, _language in self._held(one, word))
                for word in query.words
            )
            if named:
                size = max(1, min(len(name.split()) for name in one.name_keys.values()))
                score *= WEIGHTS.whole_name * (1 + WEIGHTS.name_coverage * min(1.0, len(query.words) / size))
            if named or one.lifecycle != "closed_permanently":
                found[pk] = score
        return found

    def _metres(self, query: EngineQuery, one: IndexDocument) -> float:
        assert query.near is not None
        return min(
            (float(haversine_m(*query.near, point.lat, point.lon)) for point in one.points), default=math.inf
        )

    def _fits(self, one: IndexDocument, facet: str, codes) -> bool:
        if facet == "audience" and one.audience_open:
            return True
        return bool(set(one.codes[facet]) & set(codes))

    def search(self, query: EngineQuery):
        """(pk → (score, metres) of all that are found, counts by facet)."""
        base = {}
        for pk, text in self._text(query).items():
            one = self.documents[pk]
            metres = self._metres(query, one) if query.near else None
            if (
                one.professional
                or (query.age is not None and not one.minimum_age <= query.age <= one.maximum_age)
                or (query.radius_m is not None and metres is not None and metres > query.radius_m)
            ):
                continue
            base[pk] = (text, metres)
        found = {}
        for pk, (text, metres) in base.items():
            one = self.documents[pk]
            if all(self._fits(one, facet, codes) for facet, codes in query.filters.items()):
                found[pk] = (text * self._place(metres) * self._trust(query, one), metres)
        facets: dict[str, dict[str, int]] = {}
        for facet in query.facets:
            counts = facets[facet] = {}
            others = {name: codes for name, codes in query.filters.items() if name != facet}
            for pk in base:
                one = self.documents[pk]
                if all(self._fits(one, name, codes) for name, codes in others.items()):
                    for code in one.audience_named if facet == "audience" else one.codes[facet]:
                        counts[code] = counts.get(code, 0) + 1
        return found, facets

    def _place(self, metres: float | None) -> float:
        if metres is None:
            return 1.0
        if metres == math.inf:
            return WEIGHTS.area_unknown
        curve = 0.5 ** ((metres / WEIGHTS.half_distance_m) ** 2)
        near = WEIGHTS.distance_floor + (1 - WEIGHTS.distance_floor) * curve
        return near / (1 + (metres / WEIGHTS.far_m) ** 2)

    def _trust(self, query: EngineQuery, one: IndexDocument) -> float:
        recent = one.verified > 0 and query.today - one.verified <= VERIFIED_RECENTLY_DAYS
        factor = WEIGHTS.verified_recently if recent else 1.0
        factor *= {
            "suspended": WEIGHTS.suspended,
            "closed_permanently": WEIGHTS.closed_permanently,
        }.get(one.lifecycle, 1.0)
        factor *= WEIGHTS.no_capacity if one.capacity_full else 1.0
        if set(query.filters.get("audience", ())) & set(one.audience_named):
            factor *= WEIGHTS.audience_named
        return factor


def _agree(engine: EmbeddedEngine, documents: dict[int, IndexDocument], query: EngineQuery) -> None:
    found, facets = Naive(documents).search(query)
    result = engine.search(query)
    assert result.total == len(found), query
    assert result.facets == facets, query
    ranked = sorted(found, key=lambda pk: (-round(found[pk][0], 9), found[pk][1] or 0.0, pk))
    page = ranked[query.offset : query.offset + query.limit]
    assert len(result.hits) == len(page)
    for hit, pk in zip(result.hits, page, strict=True):
        score, metres = found[pk]
        # Equals in the last bits may stand in either order, so the score of the place in the order is compared.
        assert hit.score == pytest.approx(score, rel=1e-9), (query, pk)
        assert found[hit.pk][0] == pytest.approx(score, rel=1e-9)
        if metres not in (None, math.inf):
            assert hit.distance_m == pytest.approx(found[hit.pk][1], abs=0.001)


@pytest.mark.parametrize("seed", range(6))
def test_scores_order_and_facets_equal_a_naive_engine_before_and_after_edits(tmp_path, seed):
    pick = random.Random(seed)
    size = pick.choice((1, 30, 300, 700))
    documents = {pk: _listing(pick, pk) for pk in range(1, size + 1)}
    engine = EmbeddedEngine(tmp_path / "index")
    engine.rebuild(documents.values(), 1)
    for step in range(2, 5):
        for _ in range(8):
            _agree(engine, documents, _query(pick))
        changed = [_listing(pick, pk) for pk in {pick.randint(1, size + 20) for _ in range(size // 10 + 1)}]
        gone = {pick.randint(1, size) for _ in range(3)} - {one.pk for one in changed}
        engine.apply(changed, sorted(gone), cursor=step)
        documents |= {one.pk: one for one in changed}
        for pk in gone:
            documents.pop(pk, None)
    for _ in range(8):
        _agree(engine, documents, _query(pick))
    # A reader that begins now sees what the one sees that followed step by step.
    _agree(EmbeddedEngine(tmp_path / "index"), documents, _query(pick))
