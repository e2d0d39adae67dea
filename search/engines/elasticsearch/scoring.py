"""The scripts that the server scores and filters by, and what they are given. Sources never hold a caller's words."""

from functools import cache
from pathlib import Path

from geo.shapes import EARTH_RADIUS_M
from search.engine import EngineQuery
from search.weights import VERIFIED_RECENTLY_DAYS, WEIGHTS

from .hours import moment_params

SCRIPTS = Path(__file__).with_name("scripts")
WIDE_AREAS = ("province", "region", "country")
NO_POINT_M = 1e12  # of a listing without a public point: behind all others

_SCORE = "return Math.rint(_score * placeFactor(doc, params) * trustFactor(doc, params) * 1.0E9) / 1.0E9;"
_FACTORS = "return new double[] { placeFactor(doc, params), trustFactor(doc, params) };"
_METRES = "return nearest(doc['points'], params.place);"
_INSIDE = "return nearest(doc['points'], params.place) <= params.metres;"
_WHOLE_NAME = """
double coverage = Math.min(1.0, params.words / Math.max(1.0, (double) doc['name_words'].value));
return params.whole_name * (1.0 + params.name_coverage * coverage);
"""


@cache
def source(name: str) -> str:
    return (SCRIPTS / f"{name}.painless").read_text(encoding="utf-8")


def _ranking(returned: str, params: dict) -> dict:
    return {"lang": "painless", "source": source("ranking") + returned, "params": params}


def params(query: EngineQuery) -> dict:
    narrow = [area for area in query.areas if area.split(":", 1)[0] not in WIDE_AREAS]
    wide = [area for area in query.areas if area.split(":", 1)[0] in WIDE_AREAS]
    return {
        "place": place(query),
        "narrow": narrow,
        "wide": wide,
        "bassin": query.bassin,
        "today": query.today,
        "audiences": sorted(query.filters.get("audience", ())),
        "weights": {
            **{
                name: getattr(WEIGHTS, name)
                for name in (
                    "half_distance_m",
                    "distance_floor",
                    "far_m",
                    "area_served",
                    "area_not_served",
                    "area_unknown",
                    "region_served",
                    "same_bassin",
                    "verified_recently",
                    "audience_named",
                    "suspended",
                    "no_capacity",
                    "closed_permanently",
                )
            },
            "recently_days": VERIFIED_RECENTLY_DAYS,
        },
    }


def place(query: EngineQuery) -> dict | None:
    if query.near is None:
        return None
    lat, lon = query.near
    return {"lat": float(lat), "lon": float(lon), "radius": EARTH_RADIUS_M, "none": NO_POINT_M}


def score(query: EngineQuery) -> dict:
    """text × place × trust, rounded as the embedded engine rounds: what differs in the last bits is the same."""
    return _ranking(_SCORE, params(query))


def factors(query: EngineQuery) -> dict:
    """[place, trust] of a hit, for its score's parts."""
    return _ranking(_FACTORS, params(query))


def metres(query: EngineQuery) -> dict:
    return _ranking(_METRES, {"place": place(query)})


def inside(query: EngineQuery) -> dict:
    return _ranking(_INSIDE, {"place": place(query), "metres": query.radius_m})


def whole_name(words: int) -> dict:
    return {
        "lang": "painless",
        "source": _WHOLE_NAME,
        "params": {
            "words": words,
            "whole_name": WEIGHTS.whole_name,
            "name_coverage": WEIGHTS.name_coverage,
        },
    }


def opening(query: EngineQuery) -> dict:
    return {"lang": "painless", "source": source("opening"), "params": moment_params(query.moments())}
