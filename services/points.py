"""From an address to points on the map, and from a point to its territories: what the form of a place offers."""

from dataclasses import dataclass

from django.conf import settings

from geo import gazetteer
from geo.geocoding import GeocodingError, get_geocoder
from geo.placing import place
from geo.selectors import territory_names

from .codes import AddressVisibility, Precision

MOST = 5  # candidates that are shown
# What the gazetteer calls its points, as the catalogue's exactness: a locality is no finer than a postcode.
_PRECISION = {
    "address": Precision.ADDRESS,
    "street": Precision.STREET,
    "locality": Precision.POSTCODE,
    "neighbourhood": Precision.POSTCODE,
    "postcode": Precision.POSTCODE,
}


@dataclass(frozen=True)
class PointFound:
    """A point (WGS84 degrees) that an address may mean; `precision` a code of Precision."""

    label: str
    lat: float
    lon: float
    precision: str


@dataclass(frozen=True)
class Territories:
    """Names of what a point lies in, empty where it is not known; `bassin_status` as geo.placing says."""

    commune: str
    neighbourhood: str
    bassin: str
    bassin_status: str


def find_points(
    streets: list[str], house_number: str, postcode: str, town: str, *, lang: str, visibility: str
) -> list[PointFound]:
    """Points for an address, likeliest first; `streets`: the same street in several languages.

    An online geocoder (GEOCODER_URL) is asked first, and only for addresses that everybody may see; one that does not
    answer is passed over. The gazetteer knows streets, not house numbers, and its answers say so.
    """
    found: dict[tuple[float, float], PointFound] = {}
    for street in streets or [""]:
        text = ", ".join(
            part
            for part in (f"{street} {house_number}".strip() if street else "", f"{postcode} {town}".strip())
            if part
        )
        if not text:
            continue
        for one in [*_online(text, lang, visibility), *gazetteer.lookup(text, lang)]:
            precision = _PRECISION.get(one.precision, Precision.COMMUNE)
            label = gazetteer.label(one, lang)
            found.setdefault((one.lat, one.lon), PointFound(label, one.lat, one.lon, precision))
    return list(found.values())[:MOST]


def _online(text: str, lang: str, visibility: str) -> list:
    if not settings.GEOCODER_URL or visibility != AddressVisibility.PUBLIC:
        return []
    try:
        found = get_geocoder().geocode(text, lang)
    except GeocodingError:
        return []
    return [found] if found else []


def territories_at(lat: float, lon: float, postcode: str, lang: str) -> Territories:
    """What lies at a point, as `placement.place_location` will say when it is saved."""
    [here] = place(lats=[lat], lons=[lon], postcodes=[postcode or None])
    names = territory_names(lang)
    return Territories(
        commune=names.get(("commune", here.nis5), ""),
        neighbourhood=names.get(("neighbourhood", here.neighbourhood_code), ""),
        bassin=names.get(("bassin", here.bassin_code), ""),
        bassin_status=here.bassin_status,
    )
