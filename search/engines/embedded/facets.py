"""Counts listings by code: one bit a listing for each code of a facet, counted a machine word at a time.

The bits outlive an edit: rows are only ever appended, so a new generation sets the bits of its new rows in the same
arrays. Readers of the old one do not count rows that they do not have.
"""

import numpy as np

from .columns import Columns

SPARE_ROWS = 8192  # room for edits before the bits are laid out anew; a multiple of 64
FEW = 64  # with fewer rows than one in so many, the codes of these rows are counted one by one
# A code's bits cost a machine word for 64 rows; a facet with very many codes is cheaper counted by its values.
WORTH_WORDS = 2


class Chosen:
    """Some rows, in the forms that counting needs."""

    def __init__(self, mask: np.ndarray) -> None:
        self.mask = mask
        self.total = int(np.count_nonzero(mask))
        self._rows: np.ndarray | None = None
        self._packed: np.ndarray | None = None

    @property
    def rows(self) -> np.ndarray:
        if self._rows is None:
            self._rows = np.flatnonzero(self.mask)
        return self._rows

    def packed(self, words: int) -> np.ndarray:
        """As `words` machine words of 64 rows."""
        if self._packed is None:
            self._packed = np.zeros(8 * words, np.uint8)
            bits = np.packbits(self.mask, bitorder="little")
            self._packed[: len(bits)] = bits
        return self._packed.view(np.uint64)


class FacetCounts:
    """Of one generation of columns."""

    capacity: int  # rows that the bits have room for

    def __init__(self, columns: Columns, old: "FacetCounts | None" = None) -> None:
        self._columns = columns
        self._bits: dict[str, np.ndarray] = {}
        if old is None or len(columns) > old.capacity or len(columns) < len(old._columns):
            self.capacity = (len(columns) // 64 + 1) * 64 + SPARE_ROWS
            return
        self.capacity = old.capacity
        for name, bits in dict(old._bits).items():
            if len(columns.codes[name]) == len(bits):
                self._set(bits, name, len(old._columns))
                self._bits[name] = bits

    def count(self, name: str, chosen: Chosen) -> dict[str, int]:
        """How many of the chosen rows have each code that at least one has."""
        columns = self._columns
        codes, ragged = columns.codes[name], columns.multi[name]
        if chosen.total * FEW < len(columns) or not codes:
            counts = np.bincount(ragged.values[ragged.of(chosen.rows)[1]], minlength=len(codes))
        elif len(codes) * self.capacity // 64 > WORTH_WORDS * len(ragged.values):
            owner = columns.owners(name)
            counts = np.bincount(ragged.values[chosen.mask[owner]], minlength=len(codes))
        else:
            both = self._matrix(name) & chosen.packed(self.capacity // 64)
            counts = np.bitwise_count(both).sum(axis=1, dtype=np.int64)
        return {codes[at]: int(counts[at]) for at in np.flatnonzero(counts).tolist()}

    def _matrix(self, name: str) -> np.ndarray:
        bits = self._bits.get(name)
        if bits is None:
            bits = np.zeros((len(self._columns.codes[name]), self.capacity // 64), np.uint64)
            self._set(bits, name, 0)
            self._bits[name] = bits
        return bits

    def _set(self, bits: np.ndarray, name: str, first: int) -> None:
        """Set the bits of the rows from `first` on."""
        ragged, count = self._columns.multi[name], len(self._columns)
        values = ragged.values[ragged.start[first] :]
        owner = np.repeat(np.arange(first, count), np.diff(ragged.start[first:].astype(np.int64)))
        start = first // 8 * 8  # bytes are packed whole
        width = count - start
        if not len(values) or not width:
            return
        as_bytes = bits.view(np.uint8)
        for code in np.unique(values).tolist() if first else range(len(bits)):
            held = np.zeros(width, bool)
            held[owner[values == code] - start] = True
            packed = np.packbits(held, bitorder="little")
            as_bytes[code, start // 8 : start // 8 + len(packed)] |= packed
