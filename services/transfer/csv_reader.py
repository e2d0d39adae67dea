"""Reads a CSV file of listings row by row: its encoding, delimiter and columns first, then each row's typed values.

UTF-8 is read, with or without a byte order mark, and UTF-16 with one: both are certain. Every other encoding is a guess
(the same bytes are good Windows-1252 and good Mac Roman), so it is refused, with the likeliest named. A file that
cannot be read at all raises FileRefused; a wrong row says why, and the next one follows.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_noop as noop

from services.errors import FileRefused
from services.reasons import Reason

from .csv_columns import COLUMNS
from .file_checks import check_size
from .table import CsvRow, check_columns, typed_row

DELIMITERS = ",;\t"
# Bytes of one line of the file: all texts of a row at their longest, with accents. A file without line ends is no table.
LONGEST_LINE = 1024 * 1024

_BOMS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # begins like UTF-16's
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What an old encoding's bytes for these letters would be, if it were the one.
_LIKELY = {"Windows-1252": "cp1252", "Mac Roman": "mac_roman", "DOS (850)": "cp850"}
_LETTERS = {**dict.fromkeys("ëâäùûüîïôöœÉÈÊÀÇÔŒ’–«»€°", 1), **dict.fromkeys("èàêç", 2), "é": 4}  # how usual
_SAMPLE = 1024 * 1024


def read(path: Path) -> Iterator[CsvRow]:
    """The rows of a file. Raises FileRefused."""
    columns, delimiter, encoding = _header(path)
    for line, raw in _records(path, delimiter, encoding):
        if isinstance(raw, str):
            yield CsvRow(line, reason=raw)
        elif line > 1 and any(cell.strip() for cell in raw):
            yield typed_row(line, columns, raw)


def header(path: Path) -> tuple[list[str], str]:
    """(columns, delimiter) of a file that can be read to its end. Raises FileRefused."""
    return _header(path)[:2]


def _header(path: Path) -> tuple[list[str], str, str]:
    check_size(path)
    try:
        encoding = _encoding(path)
        first = _check_lines(path) if encoding == "utf-8-sig" else _check_wide_lines(path, encoding)
    except OSError as error:
        raise FileRefused(error.strerror or str(error), file=path.name) from None
    if not first.strip():
        raise FileRefused(noop("the first line is empty; it names the columns"), file=path.name)
    delimiter = max(DELIMITERS, key=lambda mark: sum(name in COLUMNS for name in _names(first, mark)))
    columns = _names(first, delimiter)
    check_columns(path.name, columns)
    return columns, delimiter, encoding


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _BOMS:
        if head.startswith(mark):
            if name == "UTF-32":
                raise FileRefused(
                    noop("the file is %(encoding)s; save it as “CSV UTF-8”"),
                    {"encoding": name},
                    file=path.name,
                )
            return name
    return "utf-8-sig"


def _check_lines(path: Path) -> str:
    """The first line, after all of them were found to be UTF-8 and of a length that a line can have."""
    first = ""
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(raw) > LONGEST_LINE:
                raise _too_long(path, number)
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise FileRefused(
                    noop(
                        "line %(line)s: not UTF-8 (byte 0x%(byte)s), probably %(encoding)s; "
                        "save the file as “CSV UTF-8”"
                    ),
                    {"line": number, "byte": f"{raw[error.start]:02X}", "encoding": _likely_encoding(path)},
                    file=path.name,
                ) from None
            _check_line(path, number, line)
            if number == 1:
                first = line
    return first


def _check_wide_lines(path: Path, encoding: str) -> str:
    first, number = "", 0
    with path.open(encoding=encoding, newline="") as file:
        try:
            while line := file.readline(LONGEST_LINE):
                number += 1
                if len(line) >= LONGEST_LINE:
                    raise _too_long(path, number)
                _check_line(path, number, line)
                first = first or line
        except UnicodeError:
            raise FileRefused(
                noop("line %(line)s: not UTF-16; save the file as “CSV UTF-8”"),
                {"line": number + 1},
                file=path.name,
            ) from None
    return first


def _too_long(path: Path, number: int) -> FileRefused:
    return FileRefused(
        noop("line %(line)s is longer than %(most)s bytes: is this a table of listings?"),
        {"line": number, "most": LONGEST_LINE},
        file=path.name,
    )


def _check_line(path: Path, number: int, line: str) -> None:
    if "\x00" in line:
        raise FileRefused(
            noop("line %(line)s: holds a zero byte; save the file as “CSV UTF-8”"),
            {"line": number},
            file=path.name,
        )


def _likely_encoding(path: Path) -> str:
    """The old encoding in which most bytes would be letters that people write."""
    with path.open("rb") as file:
        sample = bytes(byte for byte in file.read(_SAMPLE) if byte > 127)
    found = {
        name: sum(_LETTERS.get(letter, 0) for letter in sample.decode(codec, "replace"))
        for name, codec in _LIKELY.items()
    }
    return max(found, key=lambda name: found[name])


def _names(line: str, delimiter: str) -> list[str]:
    try:
        return [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


def _records(path: Path, delimiter: str, encoding: str) -> Iterator[tuple[int, list[str] | str]]:
    """(first line, cells or what is wrong with them) of each record, the header included."""
    csv.field_size_limit(LONGEST_LINE)
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                yield line, next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, _about_quotes(str(error))


def _about_quotes(error: str) -> Reason:
    if "unexpected end" in error:
        return Reason(noop("quotes: one is opened here and never closed"))
    if "field limit" in error:
        return Reason(noop("quotes: a cell of more than %(most)s characters"), {"most": LONGEST_LINE})
    return Reason(noop("quotes: text stands after a closing quote; a quote inside a cell is written twice"))
