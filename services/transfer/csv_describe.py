"""An update told column by column, before and after, as texts of the format: for a person who decides about it."""

from typing import Any

from .csv_columns import ADDRESS_COLUMNS, COLUMNS
from .csv_compare import PlaceUpdate, Update
from .csv_projection import Projected, ProjectedPlace

PLACE = "place"  # not a column of the format: a whole place comes or goes
ORGANIZATION = "organization"


def described(listing: Projected, update: Update, organization: str = "") -> list[tuple[str, str, str]]:
    """(column, before, after), `organization` being the name of a new one; for a place the column is "place" and the text its address."""
    found = [
        (name, _text(name, listing.service.get(name)), _text(name, value))
        for name, value in update.service.items()
    ]
    if update.organization is not None:
        before = next(iter(listing.record.organization.name.values()), "")
        found.append((ORGANIZATION, before, organization))
    here = listing.without_place if not listing.places else listing.places[0].values
    if update.phones is not None and not any(place.phones is not None for place in update.places):
        found.append(("phone", _text("phone", here.get("phone")), _text("phone", tuple(update.phones))))
    if update.hours is not None:
        found.append(("opening_hours", here.get("opening_hours") or "", update.hours))
    places = {place.uuid: place for place in listing.places}
    for change in update.places:
        found += _place(places.get(change.uuid) if change.uuid else None, change)
    found += [(PLACE, _address(places[uuid].values), "") for uuid in update.removed if uuid in places]
    return [(name, before, after) for name, before, after in found if before != after]


def _place(place: ProjectedPlace | None, change: PlaceUpdate) -> list[tuple[str, str, str]]:
    if place is None:
        return [(PLACE, "", _address(change.row.values))]
    found = []
    for name, value in change.address.items():
        if name == "address_visibility":
            found.append(("visibility", place.address_visibility, value))
        else:
            found.append((name, _text(name, place.values.get(name)), _text(name, value)))
    if change.hours is not None:
        found.append(("opening_hours", place.values["opening_hours"] or "", change.hours))
    if change.phones is not None and "phone" in change.row.values:
        found.append(
            ("phone", _text("phone", place.values["phone"]), _text("phone", change.row.values["phone"]))
        )
    return found


def _address(values: dict[str, Any]) -> str:
    wanted = [name for name in ADDRESS_COLUMNS if name not in ("lat", "lon", "nis5")]
    return ", ".join(text for name in wanted if (text := _text(name, values.get(name))))


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name == "visibility":  # of the listing here, without its address's
        return str(value)
    return COLUMNS[name].write(value)
