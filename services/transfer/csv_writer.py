"""Writes listings as a table, one row a service at a location: the texts of its cells, and CSV made of them.

What is hidden stays out unless asked for.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from geo.selectors import territory_names
from services.models import Service

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
CHUNK = 1000


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
            for group in table(everything_live_pks(), with_hidden=with_hidden):
                listings += 1
                for values in group:
                    writer.writerow(csv_cells(values))
                    rows += 1
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return listings, rows


def everything_live_pks() -> list[int]:
    return list(everything_live().order_by("pk").values_list("pk", flat=True))


class Line:
    """What csv.writer writes into; gives each line back."""

    def write(self, line: str) -> str:
        return line


def csv_lines(pks: Sequence[int], *, with_hidden: bool = False) -> Iterator[str]:
    """A CSV file of these listings in this order, line by line, for an answer that is sent while it is made.

    It begins with a byte order mark: without it Excel reads UTF-8 as something else.
    """
    writer = csv.writer(Line(), lineterminator="\r\n")
    yield "\ufeff" + writer.writerow(COLUMNS)
    for group in table(pks, with_hidden=with_hidden):
        for values in group:
            yield writer.writerow(csv_cells(values))


def csv_cells(values: dict[str, Any]) -> list[str]:
    return [text if name in NUMERIC else guarded(text) for name, text in cell_texts(values)]


def cell_texts(values: dict[str, Any]) -> list[tuple[str, str]]:
    """(column, text) of one row, in the columns' order, as an import would read it."""
    return [
        (name, "" if (value := values.get(name)) is None else kind.write(value))
        for name, kind in COLUMNS.items()
    ]


def table(pks: Sequence[int], *, with_hidden: bool = False) -> Iterator[list[dict[str, Any]]]:
    """The rows of each of these listings, in the order of `pks`. Some fifteen queries for each thousand."""
    names = commune_names()
    for start in range(0, len(pks), CHUNK):
        chunk = list(pks[start : start + CHUNK])
        found = {item.record.pk: item for item in project_all(Service.objects.filter(pk__in=chunk), names)}
        for pk in chunk:
            if pk in found:
                yield list(_rows(found[pk], with_hidden))


def commune_names() -> dict[str, str]:
    """NIS5 → name in the site's first language."""
    return {code: name for (kind, code), name in territory_names(LANGUAGES[0]).items() if kind == "commune"}


def _rows(listing: Projected, with_hidden: bool) -> Iterable[dict[str, Any]]:
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
