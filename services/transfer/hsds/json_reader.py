"""Reads HSDS 3.0 JSON entry by entry, however large: a list, an API's page, an organization, or one service."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson

from services.errors import FileRefused

from .entries import Entry, Source

MAX_BYTES = 2 * 1024**3
MAX_SINGLE_BYTES = 50 * 1024**2  # one object is read whole
LISTS = ("contents", "services", "data")  # keys under which a page keeps its entries


def read(path: Path) -> Source:
    """Raises FileRefused when it is no HSDS JSON at all; what is wrong further down is a refused entry."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileRefused(
                f"{path.name}: {size / 1024**2:.0f} MB; at most {MAX_BYTES // 1024**2} MB a file"
            )
        shape = _shape(path)
    except OSError as error:
        raise FileRefused(f"{path.name}: {error.strerror or error}") from None
    source = Source(path.name, iter(()))
    if shape == "object":
        if size > MAX_SINGLE_BYTES:
            raise FileRefused(f"{path.name}: one object of {size / 1024**2:.0f} MB; write a list instead")
        source.entries = _single(path, source)
    else:
        source.entries = _many(path, shape, source)
    return source


def _shape(path: Path) -> str:
    """The key of the list of entries ("" for a bare list), or "object". Raises FileRefused."""
    with path.open("rb") as raw:
        file = _without_mark(raw)
        try:
            depth, key = 0, ""
            for event, value in ijson.basic_parse(file, use_float=True):
                if depth == 0 and event not in ("start_array", "start_map"):
                    break
                if depth == 0 and event == "start_array":
                    return ""
                if depth == 1 and event == "map_key":
                    key = value
                if depth == 1 and event == "start_array" and key in LISTS and not _is_organization(path, key):
                    return key
                depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
            else:
                return "object"
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise FileRefused(f"{path.name}: {_said(error)}") from None
    raise FileRefused(f"{path.name}: HSDS is an object or a list of objects")


def _is_organization(path: Path, key: str) -> bool:
    """Whether the list belongs to an organization: an object with a name, of a size that is read whole."""
    if key != "services" or path.stat().st_size > MAX_SINGLE_BYTES:
        return False
    with path.open("rb") as raw:
        depth = 0
        for event, value in ijson.basic_parse(_without_mark(raw), use_float=True):
            if depth == 1 and event == "map_key" and value == "name":
                return True
            depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
    return False


def _without_mark(file: io.BufferedReader) -> io.BufferedReader:
    if file.read(3) != b"\xef\xbb\xbf":
        file.seek(0)
    return file


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"no JSON: {text[:160]}"


def _many(path: Path, key: str, source: Source) -> Iterator[Entry]:
    prefix = f"{key}.item" if key else "item"
    number = -1
    with path.open("rb") as raw:
        try:
            for number, item in enumerate(ijson.items(_without_mark(raw), prefix, use_float=True)):
                yield from _entries(
                    path.name, number + 1, f"/{key}/{number}" if key else f"/{number}", item, source
                )
        except (ijson.JSONError, UnicodeDecodeError) as error:
            yield Entry(
                number + 2,
                f"{path.name}, after /{key}/{number}",
                reason=f"{_said(error)}; the rest is not read",
            )


def _single(path: Path, source: Source) -> Iterator[Entry]:
    with path.open("rb") as raw:
        try:
            item = next(ijson.items(_without_mark(raw), "", use_float=True))
        except (ijson.JSONError, UnicodeDecodeError, StopIteration) as error:
            raise FileRefused(f"{path.name}: {_said(error)}") from None
    yield from _entries(path.name, 1, "", item, source)


def _entries(file: str, line: int, pointer: str, item: Any, source: Source) -> Iterator[Entry]:
    """The services of one item, whichever of HSDS' entities it is."""
    where = f"{file}, {pointer or '/'}"
    if not isinstance(item, dict):
        yield Entry(line, where, reason="an object is needed")
    elif isinstance(item.get("services"), list):
        organization = {name: value for name, value in item.items() if name != "services"}
        for number, service in enumerate(item["services"]):
            place = f"{file}, {pointer}/services/{number}"
            if isinstance(service, dict):
                yield Entry(line, place, {"organization": organization, **service})
            else:
                yield Entry(line, place, reason="an object is needed")
    elif isinstance(item.get("service"), dict) and "location" in item:  # service_at_location
        link = {name: value for name, value in item.items() if name != "service"}
        yield Entry(line, where, {**item["service"], "service_at_locations": [link]})
    elif isinstance(item.get("service"), dict):
        yield Entry(line, where, item["service"])
    elif _is_service(item):
        yield Entry(line, where, item)
    else:
        source.warnings.append(
            f"{where}: no service (an organization without services, or another object); not imported"
        )


def _is_service(item: dict[str, Any]) -> bool:
    """An organization has neither; a service has a status, its organization or a place."""
    return bool({"status", "organization", "organization_id", "service_at_locations"} & item.keys()) or (
        "website" not in item and "organization_identifiers" not in item and "location_type" not in item
    )
