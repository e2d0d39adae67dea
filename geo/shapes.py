"""The outlines of the 565 communes, and which of them a point lies in. Pure: shapely and NumPy, no Django.

Coordinates are WGS84 degrees; arguments come in (lat, lon) order, GeoJSON keeps its own (lon, lat). Distances are metres.
"""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "geo"
SHAPES_FILE = FIXTURES / "commune_shapes.json"

UNIT_DEGREES = 1e-5  # one integer of the file, about a metre
EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
METRES_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180
# Outside Brussels the outlines are simplified by up to 300 m, so a house just inside the border can fall just outside.
BORDER_TOLERANCE_M = 200.0

Floats = NDArray[np.float64]
Objects = NDArray[np.object_]


def read_shapes(path: Path = SHAPES_FILE) -> dict[str, shapely.Geometry]:
    """NIS5 → polygon or multipolygon, (lon, lat). See `decode` for the form of the file."""
    return decode(json.loads(path.read_text(encoding="utf-8"))["communes"])


def decode(communes: Mapping[str, Sequence[Sequence[Sequence[int]]]]) -> dict[str, shapely.Geometry]:
    """Shapes from NIS5 → polygons → rings (outer first) → integers.

    A ring is lon, lat of its first point and then the differences from point to point, in UNIT_DEGREES; it is left
    open (the last point is not the first again). Neighbours share their vertices: there is no gap between them.
    """
    coordinates: list[Floats] = []
    ring_of_point: list[int] = []  # sizes, expanded below
    polygon_of_ring: list[int] = []
    commune_of_polygon: list[int] = []
    codes = list(communes)
    for commune, code in enumerate(codes):
        for polygon in communes[code]:
            for ring in polygon:
                points = np.cumsum(np.array(ring, dtype=np.int64).reshape(-1, 2), axis=0)
                coordinates.append(
                    np.vstack([points, points[:1]]).astype(np.float64) * np.float64(UNIT_DEGREES)
                )
                ring_of_point.append(len(points) + 1)
                polygon_of_ring.append(len(commune_of_polygon))
            commune_of_polygon.append(commune)
    rings = shapely.linearrings(
        np.vstack(coordinates), indices=np.repeat(np.arange(len(ring_of_point)), ring_of_point)
    )
    polygons = shapely.polygons(rings, indices=np.array(polygon_of_ring))
    parts_of: dict[int, list[shapely.Geometry]] = {}
    for commune, polygon in zip(commune_of_polygon, polygons, strict=True):
        parts_of.setdefault(commune, []).append(polygon)
    return {
        codes[commune]: parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
        for commune, parts in parts_of.items()
    }


def haversine_m(lat: ArrayLike, lon: ArrayLike, lats: ArrayLike, lons: ArrayLike) -> Floats:
    """Great-circle distance in metres between points given in degrees; arguments broadcast like NumPy's."""
    a, b = np.radians(np.asarray(lat, dtype=float)), np.radians(np.asarray(lats, dtype=float))
    across = np.radians(np.asarray(lons, dtype=float) - np.asarray(lon, dtype=float))
    h = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(across / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))))


Degrees = Sequence[float | None] | Floats


def as_degrees(values: Degrees) -> Floats:
    """An array of floats in which None became NaN."""
    if isinstance(values, np.ndarray):
        return np.asarray(values, dtype=np.float64)
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


