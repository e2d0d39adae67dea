"""Writes HSDS services as one JSON file: the page that an HSDS API answers with, all listings in `contents`."""

from collections.abc import Iterable
from pathlib import Path

import orjson

from .entity_writer import Entity


def write(path: Path, entities: Iterable[Entity]) -> int:
    """How many were written. One listing a line; the numbers come last, when they are known. Raises OSError."""
    count = 0
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(b'{"contents": [')
            for entity in entities:
                file.write(b",\n" if count else b"\n")
                file.write(orjson.dumps(entity))
                count += 1
            file.write(
                b'\n], "total_items": %d, "total_pages": 1, "page_number": 1, "size": %d, "first_page": true, '
                b'"last_page": true, "empty": %s}\n' % (count, count, b"false" if count else b"true")
            )
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count
