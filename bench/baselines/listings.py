"""What every baseline is filled with, and the filters, circle and distance that are the same for all of them."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from bench.baselines import Listing, Tier
from geo.shapes import haversine_m
from search import documents, finder, vocabulary
from search.engine import IndexDocument
from search.engines.embedded.ranking import decay
from search.request import BadParameter, SearchRequest
from search.weights import WEIGHTS
from services import selectors


class Catalogue:
    """Every listing as its texts (`listings`) and as its document, by primary key."""

    def __init__(self, languages: Iterable[str]) -> None:
        self._vocabulary = vocabulary.current()
        self.listings: list[Listing] = []
        self._documents: dict[int, IndexDocument] = {}
        for record in selectors.records():
            texts = _texts(documents.texts(record, self._vocabulary), tuple(languages))
            self.listings.append(Listing(record.pk, texts))
            self._documents[record.pk] = documents.build(record, self._vocabulary, 0)

    def uuids(self, tiers: Iterable[Tier], request: SearchRequest, *, near: bool) -> list[str]:
        """Best first, of those that the request's filters keep; `near`: scores times our factor of distance."""
        place = self._place(request)
        found: dict[int, None] = {}
        for tier in tiers:
            scores = {
                pk: score * (self._nearness(self._documents[pk], place) if near and place else 1.0)
                for pk, score in tier.items()
                if pk not in found and self._kept(self._documents[pk], request, place)
            }
            found |= dict.fromkeys(sorted(scores, key=lambda pk: (-scores[pk], pk)))
        return [self._documents[pk].uuid for pk in found]

    def _place(self, request: SearchRequest) -> finder.AskedPlace | None:
        try:
            return finder.asked_place(request, self._vocabulary)
        except BadParameter:
            return None

    @staticmethod
    def _kept(document: IndexDocument, request: SearchRequest, place: finder.AskedPlace | None) -> bool:
        for facet, codes in request.filters.items():
            open_to_all = facet == "audience" and document.audience_open
            if not open_to_all and not set(codes) & set(document.codes.get(facet, ())):
                return False
        if request.age is not None and not document.minimum_age <= request.age <= document.maximum_age:
            return False
        far = (
            place is not None
            and request.radius_km is not None
            and _metres(document, place) > request.radius_km * 1000
        )
        return not far and not document.professional

    @staticmethod
    def _nearness(document: IndexDocument, place: finder.AskedPlace) -> float:
        served = WEIGHTS.region_served if set(document.areas) & set(place.areas) else WEIGHTS.area_unknown
        return max(float(decay(np.array(_metres(document, place)))), served) if document.points else served


def _metres(document: IndexDocument, place: finder.AskedPlace) -> float:
    """To its nearest public point; infinite without one."""
    if not document.points:
        return float("inf")
    lats, lons = ([getattr(point, axis) for point in document.points] for axis in ("lat", "lon"))
    return float(np.min(haversine_m(place.lat, place.lon, lats, lons)))


def texts_of_listings(languages: Iterable[str]) -> Iterator[tuple[Listing, tuple[float, float] | None]]:
    """Every listing's texts with its first public point (lat, lon), one by one: a hundred thousand are many."""
    known, several = vocabulary.current(), tuple(languages)
    for record in selectors.records():
        points = [
            (place.lat, place.lon)
            for place in record.locations
            if place.address_visibility == "public" and place.lat is not None and place.lon is not None
        ]
        yield Listing(record.pk, _texts(documents.texts(record, known), several)), next(iter(points), None)


def _texts(
    parts: Iterable[tuple[str, Mapping[str, str]]], languages: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, list[str]]] = {field: {} for field in documents.FIELDS}
    for field, texts in parts:
        for language, text in texts.items():
            for one in (language,) if language else languages:
                found[field].setdefault(one, []).append(text)
    return {field: {lang: "\n".join(several) for lang, several in by.items()} for field, by in found.items()}