class CommuneIndex:
    """Which commune points lie in. Safe to share between threads: nothing changes after it is built."""

    def __init__(self, shapes: Mapping[str, shapely.Geometry]) -> None:
        self.codes = sorted(shapes)
        self._code_array: Objects = np.array([*self.codes, None], dtype=object)  # the last one: nowhere
        self._shapes = np.array([shapes[code] for code in self.codes], dtype=object)
        self._tree = shapely.STRtree(self._shapes)
        self._position = {code: position for position, code in enumerate(self.codes)}

    def shape(self, nis5: str) -> shapely.Geometry:
        """The commune's outline, (lon, lat). Raises KeyError on an unknown code."""
        return self._shapes[self._position[nis5]]

    def locate(self, lats: Degrees, lons: Degrees) -> Objects:
        """NIS5 of the commune of each point, None outside Belgium or where a coordinate is missing (None, NaN).

        A point on a border belongs to the commune with the lower code. A point outside every outline belongs to the
        nearest one within BORDER_TOLERANCE_M.
        """
        latitudes, longitudes = as_degrees(lats), as_degrees(lons)
        if latitudes.shape != longitudes.shape:
            raise ValueError(f"{latitudes.size} latitudes for {longitudes.size} longitudes")
        found = np.full(latitudes.shape, len(self.codes), dtype=np.int64)
        known = np.flatnonzero(np.isfinite(latitudes) & np.isfinite(longitudes))
        if known.size:
            points = shapely.points(longitudes[known], latitudes[known])
            which, commune = self._tree.query(points, predicate="intersects")
            np.minimum.at(found, known[which], commune)
            lost = known[found[known] == len(self.codes)]
            if lost.size:
                self._nearest_within_tolerance(latitudes, longitudes, lost, found)
        codes: Objects = self._code_array[found]
        return codes

    def _nearest_within_tolerance(
        self, latitudes: Floats, longitudes: Floats, lost: NDArray[np.intp], found: NDArray[np.int64]
    ) -> None:
        # A degree of longitude is the shorter one, so this radius in degrees reaches at least the tolerance.
        reach = BORDER_TOLERANCE_M / (METRES_PER_DEGREE * np.cos(np.radians(51.6)))
        points = shapely.points(longitudes[lost], latitudes[lost])
        which, commune = self._tree.query(points, predicate="dwithin", distance=reach)
        if not which.size:
            return
        nearest = shapely.get_point(shapely.shortest_line(points[which], self._shapes[commune]), 1)
        away = haversine_m(
            latitudes[lost[which]], longitudes[lost[which]], shapely.get_y(nearest), shapely.get_x(nearest)
        )
        order = np.lexsort((commune, away))[::-1]  # the nearest is written last
        order = order[away[order] <= BORDER_TOLERANCE_M]
        found[lost[which[order]]] = commune[order]

    def outlines(self, nis5s: Iterable[str] | None = None, *, tolerance_m: float = 0.0) -> dict[str, Any]:
        """GeoJSON FeatureCollection (lon, lat) of these communes, or all; `id` is the NIS5.

        With a tolerance the lines are simplified by about so many metres, the same on both sides of a border. Raises
        KeyError on an unknown code.
        """
        codes = self.codes if nis5s is None else list(nis5s)
        shapes = np.array([self.shape(code) for code in codes], dtype=object)
        if tolerance_m > 0 and codes:
            shapes = shapely.coverage_simplify(shapes, tolerance_m / METRES_PER_DEGREE)
        features = [
            {"type": "Feature", "id": code, "properties": {}, "geometry": _rounded(shape)}
            for code, shape in zip(codes, shapes, strict=True)
        ]
        return {"type": "FeatureCollection", "features": features}


def _rounded(shape: shapely.Geometry) -> dict[str, Any]:
    def places(value: Any) -> Any:
        return round(value, 5) if isinstance(value, float) else [places(part) for part in value]

    mapping = shapely.geometry.mapping(shape)
    return {"type": mapping["type"], "coordinates": places(mapping["coordinates"])}


class NeighbourhoodIndex:
    """The nearest neighbourhood centre within a point's own commune.

    `centres` are (code, nis5, lat, lon); a neighbourhood that reaches into several communes has a centre in each. Only
    centres are known, not limits: the answer is a good guess near them and may be the next one over between two.
    """

    def __init__(self, centres: Iterable[tuple[str, str, float, float]]) -> None:
        by_commune: dict[str, list[tuple[str, float, float]]] = {}
        for code, nis5, lat, lon in centres:
            by_commune.setdefault(nis5, []).append((code, lat, lon))
        self._centres = {
            nis5: (
                np.array([code for code, _, _ in rows], dtype=object),
                np.array([(lat, lon) for _, lat, lon in rows]),
            )
            for nis5, rows in by_commune.items()
        }

    def nearest(self, lats: Degrees, lons: Degrees, nis5s: Sequence[str | None]) -> tuple[Objects, Floats]:
        """(codes, metres to the centre): None and NaN where the point is missing or its commune has no centre."""
        latitudes, longitudes = as_degrees(lats), as_degrees(lons)
        communes = np.array(nis5s, dtype=object)
        codes = np.full(latitudes.shape, None, dtype=object)
        metres = np.full(latitudes.shape, np.nan)
        known = np.isfinite(latitudes) & np.isfinite(longitudes)
        for nis5 in {code for code in communes[known].tolist() if code in self._centres}:
            names, centres = self._centres[nis5]
            rows = np.flatnonzero(known & (communes == nis5))
            # A commune is small: a plane touching the earth at it is exact to a metre.
            scale = METRES_PER_DEGREE * np.array([1.0, np.cos(np.radians(centres[:, 0].mean()))])
            points = np.column_stack([latitudes[rows], longitudes[rows]])
            away = np.linalg.norm((points[:, None, :] - centres[None, :, :]) * scale, axis=2)
            best = away.argmin(axis=1)
            codes[rows] = names[best]
            metres[rows] = away[np.arange(len(rows)), best]
        return codes, metres


_lock = threading.Lock()
_index: CommuneIndex | None = None


def commune_index() -> CommuneIndex:
    """The index over the project's own outlines, built at the first use (about a tenth of a second)."""
    global _index
    if _index is None:
        with _lock:
            if _index is None:
                _index = CommuneIndex(read_shapes())
    return _index
