"""Reads tabular HSDS, 3.0 or 1.1: puts each service's rows together into one nested service, as HSDS 3.0 JSON has it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.errors import FileRefused

from . import hsds11, packages
from .entries import Entry, Source
from .table_store import Row, TableStore

SHOWN = 5


def read(path: Path) -> Source:
    """Raises FileRefused when the tables cannot be read at all."""
    store = TableStore()
    warnings: list[str] = []
    wrong: list[Entry] = []
    try:
        with packages.tables(path) as files:
            for name, file in files:
                _load(store, path, name, file, warnings, wrong)
    except OSError as error:
        raise FileRefused(f"{path.name}: {error.strerror or error}") from None
    if not store.has("service", "id"):
        raise FileRefused(f"{path.name}: no services.csv with a column id; is this HSDS?")
    source = Source(path.name, iter(()), _language(store), warnings)
    source.entries = _Assembly(store, source, wrong).entries()
    return source


def _load(
    store: TableStore,
    path: Path,
    name: str,
    file: packages.CsvFile,
    warnings: list[str],
    wrong: list[Entry],
) -> None:
    table = _table(name, file)
    if table is None:
        warnings.append(f"{file.name}: no table of HSDS; not read")
        return
    if table in hsds11.IGNORED:
        return
    try:
        with file.open() as content:
            refused = store.load(table, file.short_name, content)
    except UnicodeDecodeError as error:
        raise FileRefused(
            f"{path.name}, {file.name}: not UTF-8 (byte 0x{error.object[error.start]:02X}); save it as “CSV UTF-8”"
        ) from None
    except csv.Error as error:
        raise FileRefused(f"{path.name}, {file.name}: {error}") from None
    wrong += [Entry(line, f"{file.short_name}, line {line}", reason=reason) for line, reason in refused]


def _table(name: str, file: packages.CsvFile) -> str | None:
    stem = file.short_name.lower().removesuffix(".csv")
    if stem == "taxonomy" or (name == "taxonomy" and stem not in hsds11.FILES):
        return "taxonomy_term"  # of 1.1; the "taxonomy" of 3.0 lies in taxonomies.csv
    return hsds11.FILES.get(stem) or hsds11.FILES.get(name)


def _language(store: TableStore) -> str:
    for row in store.rows("meta_table_description"):
        if row.get("language"):
            return row["language"]
    return ""


class _Assembly:
    def __init__(self, store: TableStore, source: Source, wrong: list[Entry]) -> None:
        self.store, self.source, self.wrong = store, source, wrong
        self.used_locations: set[str] = set()
        self.used_organizations: set[str] = set()
        self.linked = "service_at_location" in store.columns or store.has("service", "location_id")

    def entries(self) -> Iterator[Entry]:
        try:
            yield from self.wrong
            name = self.store.files["service"]
            for row in self.store.each("service"):
                line = int(row["_line"])
                if not row.get("id"):
                    yield Entry(line, f"{name}, line {line}", reason="id is empty")
                    continue
                yield Entry(line, f"{name}, line {line}", self.service(row))
            self._tell_unused()
        finally:
            self.store.close()

    def service(self, row: Row) -> dict[str, Any]:
        mine = row["id"]
        found: dict[str, Any] = _plain(
            hsds11.renamed(row, website="url", eligibility="eligibility_description", fees="fees_description")
        )
        places = self._places(row)
        organization = row.get("organization_id") or next(
            (owner for place in places if (owner := place["location"].pop("organization_id", ""))), ""
        )
        if organization:
            found["organization"] = self._organization(organization)
        found["service_at_locations"] = places
        for name in (
            "phones",
            "contacts",
            "languages",
            "required_documents",
            "service_areas",
            "cost_options",
        ):
            found[name] = self._children(name, service_id=mine)
        found["languages"] += _named(row.get("languages", ""))
        found["required_documents"] += _named(row.get("required_documents", ""), "document")
        found["service_areas"] += _named(row.get("service_areas", ""))
        found["schedules"] = self._schedules(service_id=mine)
        found["attributes"] = self._attributes(mine)
        found["attributes"] += [
            {
                "taxonomy_term": self._term(link.get("taxonomy_id", "")),
                "value": link.get("taxonomy_detail", ""),
            }
            for link in self.store.rows("service_taxonomy", service_id=mine)
        ]
        found["attributes"] += [
            {"taxonomy_term": self._term(code)} for code in hsds11.words(found.pop("taxonomy_ids", ""))
        ]
        for table, name, column in (
            ("eligibility", "eligibility_description", "eligibility"),
            ("payment_accepted", "payments accepted", "payment"),
            ("funding", "funding", "source"),
        ):
            texts = [text for part in self.store.rows(table, service_id=mine) if (text := part.get(column))]
            if texts:
                found[name] = "\n".join(filter(None, [found.get(name), *texts]))
        if row.get("program_id"):
            programs = self.store.rows("program", id=row["program_id"])
            found["program"] = programs[0] if programs else {"name": row["program_id"]}
        return found

    def _places(self, row: Row) -> list[dict[str, Any]]:
        links = self.store.rows("service_at_location", service_id=row["id"])
        if not links and row.get("location_id"):
            links = [{"location_id": row["location_id"]}]
        if not links and not self.linked:
            links = self._only_place(row)
        places = []
        for link in links:
            identifier = link.get("location_id", "")
            found = self.store.rows("location", id=identifier) if identifier else []
            if not found:
                self.source.warnings.append(
                    f'service {row["id"]}: location "{identifier}" is not in the file; left out'
                )
                continue
            self.used_locations.add(identifier)
            place = _plain(link)
            place["location"] = self._location(found[0])
            if link.get("id"):
                place["phones"] = self._children("phones", service_at_location_id=link["id"])
                place["contacts"] = self._children("contacts", service_at_location_id=link["id"])
                place["schedules"] = self._schedules(service_at_location_id=link["id"])
                place["attributes"] = self._attributes(link["id"])
            places.append(place)
        return places

    def _only_place(self, row: Row) -> list[Row]:
        """Nothing in the file says which services are given where; of an organization's only location it goes without."""
        found = self.store.rows("location", organization_id=row.get("organization_id", ""))
        return [{"location_id": found[0].get("id", "")}] if len(found) == 1 else []

    def _location(self, row: Row) -> dict[str, Any]:
        mine = row["id"]
        found = _plain(row)
        if found.pop("virtual", "").lower() == "true":
            found["location_type"] = "virtual"
        found["addresses"] = [
            {**_plain(address), "address_type": address.get("address_type") or kind}
            for table, kind in (("address", "physical"), ("postal_address", "postal"))
            for address in self.store.rows(table, location_id=mine)
        ]
        for name in ("phones", "contacts", "languages", "accessibility"):
            found[name] = self._children(name, location_id=mine)
        found["languages"] += _named(row.get("languages", ""))
        found["accessibility"] += _named(row.get("accessibility", ""), "description")
        found["schedules"] = self._schedules(location_id=mine)
        found["attributes"] = self._attributes(mine)
        return found

    def _organization(self, identifier: str) -> dict[str, Any]:
        self.used_organizations.add(identifier)
        rows = self.store.rows("organization", id=identifier)
        if not rows:
            return {"id": identifier}
        found = _plain(hsds11.renamed(rows[0], url="website"))
        found["phones"] = self._children("phones", organization_id=identifier)
        found["contacts"] = self._children("contacts", organization_id=identifier)
        found["organization_identifiers"] = self.store.rows(
            "organization_identifier", organization_id=identifier
        )
        found["addresses"] = [
            _plain(address)
            for table in ("address", "postal_address")
            for address in self.store.rows(table, organization_id=identifier)
        ]
        found["attributes"] = self._attributes(identifier)
        return found

    def _children(self, name: str, **owner: str) -> list[dict[str, Any]]:
        table = {"accessibility": "accessibility"}.get(name, name.removesuffix("s"))
        found = []
        for row in self.store.rows(table, **owner):
            child = _plain(hsds11.phone(row) if table == "phone" else row)
            if row.get("id"):
                if attributes := self._attributes(row["id"]):
                    child["attributes"] = attributes
                if table == "contact":
                    child["phones"] = self._children("phones", contact_id=row["id"])
            found.append(child)
        return found

    def _schedules(self, **owner: str) -> list[dict[str, Any]]:
        found = self._children("schedules", **owner)
        found += [
            row
            for old in self.store.rows("regular_schedule", **owner)
            if (row := hsds11.regular_schedule(old)) is not None
        ]
        return found + [hsds11.holiday_schedule(old) for old in self.store.rows("holiday_schedule", **owner)]

    def _attributes(self, owner: str) -> list[dict[str, Any]]:
        return [
            {**_plain(row), "taxonomy_term": self._term(row.get("taxonomy_term_id", ""))}
            for row in self.store.rows("attribute", link_id=owner)
        ]

    def _term(self, identifier: str) -> dict[str, Any]:
        for column in ("id", "taxonomy_id"):
            rows = self.store.rows("taxonomy_term", **{column: identifier})
            if rows:
                return {"id": identifier, **_plain(rows[0])}
        return {"id": identifier}

    def _tell_unused(self) -> None:
        for table, used, without in (
            ("location", self.used_locations, "no service of the file is given there, as far as it says"),
            ("organization", self.used_organizations, "no service of the file is theirs"),
        ):
            left = [
                row.get("name") or row.get("id", "")
                for row in self.store.each(table)
                if row.get("id") not in used
            ]
            if left:
                more = f" and {len(left) - SHOWN} more" if len(left) > SHOWN else ""
                self.source.warnings.append(
                    f"{self.store.files[table]}: {len(left)} not imported, {without}: {', '.join(left[:SHOWN])}{more}"
                )


def _plain(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "_line"}


def _named(text: str, name: str = "name") -> list[dict[str, Any]]:
    return [{name: part} for part in hsds11.words(text)]
