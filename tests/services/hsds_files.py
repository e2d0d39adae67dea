"""Small HSDS files of our own invention, in the shapes that real ones have, and the commands that read and write them."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def write_tables(folder: Path, **tables: list[dict]) -> Path:
    """One CSV a table: services=[{…}] becomes services.csv."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def run(path: Path, *, source: str = "feed", **options: Any) -> str:
    """Import, and all that the command said."""
    out, errors = StringIO(), StringIO()
    call_command("import_listings", path, format="hsds", source=source, stdout=out, stderr=errors, **options)
    return errors.getvalue() + out.getvalue()


def export(path: Path, **options: Any) -> Path:
    call_command("export_listings", path, format="hsds", stdout=StringIO(), **options)
    return path


def exported(path: Path, **options: Any) -> list[dict]:
    """The services of a JSON export."""
    return json.loads(export(path, **options).read_text(encoding="utf-8"))["contents"]


def a_service(**values: Any) -> dict[str, Any]:
    """Somebody else's service, in English."""
    return {
        "id": "5c5f6a4e-0001-4000-8000-000000000001",
        "name": "Soup kitchen",
        "status": "active",
        "organization": {
            "id": "5c5f6a4e-0002-4000-8000-000000000001",
            "name": "Kind Hands",
            "description": "A charity.",
        },
        **values,
    }


def at(*, schedules: Any = (), phones: Any = (), **location: Any) -> list[dict[str, Any]]:
    """One service_at_location."""
    return [
        {
            "id": "5c5f6a4e-0003-4000-8000-000000000001",
            "schedules": list(schedules),
            "phones": list(phones),
            "location": {
                "id": "5c5f6a4e-0004-4000-8000-000000000001",
                "location_type": "physical",
                **location,
            },
        }
    ]
