"""A table of listings, whatever file it came in: its columns are checked once, its rows become typed values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as noop

from services.errors import FileRefused

from .csv_cells import CellRefused, clean
from .csv_columns import COLUMNS, LANGUAGES

REQUIRED = ("external_id",)
MOST_COLUMNS = 200  # a file with more is no table of listings; its columns are not even named
# Columns of this beginning are remarks to the reader (a report's reasons) and are not read.
REMARK = "#"
NAMED = 10  # how many wrong columns a message names

NAME_COLUMNS = ", ".join(f"name_{code}" for code in LANGUAGES)
ONE_NAME = noop("one of %(columns)s is needed")


@dataclass
class CsvRow:
    """One row: its line in the file (the first of them), and a typed value for each column the file has.

    A wrong row has its `reason`, and of its values at most those that say which listing it speaks of. `raw` are its
    cells as they stood in the file, for a report of what was refused.
    """

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    raw: Sequence[str] = ()


def check_columns(file: str, columns: list[str]) -> None:
    """Raises FileRefused naming the column that is unknown, there twice, or missing."""
    if len(columns) > MOST_COLUMNS:
        raise FileRefused(
            noop("%(got)s columns; at most %(most)s"), {"got": len(columns), "most": MOST_COLUMNS}, file=file
        )
    unknown = [name or "(empty)" for name in columns if name not in COLUMNS and not name.startswith(REMARK)]
    if unknown:
        named = ", ".join(name[:60] for name in unknown[:NAMED]) + (" …" if len(unknown) > NAMED else "")
        raise FileRefused(
            noop("unknown column %(names)s; known: %(known)s"),
            {"names": named, "known": ", ".join(COLUMNS)},
            file=file,
        )
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise FileRefused(noop("column %(names)s stands twice"), {"names": ", ".join(twice)}, file=file)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise FileRefused(noop("column %(names)s is missing"), {"names": ", ".join(missing)}, file=file)
    if not any(f"name_{code}" in columns for code in LANGUAGES):
        raise FileRefused(ONE_NAME, {"columns": NAME_COLUMNS}, file=file)


def typed_row(line: int, columns: list[str], raw: Sequence[str]) -> CsvRow:
    """A row's cells as values, or why not."""
    try:
        return CsvRow(line, _values(columns, raw), raw=raw)
    except CellRefused as refusal:
        return CsvRow(line, _identity(columns, raw), refusal.args[0], raw)


def refused_row(line: int, columns: list[str], raw: Sequence[str], refusal: CellRefused) -> CsvRow:
    """A row that its file itself spoils (a formula, a number that lost its zero)."""
    return CsvRow(line, _identity(columns, raw), refusal.args[0], raw)


def _identity(columns: list[str], raw: Sequence[str]) -> dict[str, Any]:
    """What is left of a wrong row: its ids, where these can be read."""
    if len(raw) != len(columns):
        return {}
    cells = dict(zip(columns, raw, strict=True))
    try:
        return {name: clean(cells[name]) for name in ("external_id", "scheme") if name in cells}
    except CellRefused:
        return {}


def _values(columns: list[str], raw: Sequence[str]) -> dict[str, Any]:
    if len(raw) != len(columns):
        raise CellRefused(
            noop("%(got)s cells for %(wanted)s columns"), {"got": len(raw), "wanted": len(columns)}
        )
    values: dict[str, Any] = {}
    for name, cell in zip(columns, raw, strict=True):
        if name.startswith(REMARK):
            continue
        try:
            values[name] = COLUMNS[name].value(clean(cell))
        except CellRefused as refusal:
            raise CellRefused(refusal.args[0].under(name)) from None
    if not values["external_id"]:
        raise CellRefused(noop("external_id is empty"))
    lowest, highest = values.get("age_min"), values.get("age_max")
    if lowest is not None and highest is not None and lowest > highest:
        wrong = CellRefused(
            noop("%(lowest)s is above age_max %(highest)s"), {"lowest": lowest, "highest": highest}
        )
        raise CellRefused(wrong.args[0].under("age_min"))
    if (values.get("lat") is None) != (values.get("lon") is None):
        raise CellRefused(noop("lat, lon: both or neither"))
    return values
