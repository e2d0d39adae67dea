"""Which rows are open at a moment: all opening hours of a generation at once, remembered by the minute."""

from datetime import datetime
from functools import lru_cache

import numpy as np

from services.opening_hours import vectorised
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS

from .columns import Columns

MOST_PARTS = 32  # generations whose hours are compiled by themselves, before all are compiled anew


class OpenNow:
    """Compiled at the first question: most generations are never asked. What an earlier one compiled is kept: hours are
    only ever appended."""

    def __init__(self, columns: Columns, old: "OpenNow | None" = None) -> None:
        """`old`: of an earlier generation of the same columns, whose rows come first."""
        self._columns = columns
        self._parts: tuple[vectorised.Columns, ...] = old._parts if old is not None else ()
        self._at_minute = lru_cache(maxsize=16)(self._open_at)

    def rows_open_at(self, moment: datetime) -> np.ndarray:
        """Mask over rows: one of the listing's hours is open at this local moment (naive, Europe/Brussels)."""
        return self._at_minute(moment.replace(second=0, microsecond=0))

    def _open_at(self, moment: datetime) -> np.ndarray:
        answers = [part.open_at(moment, BELGIAN_HOLIDAYS) for part in self._compiled()]
        open_hours = np.flatnonzero(np.concatenate(answers))
        mask = np.zeros(len(self._columns), bool)
        # The hours of row r are start[r]..start[r + 1] - 1, in order.
        mask[np.searchsorted(self._columns.hours.start, open_hours, side="right") - 1] = True
        return mask

    def _compiled(self) -> tuple[vectorised.Columns, ...]:
        parts, blob = self._parts, self._columns.hours_blob
        done = sum(len(part) for part in parts)
        if not parts or len(parts) >= MOST_PARTS:
            parts = (vectorised.Columns(blob),)
        elif done < len(blob):
            parts = (*parts, vectorised.Columns(blob[done:]))
        self._parts = parts
        return parts
