"""The rows of many CSV files, found by id: in a nameless database on disk that is gone when it is closed.

Tables refer to one another in any order, so all are read before the first service can be put together; memory would not
hold them.
"""

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from typing import IO, Any

from services.transfer.csv_cells import CellRefused, clean

_OWNER = re.compile(r"id|.*_id")
MAX_CELL = 1024 * 1024
BATCH = 1000

Row = dict[str, str]


class TableStore:
    """Rows as {column: text}, in the order of the file; "_line" is the line on which a row begins."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("PRAGMA synchronous = OFF")
        self.columns: dict[str, list[str]] = {}
        self.files: dict[str, str] = {}

    def close(self) -> None:
        self._database.close()

    def load(self, table: str, name: str, file: IO[bytes]) -> list[tuple[int, str]]:
        """Take a CSV file in; returns the (line, reason) of rows that cannot be read. Raises UnicodeDecodeError, csv.Error.

        A second file for a table adds its rows; it has the columns it has.
        """
        csv.field_size_limit(MAX_CELL)
        wrong: list[tuple[int, str]] = []
        with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
            first = text.readline()
            delimiter = max(",;\t", key=first.count)
            columns = [
                column.strip().lower() for column in next(csv.reader([first], delimiter=delimiter), [])
            ]
            self._make(table, columns)
            self.files.setdefault(table, name)
            names = ", ".join(f'"{column}"' for column in columns)
            marks = ", ".join("?" for _column in columns)
            statement = f'INSERT INTO "{table}" ("_line", {names}) VALUES (?, {marks})'  # noqa: S608 - names are checked
            self._database.executemany(statement, self._rows(text, delimiter, len(columns), wrong))
        return wrong

    def _make(self, table: str, columns: list[str]) -> None:
        odd = [column for column in columns if not re.fullmatch(r"[a-z][a-z0-9_ .:-]{0,60}", column)]
        if odd or not columns:
            raise csv.Error(
                f"column {odd[0][:40]!r} has no name" if odd else "the first line names no columns"
            )
        twice = [column for column in columns if columns.count(column) > 1]
        if twice:
            raise csv.Error(f"column {twice[0]} stands twice")
        known = self.columns.setdefault(table, [])
        if not known:
            names = ", ".join(f'"{column}" TEXT' for column in columns)
            self._database.execute(f'CREATE TABLE "{table}" ("_line" INTEGER, {names})')
        for column in columns:
            if known and column not in known:
                self._database.execute(f'ALTER TABLE "{table}" ADD COLUMN "{column}" TEXT')
        known += [column for column in columns if column not in known]
        for column in columns:
            if _OWNER.fullmatch(column):
                self._database.execute(
                    f'CREATE INDEX IF NOT EXISTS "{table} by {column}" ON "{table}" ("{column}")'
                )

    def _rows(
        self, text: io.TextIOWrapper, delimiter: str, width: int, wrong: list[tuple[int, str]]
    ) -> Iterator[tuple[Any, ...]]:
        reader = csv.reader(text, delimiter=delimiter)
        while True:
            line = reader.line_num + 2  # the header was read before
            try:
                cells = next(reader)
            except StopIteration:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width:
                wrong.append((line, f"{len(cells)} cells for {width} columns"))
                continue
            try:
                yield (line, *(clean(cell) or None for cell in cells))
            except CellRefused as refusal:
                wrong.append((line, str(refusal)))

    def has(self, table: str, column: str = "id") -> bool:
        return column in self.columns.get(table, ())

    def rows(self, table: str, **equal: str) -> list[Row]:
        """Rows with these values, in the file's order; none when the table or a column is missing."""
        if table not in self.columns or not all(self.has(table, column) for column in equal):
            return []
        return list(self.each(table, **equal))

    def each(self, table: str, **equal: str) -> Iterator[Row]:
        columns = self.columns.get(table)
        if not columns:
            return
        names = ", ".join(f'"{column}"' for column in ["_line", *columns])
        where = " AND ".join(f'"{column}" = ?' for column in equal)
        found = self._database.execute(
            f'SELECT {names} FROM "{table}"'  # noqa: S608 - names are checked
            + (f" WHERE {where}" if where else "")
            + " ORDER BY rowid",
            tuple(equal.values()),
        )
        for line, *cells in found:
            row = {column: cell for column, cell in zip(columns, cells, strict=True) if cell is not None}
            row["_line"] = line
            yield row

    def count(self, table: str, column: str, value: str) -> int:
        if not self.has(table, column):
            return 0
        statement = f'SELECT count(*) FROM "{table}" WHERE "{column}" = ?'  # noqa: S608 - names are checked
        return self._database.execute(statement, (value,)).fetchone()[0]
