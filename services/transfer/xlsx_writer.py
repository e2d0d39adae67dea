"""Writes listings as an Excel workbook that no spreadsheet executes and that an import reads back unchanged.

Texts are text cells with the quote prefix, so that "=1+1" and "+32 2 …" stay text even when somebody edits them; numbers
are numbers.
"""

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext_noop as noop
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from services.errors import FileRefused

from .csv_cells import guarded, unguarded
from .csv_columns import COLUMNS
from .csv_writer import NUMERIC, cell_texts, everything_live_pks, table
from .xlsx_reader import SHEET

LONGEST = 32_767  # characters of a cell, says Excel
WIDE, NARROW = 36, 14


def export(path: Path, *, with_hidden: bool = False) -> tuple[int, int]:
    """Write every published listing to `path`; returns (listings, rows). Raises OSError, FileRefused."""
    return write(path, everything_live_pks(), with_hidden=with_hidden)


def write(path: Path, pks: Sequence[int], *, with_hidden: bool = False) -> tuple[int, int]:
    """Write these listings in this order, replacing `path` at the end; returns (listings, rows)."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            written = write_into(file, pks, with_hidden=with_hidden)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return written


def write_into(file: IO[bytes], pks: Sequence[int], *, with_hidden: bool = False) -> tuple[int, int]:
    """The same into an open file. Raises FileRefused on a text that no cell can hold."""
    listings = rows = 0
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    for number, name in enumerate(COLUMNS, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = WIDE if name.startswith(("name", "descr")) else NARROW
    text_style = _text_style(sheet)
    sheet.append([_text(sheet, name, text_style) for name in COLUMNS])
    for group in table(pks, with_hidden=with_hidden):
        listings += 1
        for values in group:
            sheet.append([_cell(sheet, name, text, text_style) for name, text in cell_texts(values)])
            rows += 1
    workbook.save(file)
    return listings, rows


def _text_style(sheet: Any) -> Any:
    cell = WriteOnlyCell(sheet, "")
    cell.number_format = "@"
    cell.quotePrefix = True
    return cell._style


def _cell(sheet: Any, name: str, text: str, style: Any) -> Any:
    if not text:
        return None
    return float(text) if name in NUMERIC else _text(sheet, text, style)


def _text(sheet: Any, text: str, style: Any) -> Any:
    # Only what an import would take an apostrophe from gets one more; nothing else needs any in a workbook.
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    if unguarded(text) != text:
        text = guarded(text)
    if len(text) > LONGEST:
        raise FileRefused(
            noop("a text of %(got)s characters is too long for a workbook: export as CSV"), {"got": len(text)}
        )
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # whatever it looks like
    cell._style = copy(style)
    return cell
