"""Which rows are open at a moment: all opening hours of a generation at once, remembered by the minute."""

from datetime import datetime
from functools import lru_cache

import numpy as np

from services.opening_hours import vectorised
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS

from .columns import Columns


class OpenNow:
    """Compiled at the first question: most generations are never asked."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._compiled: vectorised.Columns | None = None
        self._at_minute = lru_cache(maxsize=16)(self._open_at)

    def rows_open_at(self, moment: datetime) -> np.ndarray:
        """Mask over rows: one of the listing's hours is open at this local moment (naive, Europe/Brussels)."""
        return self._at_minute(moment.replace(second=0, microsecond=0))

    def _open_at(self, moment: datetime) -> np.ndarray:
        if self._compiled is None:
            self._compiled = vectorised.Columns(self._columns.hours_blob)
        open_hours = np.flatnonzero(self._compiled.open_at(moment, BELGIAN_HOLIDAYS))
        mask = np.zeros(len(self._columns), bool)
        # The hours of row r are start[r]..start[r + 1] - 1, in order.
        mask[np.searchsorted(self._columns.hours.start, open_hours, side="right") - 1] = True
        return mask
