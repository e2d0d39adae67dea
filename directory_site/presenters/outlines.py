"""The outlines that the map draws when it has no tiles: the communes, with their names."""

import hashlib
import json
from functools import lru_cache
from typing import NamedTuple

from geo.models import Territory
from geo.shapes import commune_index

from ..addresses import languages

BRUSSELS = "21"  # NIS5 codes of the Brussels Region begin so
BRUSSELS_TOLERANCE_M = 15.0
BELGIUM_TOLERANCE_M = 250.0


class Outlines(NamedTuple):
    body: bytes
    etag: str


@lru_cache(maxsize=16)
def outlines(area: str, language: str) -> Outlines:
    """GeoJSON (lon, lat) of the communes of `brussels` or `belgium`, each with its name in this language and a point
    for it. Made once a process: outlines change with a release."""
    everywhere = area == "belgium"
    index = commune_index()
    codes = [code for code in index.codes if everywhere or code.startswith(BRUSSELS)]
    tolerance = BELGIUM_TOLERANCE_M if everywhere else BRUSSELS_TOLERANCE_M
    collection = index.outlines(codes, tolerance_m=tolerance)
    columns = list(dict.fromkeys([f"name_{language}", *(f"name_{code}" for code in languages())]))
    rows = Territory.objects.filter(kind="commune").values("code", *columns)
    names = {row["code"]: next((row[column] for column in columns if row[column]), "") for row in rows}
    for feature in collection["features"]:
        point = index.shape(feature["id"]).representative_point()
        feature["properties"] = {
            "name": names.get(feature["id"], ""),
            "lat": round(point.y, 4),
            "lon": round(point.x, 4),
        }
    body = json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
    return Outlines(body, f'"{hashlib.sha256(body).hexdigest()[:20]}"')
