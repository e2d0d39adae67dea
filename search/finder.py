"""One search from request to results: read the words, find the place, ask the engine, look at each hit."""

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from geo import gazetteer
from geo.geocoding import get_geocoder
from geo.geocoding.errors import GeocodingError
from geo.placing import place as place_points

from . import engines, vocabulary
from .engine import Engine, EngineHit, EngineQuery, EngineResult, QueryWord
from .query.analysis import exact, words
from .query.language import guess
from .request import BadParameter, SearchRequest, local_now, today
from .understanding import Understood, understand
from .vocabulary import Vocabulary

log = logging.getLogger(__name__)

WIDE_KINDS = frozenset({"bassin", "province", "region", "country"})


@dataclass(frozen=True)
class AskedPlace:
    """The place of a search. `code` is empty for a point on the map."""

    lat: float
    lon: float
    label: str
    kind: str
    code: str
    nis5: str | None
    bassin: str | None
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    request: SearchRequest
    result: EngineResult
    place: AskedPlace | None
    understood: Understood
    language: str  # the words' language, as guessed
    now: datetime  # naive local time of the search
    engine: str
    degraded: bool
    took_ms: float
    vocabulary: Vocabulary

    @property
    def words(self) -> tuple[QueryWord, ...]:
        return self.understood.words


def _named_place(text: str, lang: str, known: Vocabulary) -> AskedPlace | None:
    found = gazetteer.lookup(text, lang)
    best = found[0] if found else _geocoded(text, lang)
    if best is None:
        return None
    return _asked(best, gazetteer.label(best, lang) if found else best.name(lang), known)


def _asked(place: gazetteer.Place, label: str, known: Vocabulary) -> AskedPlace:
    if place.kind in WIDE_KINDS:
        # Its centre lies in one commune, but the caller did not say so: only the wide area counts.
        return AskedPlace(
            lat=place.lat,
            lon=place.lon,
            label=label,
            kind=place.kind,
            code=place.code,
            nis5=None,
            bassin=place.code if place.kind == "bassin" else None,
            areas=known.areas_above(place.kind, place.code),
        )
    asked = _at(place.lat, place.lon, place.nis5s[0] if place.nis5s else None, known)
    return replace(asked, label=label, kind=place.kind, code=place.code)


def _geocoded(text: str, lang: str) -> gazetteer.Place | None:
    """What the configured online geocoder knows; nothing when none is configured or it fails."""
    if not settings.GEOCODER_URL:
        return None
    try:
        return get_geocoder().geocode(text, lang)
    except GeocodingError as error:  # the words are not logged: they may be somebody's address
        log.warning("the geocoder did not answer: %s", type(error).__name__)
        return None


def _at(lat: float, lon: float, nis5: str | None, known: Vocabulary) -> AskedPlace:
    """A point with the territories it lies in."""
    placement = place_points([lat], [lon], [None], [nis5])[0]
    commune = nis5 or placement.nis5
    return AskedPlace(
        lat=lat,
        lon=lon,
        label="",
        kind="point",
        code="",
        nis5=commune,
        bassin=placement.bassin_code,
        areas=known.areas_of_commune(commune) if commune else ("country:be",),
    )


def asked_place(request: SearchRequest, known: Vocabulary) -> AskedPlace | None:
    """The place in `near`. Raises BadParameter when its words are no place we know."""
    if request.near_point is not None:
        return _at(*request.near_point, None, known)
    if not request.near_text:
        return None
    place = _named_place(request.near_text, request.lang, known)
    if place is None:
        raise BadParameter("near", f"no place is known as “{request.near_text}”")
    return place


def find(
    request: SearchRequest,
    *,
    strict: bool = True,
    professional: bool = False,
    engine: Engine | None = None,
) -> Found:
    """Run the search. Raises BadParameter (strict: a place that is not known) and EngineError.

    Lenient, an unknown place is added to the request's problems and the search goes on without it. `engine` is the
    one that answers; None is the site's.
    """
    started = time.perf_counter()
    known = vocabulary.current()
    place = None
    try:
        place = asked_place(request, known)
    except BadParameter as problem:
        if strict:
            raise
        request = replace(request, problems=(*request.problems, problem))
    if place is None and request.sort == "distance":
        request = replace(request, sort="relevance")
    language = guess(request.q, request.lang)
    engine = engine or engines.main()
    nowhere = place is None and not request.near_text
    understood = understand(request.q, language, find_place=nowhere, engine=engine)
    if understood.place is not None:
        place = _asked(understood.place, gazetteer.label(understood.place, request.lang), known)
    result = engine.search(
        EngineQuery(
            words=understood.words,
            language=language,
            filters={facet: frozenset(codes) for facet, codes in request.filters.items()},
            age=request.age,
            near=(place.lat, place.lon) if place else None,
            radius_m=request.radius_km * 1000 if place and request.radius_km else None,
            areas=place.areas if place else (),
            bassin=place.bassin if place else None,
            open_at=request.open_at,
            today=today().toordinal(),
            sort=request.sort,
            offset=request.offset,
            limit=request.size,
            professional=professional,
        )
    )
    return Found(
        request=request,
        result=result,
        place=place,
        understood=understood,
        language=language,
        now=local_now(),
        engine="embedded" if result.degraded else engine.name,
        degraded=result.degraded,
        took_ms=(time.perf_counter() - started) * 1000,
        vocabulary=known,
    )


@dataclass(frozen=True)
class Suggestion:
    text: str
    kind: str  # service | organization | need | place
    code: str  # uuid, need's code or place's name
    language: str


def suggest(text: str, lang: str, limit: int = 10) -> list[Suggestion]:
    """Completions of what is being typed, from two letters: needs first, then services, places, organisations."""
    tokens = [exact(word) for word in words(text)]
    if not tokens or sum(map(len, tokens)) < 2:
        return []
    *whole, prefix = tokens
    known = vocabulary.current()
    needs = _suggested_needs(whole, prefix, lang, known)
    names = [
        Suggestion(found.text, found.kind, found.uuid, found.language)
        for found in engines.main().complete(whole, prefix, lang, limit)
    ]
    places = [
        Suggestion(gazetteer.label(place, lang), "place", place.code, lang)
        for place in gazetteer.complete(text, lang, 3)
    ]
    services = [name for name in names if name.kind == "service"]
    organizations = [name for name in names if name.kind == "organization"]
    room = limit - min(2, len(places))
    chosen = [*needs[:3], *services, *organizations][:room] + places
    return chosen[:limit]


def _suggested_needs(whole: list[str], prefix: str, lang: str, known: Vocabulary) -> list[Suggestion]:
    found = []
    for code, texts in known.labels.get("need", {}).items():
        name = known.label("need", code, lang)
        tokens = [exact(word) for text in {name, texts.get(lang, name)} for word in words(text)]
        if all(word in tokens for word in whole) and any(token.startswith(prefix) for token in tokens):
            found.append((not tokens[0].startswith(whole[0] if whole else prefix), len(name), name, code))
    return [Suggestion(name, "need", code, lang) for _later, _length, name, code in sorted(found)]


def hit_points(hit: EngineHit) -> list[dict]:
    """The card's locations that have a public point, in the order of the engine's points."""
    return [
        place
        for place in hit.card["locations"]
        if place.get("lat") is not None and place.get("lon") is not None
    ]
