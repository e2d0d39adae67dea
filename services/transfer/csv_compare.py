"""Compares what a file says of a service with what the catalogue has; only real differences become an update."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as noop

from services.codes import AddressVisibility

from .create import DraftRefused
from .csv_columns import ADDRESS_COLUMNS, COLUMNS, LANGUAGES
from .csv_drafts import share_phones
from .csv_projection import Projected, ProjectedPlace
from .csv_wanted import Wanted, WantedPlace


@dataclass
class PlaceUpdate:
    """What changes about one place; `row` is the whole row, for a place that is new (`uuid` None)."""

    uuid: UUID | None
    row: WantedPlace
    address: dict[str, Any] = field(default_factory=dict)
    hours: str | None = None  # None: as they are
    phones: list[str] | None = None


@dataclass
class Update:
    """Changed values by column; None in the other fields means "as it is"."""

    pk: int
    line: int
    service: dict[str, Any] = field(default_factory=dict)
    organization: tuple | None = None
    phones: list[str] | None = None
    hours: str | None = None
    places: list[PlaceUpdate] = field(default_factory=list)
    removed: list[UUID] = field(default_factory=list)
    # For people and for undoing; not part of what is changed.
    identifier: str = ""
    uuid: UUID | None = None
    described: list[tuple[str, str, str]] = field(default_factory=list)  # (column, before, after)

    def fingerprint(self) -> str:
        """The same for the same changes: what was shown is what is done."""
        parts = [
            sorted(self.service.items()),
            self.organization,
            self.phones,
            self.hours,
            [
                (str(place.uuid), sorted(place.address.items()), place.hours, place.phones)
                for place in self.places
            ],
            sorted(map(str, self.removed)),
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def __bool__(self) -> bool:
        changed = (self.phones, self.hours, self.organization)
        return bool(
            self.service or self.places or self.removed or any(value is not None for value in changed)
        )

    def names(self) -> list[str]:
        """The columns that change, for the reader of a dry run."""
        found = dict.fromkeys(self.service)
        for place in self.places:
            found.update(dict.fromkeys(["place"] if place.uuid is None else place.address))
            found.update(dict.fromkeys(["opening_hours"] if place.hours is not None else []))
            found.update(dict.fromkeys(["phone"] if place.phones is not None else []))
        found.update(dict.fromkeys(["opening_hours"] if self.hours is not None else []))
        found.update(dict.fromkeys(["phone"] if self.phones is not None else []))
        found.update(dict.fromkeys(["organization"] if self.organization is not None else []))
        found.update(dict.fromkeys(["place removed"] if self.removed else []))
        return list(found)


def compare(listing: Projected, wanted: Wanted, organization_id: int | None) -> Update | None:
    """The update that makes the listing what the file says, or None. Raises DraftRefused where that may not be.

    `organization_id`: that of the file's organisation, None when it names none or a new one.
    """
    update = Update(listing.record.pk, wanted.line)
    update.service = {
        name: value for name, value in wanted.service.items() if _differs(name, listing.service[name], value)
    }
    if wanted.organization is not None and organization_id != listing.state.organization_id:
        update.organization = wanted.organization
    if wanted.places or (not wanted.speaks_of_places and len(listing.places) == 1):
        _compare_places(listing, wanted, update)
    else:
        _compare_without_place(listing, wanted, update)
    if not update:
        return None
    if listing.state.edited_by_hand:
        raise DraftRefused(
            noop("an editor's changes to this listing wait for publication: publish or discard them first")
        )
    if listing.state.locked:
        raise DraftRefused(noop("this listing is locked by an editor"))
    after = {code: update.service.get(f"name_{code}", listing.record.name.get(code)) for code in LANGUAGES}
    if not any(after.values()):
        raise DraftRefused(noop("the last of its names would be gone"))
    lowest = update.service.get("age_min", listing.record.minimum_age)
    highest = update.service.get("age_max", listing.record.maximum_age)
    if lowest is not None and highest is not None and lowest > highest:
        raise DraftRefused(
            noop("%(lowest)s is above age_max %(highest)s"),
            {"lowest": lowest, "highest": highest},
            under="age_min",
        )
    return update


def _differs(name: str, now: Any, wanted: Any) -> bool:
    if name in ("status", "visibility"):  # an empty cell says nothing
        return wanted not in ("", None) and wanted != now
    return not COLUMNS[name].same(now, wanted)


def _compare_without_place(listing: Projected, wanted: Wanted, update: Update) -> None:
    row = wanted.rows[0].values
    here = listing.without_place
    if "phone" in row and not COLUMNS["phone"].same(here["phone"], row["phone"]):
        update.phones = list(row["phone"])
    if "opening_hours" in row and row["opening_hours"] != (here["opening_hours"] or ""):
        update.hours = row["opening_hours"]
    if wanted.speaks_of_places:
        update.removed = _gone(listing.places, wanted)


def _gone(places: Iterable[ProjectedPlace], wanted: Wanted) -> list[UUID]:
    """Places that the file does not name any more. A hidden one stays: a file may well not know it."""
    if not wanted.complete:
        return []
    return [place.uuid for place in places if place.address_visibility == AddressVisibility.PUBLIC]


def _compare_places(listing: Projected, wanted: Wanted, update: Update) -> None:
    rows = wanted.places or wanted.rows
    pairs = _paired(listing.places, rows)
    left = {id(place) for place, _row in pairs if place is not None}
    update.removed = _gone([place for place in listing.places if id(place) not in left], wanted)
    changed_phones = any(
        "phone" in row.values
        and (place is None or not COLUMNS["phone"].same(place.values["phone"], row.values["phone"]))
        for place, row in pairs
    )
    own: list[list[str]] | None = None
    if changed_phones and wanted.complete:
        shared, own = share_phones([row.values.get("phone", ()) for _place, row in pairs])
        update.phones = shared
    elif changed_phones:
        raise DraftRefused(
            noop("another row of this service was refused; mend that one first"), under="phone"
        )
    for index, (place, row) in enumerate(pairs):
        change = PlaceUpdate(None if place is None else place.uuid, row)
        if place is not None:
            change.address = _address_changes(place, row)
            hours = row.values.get("opening_hours")
            if hours is not None and hours != (place.values["opening_hours"] or ""):
                change.hours = hours
        if own is not None:
            change.phones = own[index]
        if place is None or change.address or change.hours is not None or change.phones is not None:
            update.places.append(change)


def _paired(
    places: list[ProjectedPlace], rows: list[WantedPlace]
) -> list[tuple[ProjectedPlace | None, WantedPlace]]:
    """Each row with the catalogue's place it means: the one with its address, else the next that is left over."""
    left = list(places)
    found: dict[int, ProjectedPlace] = {}
    for index, row in enumerate(rows):
        match = next((place for place in left if not _address_changes(place, row)), None)
        if match is not None:
            left.remove(match)
            found[index] = match
    return [
        (found[index] if index in found else (left.pop(0) if left else None), row)
        for index, row in enumerate(rows)
    ]


def _address_changes(place: ProjectedPlace, row: WantedPlace) -> dict[str, Any]:
    """Changed address columns, and "address_visibility"."""
    changes: dict[str, Any] = {}
    if row.address_visibility is not None and row.address_visibility != place.address_visibility:
        changes["address_visibility"] = row.address_visibility
    if place.address_visibility != AddressVisibility.PUBLIC and not row.has_address:
        return changes  # exported without its address
    for name in ADDRESS_COLUMNS:
        if name in row.values and name != "nis5" and row.values[name] != place.values[name]:
            changes[name] = row.values[name]
    nis5 = row.values.get("nis5", "")
    # A point decides its commune, so the file's commune counts only where there is none.
    has_point = changes.get("lat", place.values["lat"]) is not None and (
        place.point_decides or "lat" in changes
    )
    if nis5 and not has_point and nis5 != place.values["nis5"]:
        changes["nis5"] = nis5
    return changes
