"""Counts that authorities may see: small ones are not told, the others are rounded, totals are those of what is shown. Pure.

A count of SMALLEST or fewer is not told, none included: "nobody" about a small place tells as much as "one". The rest is
rounded to STEP. (Both figures: OpenSAFELY's rule for what leaves the secure room.) The finest counts are protected, and
whatever is shown, in any table, is a sum of those: so no total, no other period and no coarser table tells more of a hidden
count than that it is 0 to 7. The price is that totals are too low where much is hidden; the page says so.

What this does not do: two breakdowns of the same needs (by kind, by what became of them) are rounded apart, and who has both can
narrow a single hidden count down, at the worst to "6 or 7". It never tells a one from a five.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

SMALLEST = 7
STEP = 5

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row", bound=Hashable)
Column = TypeVar("Column", bound=Hashable)


def told(count: int) -> int | None:
    """What may be told of a count: None (0 to 7), else the nearest multiple of 5. ValueError: it is below 0."""
    if count < 0:
        raise ValueError(f"{count} is no count")
    return None if count <= SMALLEST else (count + STEP // 2) // STEP * STEP


def protect(counts: Mapping[Key, int]) -> dict[Key, int]:
    """The finest counts as they may be told; those that may not are not there."""
    return {key: shown for key, count in counts.items() if (shown := told(count)) is not None}


@dataclass(frozen=True)
class Table(Generic[Row, Column]):
    """Sums of protected counts. A cell, or a total, of which nothing may be told is None."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    cells: Mapping[tuple[Row, Column], int]

    def cell(self, row: Row, column: Column) -> int | None:
        return self.cells.get((row, column))

    def of_row(self, row: Row) -> int | None:
        return _sum(self.cells.get((row, column)) for column in self.columns)

    def of_column(self, column: Column) -> int | None:
        return _sum(self.cells.get((row, column)) for row in self.rows)

    @property
    def total(self) -> int | None:
        return _sum(self.of_row(row) for row in self.rows)


def _sum(values: Iterable[int | None]) -> int | None:
    shown = [value for value in values if value is not None]
    return sum(shown) if shown else None


def table(
    protected: Mapping[Key, int],
    *,
    row: Callable[[Key], Row],
    column: Callable[[Key], Column],
    rows: Iterable[Row],
    columns: Iterable[Column],
) -> Table[Row, Column]:
    """Protected counts added up by row and column, in this order; what belongs to none of them is left out."""
    wanted_rows, wanted_columns = tuple(rows), tuple(columns)
    known = {(one, other) for one in wanted_rows for other in wanted_columns}
    cells: dict[tuple[Row, Column], int] = {}
    for key, count in protected.items():
        place = (row(key), column(key))
        if place in known:
            cells[place] = cells.get(place, 0) + count
    return Table(wanted_rows, wanted_columns, cells)
