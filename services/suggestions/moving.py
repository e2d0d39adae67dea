"""A place gets another address: the place itself, or a copy when other listings are given there too."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from geo.geocoding import GazetteerGeocoder
from services import rights
from services.codes import Precision
from services.models import Location, Service, ServiceAtLocation

from .applying import apply_address
from .errors import NotAccepted, PlaceOfOthers
from .reading import link_of

_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
_COPIED = (
    "address_visibility",
    "accessibility",
    "is_example",
    "source",
    "source_date",
    "house_number",
    "box",
    "postcode",
)
_TEXTS = ("name", "street", "transportation")


@dataclass(frozen=True)
class Move:
    """One accepted change of an address."""

    index: int
    change: dict
    value: Any


def write_addresses(version: Service, moves: Sequence[Move], *, by, publish: bool) -> int:
    """Write the new addresses; returns how many other listings keep the old one.

    A shared place is copied, for the others have not moved; `version` then points to the copy and has to be saved. An
    unshared one is changed itself, which its own team must do. Its point is looked for anew, and dropped when the
    gazetteer does not know the address: a point at the old door would be worse than none.
    Raises PlaceOfOthers, NotAccepted.
    """
    kept = 0
    for part in dict.fromkeys(move.change["part"] for move in moves):
        link = link_of(version, part)
        others = _others(link.location, version)
        location = _copy(link.location, version) if others else _own(link.location, by)
        for move in moves:
            if move.change["part"] == part:
                try:
                    apply_address(location, move.change, move.value)
                except ValidationError as error:
                    raise NotAccepted(move.index, error.messages) from None
        _place_anew(location)
        if others:
            location.save()
            link.location = location
            kept += others
        else:
            revision = location.save_revision(user=by, log_action=True)
            if publish and rights.may(by, "publish", location):
                revision.publish(user=by)
    return kept


def _others(location: Location, version: Service) -> int:
    others = ServiceAtLocation.objects.filter(location=location.pk).exclude(service=version.pk)
    return others.values("service").distinct().count()


def _own(location: Location, by) -> Location:
    location = Location.objects.get(pk=location.pk)
    lock = location.get_lock()
    if (
        not rights.may(by, "change", location)
        or location.has_unpublished_changes
        or (lock is not None and lock.for_user(by))
    ):
        raise PlaceOfOthers(str(location))
    return location


def _copy(location: Location, version: Service) -> Location:
    texts = [f"{name}_{code}" for name in _TEXTS for code in _LANGUAGES]
    values = {name: getattr(location, name) for name in (*_COPIED, *texts)}
    return Location(live=True, steward_id=version.steward_id, **values)


def _place_anew(location: Location) -> None:
    location.commune_id = None
    street = next((text for code in _LANGUAGES if (text := getattr(location, f"street_{code}"))), "")
    found = None
    if street and location.postcode:
        asked = f"{street} {location.house_number}, {location.postcode}"
        found = GazetteerGeocoder().geocode(asked, "fr")
    exact = found is not None and found.precision in (Precision.ADDRESS, Precision.STREET)
    if exact and found is not None and (not found.postcode or found.postcode == location.postcode):
        location.lat, location.lon, location.precision = found.lat, found.lon, found.precision
    else:
        location.lat = location.lon = None
