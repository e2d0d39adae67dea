"""What a CSV file says of one service: its own values, and one place a row."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as noop

from services.codes import AddressVisibility

from .create import DraftRefused
from .csv_columns import ADDRESS_COLUMNS, COLUMNS, IDENTITY, ROW_COLUMNS

CONTRADICTS = noop("%(column)s contradicts line %(line)s: it must be the same in all rows of a service")

ServiceKey = tuple[str, str]  # (scheme, external id)


@dataclass
class WantedPlace:
    """One row's own part. `address_visibility` is None where the row says nothing about it."""

    line: int
    values: dict[
        str, Any
    ]  # of ADDRESS_COLUMNS (the commune as nis5), phone, opening_hours: those the file has
    address_visibility: str | None

    @property
    def has_address(self) -> bool:
        return any(self.values.get(name) not in ("", None) for name in ADDRESS_COLUMNS)

    @property
    def is_place(self) -> bool:
        """Whether the row speaks of a place at all; a hidden one may be named without its address."""
        return self.has_address or self.address_visibility not in (None, AddressVisibility.PUBLIC)


@dataclass
class Wanted:
    scheme: str
    identifier: str
    line: int
    service: dict[str, Any]
    rows: list[WantedPlace] = field(default_factory=list)
    complete: bool = True  # False: a row of it was refused, so what is not named may still be wanted
    speaks_of_places: bool = True  # False: the file has no column of an address
    organization: tuple | None = None  # csv_organizations' key; None: the file does not say

    @property
    def places(self) -> list[WantedPlace]:
        return [row for row in self.rows if row.is_place]


def first_row(key: ServiceKey, line: int, values: dict[str, Any]) -> Wanted:
    return Wanted(
        *key,
        line=line,
        service=service_values(values),
        speaks_of_places=any(name in values for name in (*ADDRESS_COLUMNS, "visibility")),
    )


def service_values(values: dict[str, Any]) -> dict[str, Any]:
    """The columns that are the service's: those that all its rows repeat."""
    found = {
        name: value for name, value in values.items() if name not in ROW_COLUMNS and name not in IDENTITY
    }
    if values.get("visibility") is not None:
        found["visibility"] = values["visibility"][0]
    return found


def place_values(line: int, values: dict[str, Any]) -> WantedPlace:
    visibility = values.get("visibility")
    own = (*ADDRESS_COLUMNS, "phone", "opening_hours")
    return WantedPlace(
        line,
        {name: values[name] for name in own if name in values},
        None if visibility is None else visibility[1],
    )


def agree(wanted: Wanted, values: dict[str, Any]) -> None:
    """Take a further row's values; an empty cell repeats the first row's. Raises DraftRefused where they contradict."""
    for name, value in service_values(values).items():
        first = wanted.service.get(name)
        if value in ("", None, ()):
            continue
        kind = COLUMNS[name]
        same = value == first if name == "visibility" or first is None else kind.same(first, value)
        if not same:
            raise DraftRefused(CONTRADICTS, {"column": name, "line": wanted.line})
