"""The rows of a file of listings, by what the file is."""

from collections.abc import Iterator
from pathlib import Path

from . import csv_reader, xlsx_reader
from .file_checks import XLSX, format_of
from .table import CsvRow


def read(path: Path) -> Iterator[CsvRow]:
    """The rows of a CSV file or a workbook. Raises FileRefused."""
    return xlsx_reader.read(path) if format_of(path) == XLSX else csv_reader.read(path)


def columns(path: Path) -> list[str]:
    """The names in its first row. Raises FileRefused."""
    return xlsx_reader.columns(path) if format_of(path) == XLSX else csv_reader.header(path)[0]
