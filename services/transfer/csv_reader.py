"""Reads a CSV file of listings row by row: its encoding, delimiter and columns first, then each row's typed values.

A file that cannot be read at all raises FileRefused; a wrong row says why, and the next one follows.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.errors import FileRefused

from .csv_cells import CellRefused, clean
from .csv_columns import COLUMNS, LANGUAGES

MAX_BYTES = 50 * 1024 * 1024
DELIMITERS = ",;\t"
REQUIRED = ("external_id",)


@dataclass
class CsvRow:
    """One row: its line in the file (the first of them), and a typed value for each column the file has.

    A wrong row has its `reason`, and of its values at most those that say which listing it speaks of.
    """

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


def read(path: Path) -> Iterator[CsvRow]:
    """The rows of a file. Raises FileRefused."""
    columns, delimiter = header(path)
    for line, raw in _records(path, delimiter):
        if isinstance(raw, str):
            yield CsvRow(line, reason=raw)
            continue
        if line == 1 or not any(cell.strip() for cell in raw):
            continue
        try:
            yield CsvRow(line, _values(columns, raw))
        except CellRefused as refusal:
            yield CsvRow(line, _identity(columns, raw), str(refusal))


def header(path: Path) -> tuple[list[str], str]:
    """(columns, delimiter) of a file that can be read to its end. Raises FileRefused."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileRefused(
                f"{path.name}: {size / 1024**2:.0f} MB; at most {MAX_BYTES // 1024**2} MB a file"
            )
        first = _check_encoding(path)
    except OSError as error:
        raise FileRefused(f"{path.name}: {error.strerror or error}") from None
    if not first.strip():
        raise FileRefused(f"{path.name}: the first line is empty; it names the columns")
    delimiter = max(DELIMITERS, key=lambda mark: sum(name in COLUMNS for name in _names(first, mark)))
    columns = _names(first, delimiter)
    _check_columns(path, columns)
    return columns, delimiter


def _check_encoding(path: Path) -> str:
    """The first line, after all of them were found to be UTF-8."""
    first = ""
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                wrong = raw[error.start]
                raise FileRefused(
                    f"{path.name}, line {number}: not UTF-8 (byte 0x{wrong:02X}); save the file as “CSV UTF-8”"
                ) from None
            if "\x00" in line:
                raise FileRefused(
                    f"{path.name}, line {number}: holds a zero byte; save the file as “CSV UTF-8”"
                )
            if number == 1:
                first = line
    return first


def _names(line: str, delimiter: str) -> list[str]:
    return [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter), [])]


def _check_columns(path: Path, columns: list[str]) -> None:
    unknown = [name or "(empty)" for name in columns if name not in COLUMNS]
    if unknown:
        raise FileRefused(
            f"{path.name}: unknown column{'s' if len(unknown) > 1 else ''} "
            f"{', '.join(name[:60] for name in unknown)}; known: {', '.join(COLUMNS)}"
        )
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise FileRefused(f"{path.name}: column {', '.join(twice)} stands twice")
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise FileRefused(f"{path.name}: column {', '.join(missing)} is missing")
    if not any(f"name_{code}" in columns for code in LANGUAGES):
        raise FileRefused(f"{path.name}: one of {', '.join(f'name_{code}' for code in LANGUAGES)} is needed")


def _records(path: Path, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """(first line, cells or what is wrong with them) of each record, the header included."""
    csv.field_size_limit(MAX_BYTES)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, f"quotes: {error}"


def _identity(columns: list[str], raw: list[str]) -> dict[str, Any]:
    """What is left of a wrong row: its ids, where these can be read."""
    if len(raw) != len(columns):
        return {}
    cells = dict(zip(columns, raw, strict=True))
    try:
        return {name: clean(cells[name]) for name in ("external_id", "scheme") if name in cells}
    except CellRefused:
        return {}


def _values(columns: list[str], raw: list[str]) -> dict[str, Any]:
    if len(raw) != len(columns):
        raise CellRefused(f"{len(raw)} cells for {len(columns)} columns")
    values: dict[str, Any] = {}
    for name, cell in zip(columns, raw, strict=True):
        try:
            values[name] = COLUMNS[name].value(clean(cell))
        except CellRefused as refusal:
            raise CellRefused(f"{name}: {refusal}") from None
    if not values["external_id"]:
        raise CellRefused("external_id is empty")
    lowest, highest = values.get("age_min"), values.get("age_max")
    if lowest is not None and highest is not None and lowest > highest:
        raise CellRefused(f"age_min: {lowest} is above age_max {highest}")
    if (values.get("lat") is None) != (values.get("lon") is None):
        raise CellRefused("lat, lon: both or neither")
    return values
