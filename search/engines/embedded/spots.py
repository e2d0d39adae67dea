"""Distances to every listing's public points, on the unit sphere: a chord is three subtractions away."""

from dataclasses import dataclass

import numpy as np

from geo.shapes import EARTH_RADIUS_M

from .columns import Columns


@dataclass(frozen=True)
class Distances:
    """Metres to each row's nearest public point (inf: it has none), and which of its points that is."""

    metres: np.ndarray
    point: np.ndarray


def _on_sphere(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """(3, points) of coordinates given in degrees."""
    lat, lon = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _metres(to: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Great-circle distances. Differences, not products: two points of one street differ in the last bits only."""
    across, along, up = points[0] - to[0], points[1] - to[1], points[2] - to[2]
    half = np.sqrt(across * across + along * along + up * up) / 2
    return 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(half, 1.0))


class Spots:
    """Where the rows of one generation of columns stand."""

    def __init__(self, columns: Columns, old: "Spots | None" = None) -> None:
        """`old`: of an earlier generation of the same columns, whose rows come first."""
        known = 0 if old is None else old._points.shape[1]
        added = _on_sphere(columns.lat.values[known:], columns.lon.values[known:])
        self._points: np.ndarray = added if old is None else np.concatenate([old._points, added], axis=1)
        self._lat, self._start = columns.lat, columns.lat.start
        sizes = np.diff(self._start)
        self._any, self._several = sizes > 0, sizes > 1

    def nearest(self, rows: np.ndarray, lat: float, lon: float) -> Distances:
        """From a point in degrees, WGS84."""
        metres, point = np.full(len(rows), np.inf), np.zeros(len(rows), np.int32)
        if not len(rows):
            return Distances(metres, point)
        here = _on_sphere(np.float64(lat), np.float64(lon))
        holders = np.flatnonzero(self._any[rows])
        metres[holders] = _metres(here, self._points[:, self._start[rows[holders]]])
        several = np.flatnonzero(self._several[rows])
        if len(several):
            owner, index = self._lat.of(rows[several])
            found = _metres(here, self._points[:, index])
            first = np.flatnonzero(np.diff(owner, prepend=-1))
            shortest = np.minimum.reduceat(found, first)
            metres[several] = shortest
            nearest = np.flatnonzero(found == shortest[owner])[
                ::-1
            ]  # of two as near, the first is written last
            point[several[owner[nearest]]] = nearest - first[owner[nearest]]
        return Distances(metres, point)
