"""Writes HSDS services as tables: one CSV a kind of object and a datapackage.json, in a folder or zipped."""

import csv
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from services.errors import FileRefused
from services.transfer.csv_cells import guarded

from . import profile
from .entity_writer import Entity
from .tables import BY_NAME, CHILDREN, TABLES, Table

PACKAGE = "datapackage.json"
# Begin like a formula and are none, and other systems read them as they are: +32 2 123 45 67, -1TH.
_HARMLESS = re.compile(r"[+\d ()/.-]+|[-+\dA-Z,]+")


def write_zip(path: Path, entities: Iterable[Entity], language: str) -> int:
    """How many services were written. Raises OSError."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".hsds-") as folder:
            count = _write(Path(folder), entities, language)
            with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for file in sorted(Path(folder).iterdir()):
                    archive.write(file, file.name)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count


def write_folder(path: Path, entities: Iterable[Entity], language: str) -> int:
    """The same into a new or empty folder. Raises FileRefused, OSError."""
    if path.is_dir() and any(path.iterdir()):
        raise FileRefused(
            f"{path.name}: the folder is not empty; name a new one, so that nothing is mixed up"
        )
    made = not path.exists()
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".hsds-") as folder:
        count = _write(Path(folder), entities, language)
        path.mkdir(exist_ok=True)
        try:
            for file in sorted(Path(folder).iterdir()):
                shutil.move(file, path / file.name)
        except OSError:
            if made:
                shutil.rmtree(path, ignore_errors=True)
            raise
    return count


def _write(folder: Path, entities: Iterable[Entity], language: str) -> int:
    count = 0
    with ExitStack() as files:
        rows = _Rows(folder, files)
        rows.add(
            "meta_table_description",
            {
                "id": profile.identifier("meta", language),
                "name": "all tables",
                "language": language,
                "character_set": "UTF-8",
            },
        )
        for entity in entities:
            rows.add("service", entity)
            count += 1
    (folder / PACKAGE).write_text(
        json.dumps(_package(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    return count


class _Rows:
    """Takes nested entities apart into the rows of all tables; what several share is written once."""

    def __init__(self, folder: Path, files: ExitStack) -> None:
        self._writers = {}
        for table in TABLES:
            file = files.enter_context((folder / table.file).open("w", encoding="utf-8", newline=""))
            self._writers[table.name] = csv.writer(file, lineterminator="\n")
            self._writers[table.name].writerow(table.columns)
        self._shared: set[bytes] = set()  # ids of organisations, locations and terms that are written

    def add(self, kind: str, entity: Entity, **parents: str) -> None:
        table = BY_NAME[kind]
        if "organization" in entity:
            parents["organization_id"] = entity["organization"]["id"]
            self._once("organization", entity["organization"])
        if "location" in entity:
            parents["location_id"] = entity["location"]["id"]
            self._once("location", entity["location"])
        if "taxonomy_term" in entity:
            parents["taxonomy_term_id"] = entity["taxonomy_term"]["id"]
            self._once("taxonomy_term", entity["taxonomy_term"])
        row = {**entity, **parents}
        self._writers[kind].writerow([_cell(row.get(column)) for column in table.columns])
        for key, child in CHILDREN.items():
            for item in entity.get(key) or ():
                parent = "link_id" if child == "attribute" else f"{kind}_id"
                self.add(child, item, **{parent: entity["id"]})

    def _once(self, kind: str, entity: Entity) -> None:
        key = bytes.fromhex(entity["id"].replace("-", ""))
        if key not in self._shared:
            self._shared.add(key)
            self.add(kind, entity)


def _cell(value: Any) -> str:
    """As a spreadsheet may open it: a text that begins like a formula has an apostrophe before it."""
    if value is None:
        return ""
    if not isinstance(value, str) or _HARMLESS.fullmatch(value):
        return str(value)
    return guarded(value)


def _package() -> dict[str, Any]:
    return {
        "name": "human_services_data",
        "title": "Human Services Data Specification",
        "profile": "tabular-data-package",
        "version": profile.VERSION,
        "resources": [_resource(table) for table in TABLES],
    }


def _resource(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "path": table.file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": {
            "primaryKey": "id",
            "fields": [
                {
                    "name": column,
                    "type": "string",
                    **({"constraints": {"required": True}} if column in table.required else {}),
                }
                for column in table.columns
            ],
        },
    }
