"""Gives locations their commune, neighbourhood and bassin from their points, in bulk."""

from collections.abc import Sequence

from geo.placing import place
from geo.selectors import territory_ids

from .codes import Precision

_EXACT = (Precision.ADDRESS, Precision.STREET)


def place_locations(locations: Sequence) -> None:
    """Set the territories of these Location objects in place (not saved).

    A point wins over the commune given; without a point the commune given, then a postcode of one commune only. The
    centre of a postcode or commune is no point: it says nothing about neighbourhood or bassin. A bassin chosen by hand
    stays.
    """
    if not locations:
        return
    ids = territory_ids()
    codes_by_id = {pk: code for (kind, code), pk in ids.items() if kind == "commune"}
    exact = [
        location.precision in _EXACT or not (location.commune_id or location.postcode)
        for location in locations
    ]
    placements = place(
        lats=[location.lat if known else None for location, known in zip(locations, exact, strict=True)],
        lons=[location.lon if known else None for location, known in zip(locations, exact, strict=True)],
        postcodes=[location.postcode or None for location in locations],
        nis5s=[codes_by_id.get(location.commune_id) for location in locations],
    )
    for location, placement in zip(locations, placements, strict=True):
        location.commune_id = ids.get(("commune", placement.nis5))
        location.neighbourhood_id = ids.get(("neighbourhood", placement.neighbourhood_code))
        if not location.bassin_by_hand:
            location.bassin_id = ids.get(("bassin", placement.bassin_code))
            location.bassin_status = placement.bassin_status


def place_location(location) -> None:
    """The same for one."""
    place_locations([location])
