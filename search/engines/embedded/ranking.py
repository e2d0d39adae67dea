"""The blend: text × place × trust, over columns, for all matching rows at once."""

from dataclasses import dataclass

import numpy as np

from geo.shapes import haversine_m
from search.engine import EngineQuery
from search.weights import VERIFIED_RECENTLY_DAYS, WEIGHTS, Weights

from .columns import LIFECYCLES, Columns, Masks

WIDE_AREAS = ("province", "region", "country")


@dataclass(frozen=True)
class Distances:
    """Metres to each row's nearest public point (inf: it has none), and which of its points that is."""

    metres: np.ndarray
    point: np.ndarray


def nearest(columns: Columns, rows: np.ndarray, lat: float, lon: float) -> Distances:
    metres = np.full(len(rows), np.inf)
    point = np.zeros(len(rows), np.int32)
    owner, index = columns.lat.of(rows)
    if len(owner):
        found = haversine_m(lat, lon, columns.lat.values[index], columns.lon.values[index])
        first = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        holders = owner[first]
        metres[holders] = np.minimum.reduceat(found, first)
        several = np.flatnonzero(np.diff(np.r_[first, len(owner)]) > 1)
        for group in several:  # few services stand at several places
            start = first[group]
            end = first[group + 1] if group + 1 < len(first) else len(owner)
            point[holders[group]] = int(np.argmin(found[start:end]))
    return Distances(metres, point)


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


def trust_factor(query: EngineQuery, columns: Columns, masks: Masks, rows: np.ndarray) -> np.ndarray:
    verified = columns.verified[rows]
    factor = np.where(
        (verified > 0) & (query.today - verified <= VERIFIED_RECENTLY_DAYS), WEIGHTS.verified_recently, 1.0
    )
    lifecycle = columns.lifecycle[rows]
    factor = factor * np.where(lifecycle == LIFECYCLES.index("suspended"), WEIGHTS.suspended, 1.0)
    factor *= np.where(lifecycle == LIFECYCLES.index("closed_permanently"), WEIGHTS.closed_permanently, 1.0)
    factor *= np.where(columns.flags["full"][rows], WEIGHTS.no_capacity, 1.0)
    asked = query.filters.get("audience")
    if asked:
        factor *= np.where(masks.with_any("named", asked)[rows], WEIGHTS.audience_named, 1.0)
    return factor


def order(
    query: EngineQuery, columns: Columns, rows: np.ndarray, score: np.ndarray, metres: np.ndarray | None
):
    """Positions in `rows` of the asked page, best first; ties fall to the nearer, then to the older listing."""
    pk = columns.pk[rows]
    if query.sort == "distance" and metres is not None:
        keys = (pk, -score, metres)
    elif query.sort == "name":
        keys = (pk, columns.names.get(query.language, next(iter(columns.names.values())))[rows])
    elif query.sort == "verified":
        keys = (pk, -score, -columns.verified[rows].astype(np.int64))
    else:
        # Rounded: scores that differ in the last bits are the same, and then distance decides.
        keys = (pk, metres, -np.round(score, 9)) if metres is not None else (pk, -np.round(score, 9))
    wanted = query.offset + query.limit
    if query.sort == "relevance" and len(rows) > 4 * wanted > 0:
        threshold = np.partition(score, len(score) - wanted)[len(score) - wanted]
        near_top = np.flatnonzero(score >= threshold - 1e-8)
        return near_top[np.lexsort(tuple(key[near_top] for key in keys))][query.offset : wanted]
    return np.lexsort(keys)[query.offset : wanted]
