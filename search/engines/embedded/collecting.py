"""Writes the postings of a rebuild: tokens become numbers as documents come in, and are sorted by field at the end."""

import json
from array import array
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from zlib import crc32

import numpy as np

from search.engine import IndexDocument

from .postings import BITS, FAR, GAPS, KIND_SHIFT, ONE, ROWS
from .schema import EXACT_FIELDS, LANGUAGES, STEMMED_FIELDS, exact_field, stem_field

FIELDS = (
    *(exact_field(field) for field in EXACT_FIELDS),
    *(stem_field(field, language) for field in STEMMED_FIELDS for language in LANGUAGES),
)
DIGEST_BYTES = 20  # longer pieces are told apart by their hash


class _Numbers(dict):
    """Gives every token that it is asked for the first time the next number."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


class _Once:
    """Writes each piece once, and says where it stands."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._places: dict[bytes, int] = {}
        self.size = 0

    def place(self, piece: bytes) -> int:
        known = piece if len(piece) <= DIGEST_BYTES else blake2b(piece, digest_size=DIGEST_BYTES).digest()
        place = self._places.get(known)
        if place is None:
            place = self._places[known] = self.size
            self._write(piece)
            self.size += len(piece)
        return place


class Collector:
    """Takes documents in the order of their rows."""

    def __init__(self) -> None:
        self.documents = 0
        self._numbers = _Numbers()
        # By field: the numbers of the tokens, one document after the other, and which row has how many of them.
        self._tokens = {field: array("I") for field in FIELDS}
        self._rows = {field: array("I") for field in FIELDS}
        self._sizes = {field: array("I") for field in FIELDS}

    def add(self, source: IndexDocument) -> None:
        for field, tokens in source.exact.items():
            if tokens:
                self._take(exact_field(field), tokens)
        for field, by_language in source.stems.items():
            for language, tokens in by_language.items():
                if tokens and language in LANGUAGES:
                    self._take(stem_field(field, language), tokens)
        self.documents += 1

    def _take(self, field: str, tokens: list[str]) -> None:
        self._tokens[field].extend(map(self._numbers.__getitem__, tokens))
        self._rows[field].append(self.documents)
        self._sizes[field].append(len(tokens))

    def save(self, folder: Path) -> None:
        """Write everything into this new folder. The collector is empty afterwards."""
        folder.mkdir()
        texts = sorted(self._numbers)
        rank = np.empty(len(texts), np.uint32)
        rank[np.fromiter(map(self._numbers.__getitem__, texts), np.int64, len(texts))] = np.arange(len(texts))
        encoded = [text.encode() for text in texts]
        parts: dict[str, list[np.ndarray]] = {"keys": [], "counts": [], "places": []}
        with (folder / "data.part").open("wb") as data:
            writer = _Once(data.write)
            for number, field in enumerate(FIELDS):
                found, counts, places = self._field(field, rank, writer)
                parts["keys"].append(found + np.uint64(number * len(texts)))
                parts["counts"].append(counts)
                parts["places"].append(places)
        arrays = {name: np.concatenate(found) for name, found in parts.items()}
        fits = writer.size < 2**32 > len(texts) * len(FIELDS)
        for name in ("keys", "places"):
            arrays[name] = arrays[name].astype(np.uint32 if fits else np.uint64)
        arrays["texts"] = np.frombuffer(b"".join(encoded), np.uint8)
        arrays["text_ends"] = np.cumsum([len(text) for text in encoded], dtype=np.int64).astype(np.uint32)
        arrays["data"] = np.fromfile(folder / "data.part", np.uint8)
        (folder / "data.part").unlink()
        for name, values in arrays.items():
            np.save(folder / f"{name}.npy", values)
        described = {
            "documents": self.documents,
            "fields": FIELDS,
            "lengths": {name: len(values) for name, values in arrays.items()},
            "checksums": {name: crc32((folder / f"{name}.npy").read_bytes()) for name in arrays},
        }
        (folder / "postings.json").write_text(json.dumps(described))

    def _field(
        self, field: str, rank: np.ndarray, writer: _Once
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(tokens, counts with their forms, places) of a field's clauses, in order of their tokens."""
        tokens = np.frombuffer(self._tokens.pop(field), np.uint32)
        rows = np.repeat(
            np.frombuffer(self._rows.pop(field), np.uint32), np.frombuffer(self._sizes.pop(field), np.uint32)
        )
        # Sorting one number is several times quicker than sorting positions by two.
        pairs = np.sort(rank[tokens].astype(np.uint64) << np.uint64(32) | rows)
        pairs = pairs[np.diff(pairs, prepend=np.uint64(2**64 - 1)) != 0]
        tokens, rows = pairs >> np.uint64(32), (pairs & np.uint64(0xFFFFFFFF)).astype("<i4")
        starts = np.flatnonzero(np.diff(tokens, prepend=np.uint64(2**63)))
        counts = np.diff(starts, append=len(rows))
        gaps = np.diff(rows, prepend=0)
        gaps[starts] = rows[starts]  # the first counts from the index's first row
        lengths = gaps // FAR + 1
        gap_bytes = np.add.reduceat(lengths, starts) + 4 if len(starts) else counts
        bit_bytes = np.full(len(counts), (self.documents + 7) // 8)
        kinds = np.argmin(np.stack([4 * counts, gap_bytes, bit_bytes]), axis=0) + ROWS
        kinds[counts == 1] = ONE
        places = rows[starts].astype(np.uint64)
        for clause in np.flatnonzero(kinds != ONE).tolist():
            here = slice(starts[clause], starts[clause] + counts[clause])
            piece = self._form(int(kinds[clause]), rows[here], gaps[here], lengths[here])
            places[clause] = writer.place(piece)
        return tokens[starts], (kinds << KIND_SHIFT | counts).astype(np.uint32), places

    def _form(self, kind: int, rows: np.ndarray, gaps: np.ndarray, lengths: np.ndarray) -> bytes:
        if kind == ROWS:
            return rows.tobytes()
        if kind == GAPS:
            listed = np.full(int(lengths.sum()), FAR, np.uint8)
            listed[np.cumsum(lengths) - 1] = gaps % FAR
            return len(listed).to_bytes(4, "little") + listed.tobytes()
        assert kind == BITS  # noqa: S101
        mask = np.zeros(self.documents, np.uint8)
        mask[rows] = 1
        return np.packbits(mask, bitorder="little").tobytes()
