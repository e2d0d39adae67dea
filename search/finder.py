"""One search from request to results: read the words, find the place, ask the engine, look at each hit."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache

from django.conf import settings

from geo import gazetteer
from geo.geocoding import get_geocoder
from geo.geocoding.errors import GeocodingError
from geo.placing import Placement
from geo.placing import place as place_points

from . import engines, vocabulary
from .engine import Engine, EngineError, EngineHit, EngineQuery, EngineResult, QueryWord
from .engines import deadline
from .query.analysis import exact, words
from .query.entries import ConceptEntry
from .query.language import guess
from .query.stopwords import is_stopword
from .relaxing import RELAXED, let_go
from .request import BadParameter, SearchRequest, local_now
from .understanding import Understood, understand
from .vocabulary import Vocabulary

log = logging.getLogger(__name__)

WIDE_KINDS = frozenset({"bassin", "province", "region", "country"})
ADDRESSES = frozenset({"address", "street"})  # may be somebody's home
PATIENCE_SECONDS = (
    1.0  # with a search server, over all questions of one search; then the embedded index answers
)
_STANDS_IN = {"elasticsearch": "embedded", "embedded": "database"}  # who answers for whom
FEW = 2  # with as many results or fewer, another spelling is proposed


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
    query: EngineQuery  # as it was answered
    dropped: tuple[str, ...] = ()  # filters without which it was answered, by their parameters' names
    suggestion: str = ""  # "did you mean": the words, one of them spelled otherwise

    @cached_property
    def has_every_word(self) -> bool:
        """Whether every result has every word as it was typed: none may lack, and none stands for a meaning."""
        query = self.query
        return self.result.all_words and not (query.story or query.meanings) and len(query.words) <= 2

    @property
    def words(self) -> tuple[QueryWord, ...]:
        return self.understood.words


def _named_place(text: str, lang: str, known: Vocabulary, online: bool) -> AskedPlace | None:
    found = gazetteer.lookup(text, lang)
    best = found[0] if found else _geocoded(text, lang) if online else None
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
    asked = _at(
        place.lat,
        place.lon,
        place.nis5s[0] if place.nis5s else None,
        known,
        public=place.kind not in ADDRESSES,
    )
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


def _placed(lat: float, lon: float, nis5: str | None) -> Placement:
    return place_points([lat], [lon], [None], [nis5])[0]


# Of places with a name; where somebody stands is not remembered.
_placed_public = lru_cache(maxsize=2000)(_placed)


def _at(lat: float, lon: float, nis5: str | None, known: Vocabulary, *, public: bool = False) -> AskedPlace:
    """A point with the territories it lies in."""
    placement = (_placed_public if public else _placed)(lat, lon, nis5)
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


def asked_place(request: SearchRequest, known: Vocabulary, *, online: bool = True) -> AskedPlace | None:
    """The place in `near`. `online`: a geocoder elsewhere may be asked what we do not know. Raises BadParameter when its words are no place we know."""
    if request.near_point is not None:
        return _at(*request.near_point, None, known)
    if not request.near_text:
        return None
    place = _named_place(request.near_text, request.lang, known, online)
    if place is None:
        raise BadParameter("near", f"no place is known as “{request.near_text}”")
    return place


def find(
    request: SearchRequest,
    *,
    strict: bool = True,
    professional: bool = False,
    engine: Engine | None = None,
    now: datetime | None = None,
    concepts: Sequence[ConceptEntry] | None = None,
    online_geocoder: bool = True,
) -> Found:
    """Run the search. Raises BadParameter (strict: a place that is not known) and EngineError.

    Lenient, an unknown place is added to the request's problems and the search goes on without it. `engine` is the
    one that answers; None is the site's. `now`: naive local time of the search, if it is not this moment.
    `concepts`: understand the words by these instead of those in the database. `online_geocoder`: False where the place
    is somebody's home, which is told to nobody.
    """
    started = time.perf_counter()
    known = vocabulary.current()
    place = None
    try:
        place = asked_place(request, known, online=online_geocoder)
    except BadParameter as problem:
        if strict:
            raise
        request = replace(request, problems=(*request.problems, problem))
    if place is None and request.sort == "distance":
        request = replace(request, sort="relevance")
    language = guess(request.q, request.lang)
    engine = engine or engines.main()
    nowhere = place is None and not request.near_text
    moment = now or local_now()
    understood = understand(
        request.q, language, find_place=nowhere, now=moment, literal=request.literal, entries=concepts
    )
    if understood.place is not None:
        place = _asked(understood.place, gazetteer.label(understood.place, request.lang), known)
    asked = _query(request, understood, place, language, moment, professional=professional)
    dropped: tuple[str, ...] = ()
    with deadline.within(PATIENCE_SECONDS):
        result = engine.search(asked)
        if not result.total and asked.units():
            asked, result, dropped = let_go(engine, asked, result, _guesses(request, understood))
        if not result.total and request.relax:
            asked, result, relaxed = let_go(engine, asked, result, RELAXED)
            dropped += relaxed
    return Found(
        request=request,
        result=result,
        place=place,
        understood=understood,
        language=language,
        now=moment,
        engine=_STANDS_IN.get(engine.name, "database") if result.degraded else engine.name,
        degraded=result.degraded,
        took_ms=(time.perf_counter() - started) * 1000,
        vocabulary=known,
        dropped=dropped,
        suggestion=_suggestion(understood, result),
        query=asked,
    )


def _query(
    request: SearchRequest,
    understood: Understood,
    place: AskedPlace | None,
    language: str,
    now: datetime,
    *,
    professional: bool,
) -> EngineQuery:
    """What was asked, and what the words say where nothing else was asked."""
    filters = {facet: frozenset(codes) for facet, codes in request.filters.items()}
    for status in understood.statuses:
        filters.setdefault(status.facet, frozenset({status.code}))
    open_at, open_until, open_days, age = request.open_at, None, 1, request.age
    if open_at is None and (time_meant := understood.time) is not None:
        open_at, open_until, open_days = time_meant.open_at, time_meant.open_until, time_meant.open_days
    if age is None and understood.age is not None:
        age = understood.age.age
    return EngineQuery(
        words=understood.words,
        meanings=understood.meanings,
        optional=understood.optional,
        story=understood.story,
        language=language,
        filters=filters,
        age=age,
        near=(place.lat, place.lon) if place else None,
        radius_m=request.radius_km * 1000 if place and request.radius_km else None,
        areas=place.areas if place else (),
        bassin=place.bassin if place else None,
        open_at=open_at,
        open_until=open_until,
        open_days=open_days,
        today=now.toordinal(),
        sort=request.sort,
        offset=request.offset,
        limit=request.size,
        professional=professional,
    )


def _guesses(request: SearchRequest, understood: Understood) -> tuple[str, ...]:
    """The filters that were only read out of the words: the first to be let go when nothing fits."""
    found = []
    if understood.time is not None and request.open_at is None:
        found.append("open")
    found += [status.facet for status in understood.statuses if status.facet not in request.filters]
    if understood.age is not None and request.age is None:
        found.append("age")
    return tuple(dict.fromkeys(found))


def _suggestion(understood: Understood, result: EngineResult) -> str:
    """The words with one of them changed into a far more frequent one, when hardly anything was found."""
    if result.total > FEW or understood.corrections:
        return ""
    try:
        speller = engines.embedded_engine().lexicon().speller  # type: ignore[attr-defined]
    except EngineError:
        return ""
    tokens = words(understood.text)
    for position, token in enumerate(tokens):
        better = None if is_stopword(exact(token)) else speller.better(exact(token))
        if better is not None:
            return " ".join([*tokens[:position], better, *tokens[position + 1 :]])
    return ""


def hit_points(hit: EngineHit) -> list[dict]:
    """The card's locations that have a public point, in the order of the engine's points."""
    return [
        place
        for place in hit.card["locations"]
        if place.get("lat") is not None and place.get("lon") is not None
    ]
