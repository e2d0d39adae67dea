"""The blend: text × place × trust, over columns, for all matching rows at once."""

import numpy as np

from search.engine import EngineQuery
from search.weights import VERIFIED_RECENTLY_DAYS, WEIGHTS, Weights

from .columns import LIFECYCLES, Columns, Masks

WIDE_AREAS = ("province", "region", "country")


def decay(metres: np.ndarray, weights: Weights = WEIGHTS) -> np.ndarray:
    """1 at the door, down a Gauss curve to the floor within a city, and on towards 0 in the next one."""
    curve = np.exp(-np.log(2.0) * (metres / weights.half_distance_m) ** 2)
    near = weights.distance_floor + (1.0 - weights.distance_floor) * curve
    return near / (1.0 + (metres / weights.far_m) ** 2)


def place_factor(
    query: EngineQuery, columns: Columns, masks: Masks, rows: np.ndarray, metres: np.ndarray | None
) -> np.ndarray:
    """How well each row serves the asked place; 1 everywhere when no place was asked."""
    if metres is None and not query.areas:
        return np.ones(len(rows))
    factor = np.full(len(rows), WEIGHTS.area_unknown)
    if metres is not None:
        has_point = np.isfinite(metres)
        factor[has_point] = decay(metres[has_point])
    if query.areas:
        areas = columns.multi["area"]
        names_areas = (areas.start[rows + 1] - areas.start[rows]) > 0
        wide = masks.with_any("area", (area for area in query.areas if area.split(":", 1)[0] in WIDE_AREAS))[
            rows
        ]
        narrow = masks.with_any(
            "area", (area for area in query.areas if area.split(":", 1)[0] not in WIDE_AREAS)
        )[rows]
        served = np.where(narrow, WEIGHTS.area_served, np.where(wide, WEIGHTS.region_served, 0.0))
        # At home or by phone competes on its area, on site on its distance: the better of both counts.
        factor = np.maximum(factor, served)
        elsewhere = names_areas & ~(narrow | wide)
        factor[elsewhere] = np.minimum(factor[elsewhere], WEIGHTS.area_not_served)
    if query.bassin is not None:
        factor = factor * np.where(masks.with_code("bassin", query.bassin)[rows], WEIGHTS.same_bassin, 1.0)
    return factor


def standing(columns: Columns, today: int) -> np.ndarray:
    """How far every row can be relied on, whoever asks. `today`: proleptic day number."""
    verified = columns.verified
    factor = np.where(
        (verified > 0) & (today - verified <= VERIFIED_RECENTLY_DAYS), WEIGHTS.verified_recently, 1.0
    )
    factor[columns.lifecycle == LIFECYCLES.index("suspended")] *= WEIGHTS.suspended
    factor[columns.lifecycle == LIFECYCLES.index("closed_permanently")] *= WEIGHTS.closed_permanently
    factor[columns.flags["full"]] *= WEIGHTS.no_capacity
    return factor


def trust_factor(query: EngineQuery, masks: Masks, rows: np.ndarray, standing: np.ndarray) -> np.ndarray:
    factor = standing[rows]
    asked = query.filters.get("audience")
    if asked:
        factor[masks.with_any("named", asked)[rows]] *= WEIGHTS.audience_named
    return factor


def order(
    query: EngineQuery, columns: Columns, rows: np.ndarray, score: np.ndarray, metres: np.ndarray | None
) -> np.ndarray:
    """Positions in `rows` of the asked page, best first; ties fall to the nearer, then to the older listing."""
    pk = columns.pk[rows]
    # Rounded: scores that differ in the last bits are the same, and then distance decides.
    best = -np.round(score, 9)
    if query.sort == "distance" and metres is not None:
        keys = [metres, best, pk]
    elif query.sort == "name":
        keys = [columns.names.get(query.language, next(iter(columns.names.values())))[rows], pk]
    elif query.sort == "verified":
        keys = [-columns.verified[rows].astype(np.int64), best, pk]
    else:
        keys = [best, pk] if metres is None else [best, metres, pk]
    wanted = query.offset + query.limit
    found = _first(keys, wanted)
    return found[np.lexsort([key[found] for key in reversed(keys)])][query.offset : wanted]


def _first(keys: list[np.ndarray], wanted: int) -> np.ndarray:
    """Positions of at least the first `wanted` by these keys, the most important first; in no order.

    Only those that may still be among them are looked at by the next key: sorting all would cost more than all else.
    """
    undecided = np.arange(len(keys[0]))
    decided = [undecided[:0]]
    for key in keys:
        if len(undecided) <= wanted or wanted <= 0:
            break
        values = key[undecided]
        last = np.partition(values, wanted - 1)[wanted - 1]
        before = undecided[values < last]
        decided.append(before)
        undecided = undecided[values == last]
        wanted -= len(before)
    return np.concatenate([*decided, undecided])
