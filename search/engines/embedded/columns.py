"""NumPy columns beside the index, one row a listing: what filters, facets, distances and opening hours read.

A `Columns` never changes: an edit makes a new one with its rows appended and the old rows dead. `rows` are positions in
these arrays; `pk` finds its row through `row_of`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from search.engine import FACETS

MULTI = (*FACETS, "named", "area", "main")
LIFECYCLES = ("published", "suspended", "closed_permanently")
NAME_BYTES = 24
FLAGS = ("audience_open", "professional", "full", "alive")


@dataclass(frozen=True)
class Ragged:
    """Several values a row: those of row r are values[start[r]:start[r + 1]]."""

    start: np.ndarray
    values: np.ndarray

    def of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(position in `rows`, index into values) of every value of these rows."""
        first = self.start[rows]
        counts = self.start[rows + 1] - first
        owner = np.repeat(np.arange(len(rows)), counts)
        if not len(owner):
            return owner, owner
        ends = np.cumsum(counts)
        return owner, np.arange(ends[-1]) - np.repeat(ends - counts - first, counts)

    def extended(self, lists: list[list]) -> "Ragged":
        counts = np.fromiter((len(values) for values in lists), dtype=np.int64, count=len(lists))
        flat = [value for values in lists for value in values]
        return Ragged(
            np.concatenate([self.start, (self.start[-1] + np.cumsum(counts)).astype(self.start.dtype)]),
            np.concatenate([self.values, np.array(flat, dtype=self.values.dtype)]) if flat else self.values,
        )

    @staticmethod
    def empty(dtype) -> "Ragged":
        return Ragged(np.zeros(1, dtype=np.int32), np.zeros(0, dtype=dtype))


