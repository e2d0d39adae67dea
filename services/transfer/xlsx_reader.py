"""Reads an Excel workbook of listings: the sheet called "listings", else the first, row by row as typed values.

Nothing is computed: a cell with a formula is refused by its name. What a spreadsheet made of what people typed is mended
where that is certain (a postcode that became a number, a day that became a date, a phone that lost its 0 or +) and
refused where it is not.
"""

import re
import zipfile
from collections.abc import Generator, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import phonenumbers
from defusedxml.common import DefusedXmlException
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop as noop
from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils import get_column_letter

from services.errors import FileRefused
from services.reasons import Reason
from services.rules import phone_e164

from .csv_cells import CellRefused
from .csv_columns import COLUMNS
from .file_checks import check_size, check_workbook
from .table import MOST_COLUMNS, CsvRow, check_columns, refused_row, typed_row

SHEET = "listings"
LAST_ROW = 1_048_576  # of a sheet, says Excel
EXACT_DIGITS = 15  # of a number in a spreadsheet; the digits after are lost
_DAMAGE = noop("this is no workbook, or it is damaged")
_ZEROS = re.compile(r"0+")
_DAMAGED = (
    zipfile.BadZipFile, KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, OSError, EOFError,
    SyntaxError, NotImplementedError, RuntimeError,
)  # fmt: skip


def read(path: Path) -> Iterator[CsvRow]:
    """The rows of a workbook; `line` is the row's number in the sheet. Raises FileRefused."""
    return (row for row in _read(path) if isinstance(row, CsvRow))


def columns(path: Path) -> list[str]:
    """The names in its first row. Raises FileRefused."""
    found = _read(path)
    try:
        return next((first for first in found if isinstance(first, list)), [])
    finally:
        found.close()


def _read(path: Path) -> Generator[CsvRow | list[str], None, None]:
    """The columns, then the rows."""
    check_size(path)
    check_workbook(path)
    if not DEFUSEDXML:
        raise ImproperlyConfigured(
            "openpyxl does not use defusedxml: OPENPYXL_DEFUSEDXML must not be switched off"
        )
    try:
        with path.open("rb") as file, catch_warnings():
            simplefilter("ignore")  # of styles and extensions that no listing has
            workbook = load_workbook(file, read_only=True, keep_links=False)
            try:
                yield from _rows(path.name, workbook)
            finally:
                workbook.close()
    except FileRefused:
        raise
    except DefusedXmlException:
        raise FileRefused(noop("its XML declares entities, which no workbook does"), file=path.name) from None
    except _DAMAGED as error:
        if isinstance(error.__cause__, DefusedXmlException):
            raise FileRefused(
                noop("its XML declares entities, which no workbook does"), file=path.name
            ) from None
        raise FileRefused(_DAMAGE, file=path.name) from None


def _rows(file: str, workbook: Any) -> Iterator[CsvRow | list[str]]:
    sheets = [sheet for sheet in workbook.worksheets if hasattr(sheet, "iter_rows")]
    sheet = next(
        (sheet for sheet in sheets if sheet.title.strip().lower() == SHEET), sheets[0] if sheets else None
    )
    if sheet is None:
        raise FileRefused(noop("the workbook has no sheet"), file=file)
    sheet.reset_dimensions()  # they are what the file says of itself
    most = settings.IMPORT_MAX_ROWS + 1
    columns: list[str] = []
    empty: Sequence[Any] | None = None  # rows that are not there are one and the same object
    for line, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if line > LAST_ROW:
            raise FileRefused(_DAMAGE, file=file)
        if cells is empty:
            continue
        if line == 1:
            columns = _columns(cells)
            if not columns:
                raise FileRefused(noop("the first line is empty; it names the columns"), file=file)
            check_columns(file, columns)
            yield columns
            continue
        if all(cell.value in (None, "") for cell in cells):
            empty = cells
            continue
        if line > most:
            raise FileRefused(
                noop("more than %(most)s rows: divide the file"),
                {"most": settings.IMPORT_MAX_ROWS},
                file=file,
            )
        yield _row(line, columns, cells)


def _columns(cells: Sequence[Any]) -> list[str]:
    names = [str(cell.value or "").strip().lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _row(line: int, columns: list[str], cells: Sequence[Any]) -> CsvRow:
    texts: list[str] = []
    wrong: CellRefused | None = None
    for position, cell in enumerate(cells):
        name = columns[position] if position < len(columns) else ""
        try:
            text = cell_text(cell, name)
        except CellRefused as refusal:
            where = f"{name or '?'} ({get_column_letter(position + 1)}{line})"
            wrong = wrong or CellRefused(refusal.args[0].under(where))
            text = "" if cell.data_type == "f" else str(cell.value)
        if name:
            texts.append(text)
        elif text and wrong is None:
            where = f"{get_column_letter(position + 1)}{line}"
            wrong = CellRefused(Reason(noop("a cell beyond the last column: %(cell)s"), {"cell": where}))
    texts += [""] * (len(columns) - len(texts))
    return refused_row(line, columns, texts, wrong) if wrong else typed_row(line, columns, texts)


def cell_text(cell: Any, column: str) -> str:
    """What somebody would have typed to get this cell. Raises CellRefused.

    Texts are not guarded against formulas as they are in CSV: a workbook says itself what is text.
    """
    value, kind = cell.value, cell.data_type
    if kind == "f":
        raise CellRefused(noop("a formula; paste its value instead"))
    if value is None:
        return ""
    if kind == "e":
        raise CellRefused(noop("an error of the spreadsheet (%(value)s)"), {"value": str(value)[:20]})
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (date, datetime, time, timedelta)):
        return _day(value, column)
    return _number(value, column, getattr(cell, "number_format", "") or "")


def _day(value: date | datetime | time | timedelta, column: str) -> str:
    if column == "verified_at" and isinstance(value, datetime) and value.time() == time(0):
        return value.date().isoformat()
    if column == "verified_at" and isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise CellRefused(
        noop(
            "the spreadsheet made a date or time of it (%(value)s): format the column as text and type it again"
        ),
        {"value": str(value)[:20]},
    )


def _number(value: int | float, column: str, shown_as: str) -> str:
    whole = int(value) if float(value).is_integer() else None
    if column in ("lat", "lon") or (whole is None and COLUMNS.get(column) is not None and column != "phone"):
        return f"{value:.{EXACT_DIGITS}g}"
    if whole is None or whole < 0 or len(str(whole)) > EXACT_DIGITS:
        raise CellRefused(
            noop(
                "the spreadsheet made a number of it (%(value)s): format the column as text and type it again"
            ),
            {"value": str(value)[:30]},
        )
    digits = str(whole)
    if _ZEROS.fullmatch(shown_as):  # "0000": people see the zeros
        digits = digits.zfill(len(shown_as))
    return _phone(digits) if column == "phone" else digits


def _phone(digits: str) -> str:
    """The one Belgian number that lost its 0 or its +. "22129612" is 02 212 96 12; two possible ones are refused."""
    if len(digits) <= 6 and phone_e164(digits):
        return digits  # 112, 1712, 116000
    possible = [number for number in (f"0{digits}", f"+{digits}", digits) if _is_belgian(number)]
    if len({phone_e164(number) for number in possible}) != 1:
        raise CellRefused(
            noop("the number %(value)s lost its beginning: format the column as text and type it again"),
            {"value": digits},
        )
    return possible[0]


def _is_belgian(number: str) -> bool:
    try:
        parsed = phonenumbers.parse(number, "BE")
    except phonenumbers.NumberParseException:
        return False
    return parsed.country_code == 32 and phonenumbers.is_valid_number(parsed)
