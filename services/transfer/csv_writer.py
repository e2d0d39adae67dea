"""Writes the catalogue as CSV, one row a service at a location. What is hidden stays out unless asked for."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from geo.selectors import territory_names

from .csv_cells import guarded
from .csv_columns import ADDRESS_COLUMNS, COLUMNS, LANGUAGES
from .csv_projection import (
    Projected,
    ProjectedPlace,
    everything_live,
    organization_id,
    project_all,
    public_id,
)

NUMERIC = frozenset(("age_min", "age_max", "lat", "lon"))


def export(path: Path, *, with_hidden: bool = False) -> tuple[int, int]:
    """Write every published listing to `path`, replacing it at the end; returns (listings, rows). Raises OSError.

    A place whose address is not public keeps its row, without street, number, postcode, commune or coordinates.
    """
    listings = rows = 0
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            names = commune_names()
            for listing in project_all(everything_live(), names):
                listings += 1
                for values in _rows(listing, with_hidden):
                    writer.writerow([_cell(name, values) for name in COLUMNS])
                    rows += 1
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return listings, rows


def commune_names() -> dict[str, str]:
    """NIS5 → name in the site's first language."""
    return {code: name for (kind, code), name in territory_names(LANGUAGES[0]).items() if kind == "commune"}


def _cell(name: str, values: dict[str, Any]) -> str:
    value = values.get(name)
    text = "" if value is None else COLUMNS[name].write(value)
    return text if name in NUMERIC else guarded(text)


def _rows(listing: Projected, with_hidden: bool) -> Iterator[dict[str, Any]]:
    record = listing.record
    scheme, identifier = public_id(record)
    organization_scheme, organization = organization_id(record.organization)
    common = {
        **listing.service,
        "external_id": identifier,
        "scheme": scheme,
        "organization_external_id": organization,
        "organization_scheme": organization_scheme,
        "organization_name_fr": record.organization.name.get("fr", ""),
        "organization_name_nl": record.organization.name.get("nl", ""),
    }
    if not listing.places:
        yield {**common, **listing.without_place, "visibility": (record.visibility, "public")}
    for place in listing.places:
        visibility = (record.visibility, place.address_visibility)
        yield {**common, **_shown(place, with_hidden), "visibility": visibility}


def _shown(place: ProjectedPlace, with_hidden: bool) -> dict[str, Any]:
    if with_hidden or place.address_visibility == "public":
        return place.values
    return {name: value for name, value in place.values.items() if name not in ADDRESS_COLUMNS}
