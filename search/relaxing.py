"""When nothing fits, filters are let go in a stated order until something does."""

from collections.abc import Sequence
from dataclasses import replace

from .engine import Engine, EngineQuery, EngineResult

# When nothing fits: what is let go, in this order. What a person can change by waiting or going further comes first;
# what they are and what they need comes last.
RELAXED = (
    "open",
    "radius_km",
    "bassin",
    "commune",
    "access_mode",
    "cost",
    "organisation_type",
    "language",
    "audience",
    "age",
    "need",
)


def let_go(
    engine: Engine, asked: EngineQuery, result: EngineResult, names: Sequence[str]
) -> tuple[EngineQuery, EngineResult, tuple[str, ...]]:
    """Without one of these filters, tried in their order, or else without more and more of them, until something fits.

    (the query that was answered, its result, which filters it lacks); none when nothing fits without them either.
    """
    there = [name for name in names if _has(asked, name)]
    for tried in [*([name] for name in there), *(there[:count] for count in range(2, len(there) + 1))]:
        wider = asked
        for name in tried:
            wider = _without(wider, name)
        found = engine.search(wider)
        if found.total:
            return wider, found, tuple(tried)
    return asked, result, ()


def _has(asked: EngineQuery, name: str) -> bool:
    if name == "open":
        return asked.open_at is not None
    if name == "radius_km":
        return asked.radius_m is not None
    return asked.age is not None if name == "age" else bool(asked.filters.get(name))


def _without(asked: EngineQuery, name: str) -> EngineQuery:
    if name == "open":
        return replace(asked, open_at=None, open_until=None, open_days=1)
    if name == "radius_km":
        return replace(asked, radius_m=None)
    if name == "age":
        return replace(asked, age=None)
    return replace(asked, filters={facet: codes for facet, codes in asked.filters.items() if facet != name})