@dataclass(frozen=True)
class Columns:
    pk: np.ndarray
    minimum_age: np.ndarray
    maximum_age: np.ndarray
    verified: np.ndarray
    lifecycle: np.ndarray  # index into LIFECYCLES
    name_words: np.ndarray  # words in the shortest of its names
    flags: dict[str, np.ndarray]
    names: dict[str, np.ndarray]  # language → first bytes of the folded name
    multi: dict[str, Ragged]
    codes: dict[str, list[str]]  # facet → code by its number
    lat: Ragged
    lon: Ragged
    hours: Ragged  # index into hours_blob's pieces is the position itself
    hours_blob: tuple[bytes, ...]
    row_of: np.ndarray  # pk → row, -1 for none
    remembered: dict[str, np.ndarray] = field(default_factory=dict, compare=False)

    @staticmethod
    def empty(languages: Iterable[str]) -> "Columns":
        return Columns(
            pk=np.zeros(0, np.int64),
            minimum_age=np.zeros(0, np.uint8),
            maximum_age=np.zeros(0, np.uint8),
            verified=np.zeros(0, np.int32),
            lifecycle=np.zeros(0, np.uint8),
            name_words=np.zeros(0, np.uint8),
            flags={name: np.zeros(0, bool) for name in FLAGS},
            names={language: np.zeros(0, f"S{NAME_BYTES}") for language in languages},
            multi={name: Ragged.empty(np.int16) for name in MULTI},
            codes={name: [] for name in MULTI},
            lat=Ragged.empty(np.float64),
            lon=Ragged.empty(np.float64),
            hours=Ragged.empty(np.int32),
            hours_blob=(),
            row_of=np.full(1, -1, np.int32),
        )

    def __len__(self) -> int:
        return len(self.pk)

    def owners(self, name: str) -> np.ndarray:
        """The row of each value of this facet, remembered."""
        found = self.remembered.get(name)
        if found is None:
            start = self.multi[name].start
            found = self.remembered[name] = np.repeat(
                np.arange(len(self), dtype=np.int32), np.diff(start.astype(np.int64))
            )
        return found

    @property
    def alive(self) -> np.ndarray:
        return self.flags["alive"]

    def dead_share(self) -> float:
        return 1.0 - float(self.alive.mean()) if len(self) else 0.0

    def replaced(self, rows: list[tuple[int, dict | None]]) -> "Columns":
        """With these (pk, row values) in place of what those pks had; None deletes."""
        added = [(pk, values) for pk, values in rows if values is not None]
        codes = {name: list(known) for name, known in self.codes.items()}
        multi = {}
        for name in MULTI:
            number = {code: index for index, code in enumerate(codes[name])}
            lists = []
            for _pk, values in added:
                wanted = {"named": values["named"], "area": values["areas"]}.get(
                    name, values["codes"].get(name, [])
                )
                for code in wanted:
                    if code not in number:
                        number[code] = len(number)
                        codes[name].append(code)
                lists.append([number[code] for code in wanted])
            multi[name] = self.multi[name].extended(lists)

        def column(old: np.ndarray, new: Iterable) -> np.ndarray:
            return np.concatenate([old, np.array(list(new), dtype=old.dtype)])

        first_hours = len(self.hours_blob)
        hour_lists, blob = [], []
        for _pk, values in added:
            hour_lists.append(
                list(range(first_hours + len(blob), first_hours + len(blob) + len(values["hours"])))
            )
            blob.extend(bytes.fromhex(packed) for packed in values["hours"])

        count = len(self)
        row_of = self.row_of
        highest = max((pk for pk, _values in rows), default=0)
        if highest >= len(row_of):
            row_of = np.concatenate([row_of, np.full(highest + 1 - len(row_of), -1, np.int32)])
        else:
            row_of = row_of.copy()
        alive = np.concatenate([self.alive, np.ones(len(added), bool)])
        for pk, _values in rows:
            if row_of[pk] >= 0:
                alive[row_of[pk]] = False
                row_of[pk] = -1
        for index, (pk, _values) in enumerate(added):
            if row_of[pk] >= 0:  # the same pk twice in one batch: the last one counts
                alive[row_of[pk]] = False
            row_of[pk] = count + index

        def sort_key(values: dict, language: str) -> bytes:
            names = values["names"]
            name = names.get(language) or next(iter(names.values()), "")
            return name.encode()[:NAME_BYTES]

        flags = {
            "audience_open": column(self.flags["audience_open"], (values["open"] for _pk, values in added)),
            "professional": column(
                self.flags["professional"], (values["professional"] for _pk, values in added)
            ),
            "full": column(self.flags["full"], (values["full"] for _pk, values in added)),
            "alive": alive,
        }
        return Columns(
            pk=column(self.pk, (pk for pk, _values in added)),
            minimum_age=column(self.minimum_age, (values["ages"][0] for _pk, values in added)),
            maximum_age=column(self.maximum_age, (values["ages"][1] for _pk, values in added)),
            verified=column(self.verified, (values["verified"] for _pk, values in added)),
            lifecycle=column(
                self.lifecycle, (LIFECYCLES.index(values["lifecycle"]) for _pk, values in added)
            ),
            name_words=column(
                self.name_words,
                (
                    min((len(name.split()) for name in values["names"].values()), default=0)
                    for _pk, values in added
                ),
            ),
            flags=flags,
            names={
                language: column(old, (sort_key(values, language) for _pk, values in added))
                for language, old in self.names.items()
            },
            multi=multi,
            codes=codes,
            lat=self.lat.extended([[point[0] for point in values["points"]] for _pk, values in added]),
            lon=self.lon.extended([[point[1] for point in values["points"]] for _pk, values in added]),
            hours=self.hours.extended(hour_lists),
            hours_blob=self.hours_blob + tuple(blob),
            row_of=row_of,
        )

    def save(self, path: Path) -> None:
        """One compressed file; written beside and renamed, so that a reader never meets half of it."""
        arrays: dict[str, np.ndarray] = {
            "pk": self.pk,
            "minimum_age": self.minimum_age,
            "maximum_age": self.maximum_age,
            "verified": self.verified,
            "lifecycle": self.lifecycle,
            "name_words": self.name_words,
            "row_of": self.row_of,
            "blob": np.frombuffer(b"".join(self.hours_blob), np.uint8),
            "blob_sizes": np.array([len(piece) for piece in self.hours_blob], np.int32),
        }
        arrays |= {f"flag_{name}": values for name, values in self.flags.items()}
        arrays |= {f"names_{language}": values for language, values in self.names.items()}
        arrays |= {f"codes_{name}": np.array(known, dtype=str) for name, known in self.codes.items()}
        ragged = {**{f"multi_{name}": value for name, value in self.multi.items()}}
        ragged |= {"lat": self.lat, "lon": self.lon, "hours": self.hours}
        for name, value in ragged.items():
            arrays[f"{name}_start"], arrays[f"{name}_values"] = value.start, value.values
        beside = path.with_suffix(".part")
        with beside.open("wb") as file:
            np.savez_compressed(file, **arrays)
        beside.replace(path)

    @staticmethod
    def load(path: Path) -> "Columns":
        """Raises OSError, ValueError or KeyError on a file that is missing or damaged."""
        with np.load(path, allow_pickle=False) as stored:
            data = {name: stored[name] for name in stored.files}

        def ragged(name: str) -> Ragged:
            return Ragged(data[f"{name}_start"], data[f"{name}_values"])

        blob, sizes = data["blob"].tobytes(), data["blob_sizes"]
        ends = np.cumsum(sizes) if len(sizes) else np.zeros(0, np.int64)
        pieces = tuple(
            blob[end - size : end] for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)
        )
        return Columns(
            pk=data["pk"],
            minimum_age=data["minimum_age"],
            maximum_age=data["maximum_age"],
            verified=data["verified"],
            lifecycle=data["lifecycle"],
            name_words=data["name_words"],
            flags={name: data[f"flag_{name}"] for name in FLAGS},
            names={name.removeprefix("names_"): data[name] for name in data if name.startswith("names_")},
            multi={name: ragged(f"multi_{name}") for name in MULTI},
            codes={name: data[f"codes_{name}"].tolist() for name in MULTI},
            lat=ragged("lat"),
            lon=ragged("lon"),
            hours=ragged("hours"),
            hours_blob=pieces,
            row_of=data["row_of"],
        )


class Masks:
    """Row masks that many searches share, remembered for one generation of columns; an eighth of a byte a row each."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._packed = lru_cache(maxsize=128)(self._pack)

    def _pack(self, name: str, code: str) -> np.ndarray:
        mask = np.zeros(len(self._columns), bool)
        known = self._columns.codes[name]
        if code in known:
            ragged = self._columns.multi[name]
            holders = np.flatnonzero(ragged.values == known.index(code))
            mask[np.searchsorted(ragged.start, holders, side="right") - 1] = True
        return np.packbits(mask)

    def with_code(self, name: str, code: str) -> np.ndarray:
        """Rows that have this code; a code nobody has gives no row."""
        return np.unpackbits(self._packed(name, code), count=len(self._columns)).view(bool)

    def with_any(self, name: str, codes: Iterable[str]) -> np.ndarray:
        found = [self._packed(name, code) for code in codes]
        if not found:
            return np.zeros(len(self._columns), bool)
        return np.unpackbits(np.bitwise_or.reduce(found), count=len(self._columns)).view(bool)
