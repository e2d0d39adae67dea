"""Which rows hold a token in a field, as a rebuild found it: arrays on disk that are mapped, not read.

tantivy gives every hit to Python one by one, which a word that half of the listings have cannot afford. So a rebuild
writes the rows of every token here, and tantivy holds the tokens only of what changed since. A *clause* is a token in a
field; its rows are kept in the smallest of four forms:

    ONE    the only row stands where the others have the place of their rows in `data`
    ROWS   four bytes a row
    GAPS   one byte a row: how far it is from the row before; 255 says "255 further, and no row". The number of bytes
           comes first, in four
    BITS   one bit for every row of the index

A word and its stem, and the words of one need, often have the same rows: those are kept once.
Tokens are sorted as one list, clauses by (field, token), so that a prefix is a range. Instances do not change.
"""

import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np

from search.query.remembering import remembered

ONE, ROWS, GAPS, BITS = range(4)
KIND_SHIFT = 30  # the two highest bits of a count say its form
# The arrays of the folder, in files of their own so that each can be mapped.
ARRAYS = ("texts", "text_ends", "keys", "counts", "places", "data")
FAR = 255
REMEMBERED_CLAUSES = 4096


class _Texts(Sequence):
    """The sorted tokens as UTF-8, read where they stand."""

    def __init__(self, texts: np.ndarray, ends: np.ndarray) -> None:
        self._texts, self._ends = memoryview(texts), ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number):
        start = int(self._ends[number - 1]) if number else 0
        return bytes(self._texts[start : int(self._ends[number])])


def damage(folder: Path) -> str | None:
    """Which file is not as it was written, or None; reads them all. Raises OSError."""
    try:
        checksums = json.loads((folder / "postings.json").read_text())["checksums"]
    except (ValueError, LookupError, TypeError) as error:
        return f"postings.json cannot be read ({error})"
    for name in ARRAYS:
        if crc32((folder / f"{name}.npy").read_bytes()) != checksums.get(name):
            return f"{name}.npy is not as it was written"
    return None


class Postings:
    """Reads the folder that `collecting.Collector` wrote. Raises OSError, ValueError or KeyError when it is damaged."""

    def __init__(self, folder: Path) -> None:
        described = json.loads((folder / "postings.json").read_text())
        self.documents = int(described["documents"])
        self._fields = {name: number for number, name in enumerate(described["fields"])}
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
        if {name: len(array) for name, array in arrays.items()} != described["lengths"]:
            raise ValueError("the postings are not whole")
        self._texts = _Texts(arrays["texts"], np.asarray(arrays["text_ends"]))
        self._keys, self._counts = np.asarray(arrays["keys"]), np.asarray(arrays["counts"])
        self._places, self._data = np.asarray(arrays["places"]), np.asarray(arrays["data"])
        self._number = remembered(REMEMBERED_CLAUSES)(self._find_number)
        self._clause = remembered(REMEMBERED_CLAUSES)(self._find_clause)

    def count(self, field: str, token: str) -> int:
        """How many rows hold it."""
        clause = self._clause(field, token)
        return 0 if clause is None else self._count(clause)

    def rows(self, field: str, token: str) -> np.ndarray:
        """The rows that hold it, ascending."""
        clause = self._clause(field, token)
        if clause is None:
            return np.zeros(0, np.int32)
        if self._kind(clause) == BITS:
            return np.flatnonzero(self._bits(clause)).astype(np.int32)
        return self._listed(clause)

    def mark(self, field: str, token: str, mask: np.ndarray) -> None:
        """Set the mask, which is at least as long as the index was, where a row holds it."""
        clause = self._clause(field, token)
        if clause is None:
            return
        if self._kind(clause) == BITS:
            mask[: self.documents] |= self._bits(clause)
        else:
            mask[self._listed(clause)] = True

    def is_broad(self, field: str, token: str) -> bool:
        """Whether so many rows hold it that a mask is the quicker form."""
        clause = self._clause(field, token)
        return clause is not None and self._kind(clause) == BITS

    def terms(self, field: str, prefix: str = "") -> Iterator[tuple[str, int]]:
        """(token, count) of the tokens of a field that begin with this, in order."""
        number = self._fields.get(field)
        if number is None or not len(self._keys):
            return
        start, end = self._range(prefix)
        base = number * len(self._texts)
        first, last = np.searchsorted(self._keys, np.array([base + start, base + end], self._keys.dtype))
        numbers = (self._keys[first:last] - self._keys.dtype.type(base)).tolist()
        counts = (self._counts[first:last] & np.uint32((1 << KIND_SHIFT) - 1)).tolist()
        for text, count in zip(numbers, counts, strict=True):
            yield self._texts[text].decode(), count

    def commonest(self, field: str, prefix: str, limit: int) -> list[tuple[str, int]]:
        """(token, count) of the `limit` tokens with this prefix that most rows hold, the most frequent first."""
        number = self._fields.get(field)
        if number is None or not len(self._keys):
            return []
        start, end = self._range(prefix)
        base = number * len(self._texts)
        first, last = np.searchsorted(self._keys, np.array([base + start, base + end], self._keys.dtype))
        counts = self._counts[first:last] & np.uint32((1 << KIND_SHIFT) - 1)
        best = np.argsort(-counts.astype(np.int64), kind="stable")[:limit]
        return [
            (self._texts[int(self._keys[first + at]) - base].decode(), int(counts[at]))
            for at in best.tolist()
        ]

    def _range(self, prefix: str) -> tuple[int, int]:
        """The numbers of the tokens with this prefix."""
        begin = prefix.encode()
        if not begin:
            return 0, len(self._texts)
        # No UTF-8 holds the byte 255, so this stands behind everything that begins so.
        return bisect_left(self._texts, begin), bisect_left(self._texts, begin + b"\xff")

    def _find_number(self, token: str) -> int | None:
        wanted = token.encode()
        number = bisect_left(self._texts, wanted)
        return number if number < len(self._texts) and self._texts[number] == wanted else None

    def _find_clause(self, field: str, token: str) -> int | None:
        number, text = self._fields.get(field), self._number(token)
        if number is None or text is None:
            return None
        key = self._keys.dtype.type(number * len(self._texts) + text)
        clause = int(np.searchsorted(self._keys, key))
        return clause if clause < len(self._keys) and self._keys[clause] == key else None

    def _kind(self, clause: int) -> int:
        return int(self._counts[clause]) >> KIND_SHIFT

    def _count(self, clause: int) -> int:
        return int(self._counts[clause]) & ((1 << KIND_SHIFT) - 1)

    def _bits(self, clause: int) -> np.ndarray:
        start = int(self._places[clause])
        packed = self._data[start : start + (self.documents + 7) // 8]
        return np.unpackbits(packed, count=self.documents, bitorder="little").view(bool)

    def _listed(self, clause: int) -> np.ndarray:
        kind, count, start = self._kind(clause), self._count(clause), int(self._places[clause])
        if kind == ONE:
            return np.array([start], np.int32)
        if kind == ROWS:
            return self._data[start : start + 4 * count].view("<i4")
        size = int.from_bytes(self._data[start : start + 4].tobytes(), "little")
        gaps = self._data[start + 4 : start + 4 + size]
        rows = np.cumsum(gaps, dtype=np.int32)
        return rows if size == count else rows[gaps != FAR]
