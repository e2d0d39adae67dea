"""Gives points their commune, neighbourhood and bassin, in bulk. Pure: no Django, no database.

A bassin is certain only where a source says so. Of a commune that is cut between bassins (Bruxelles-Ville, 21004) no
official table of sectors is public: a postcode that a bassin names decides with that part's status; else the
neighbourhood may suggest a bassin, to review; else there is none, to review. A boundary is never invented.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .reading import Geography, TerritoryRow, read_geography
from .shapes import CommuneIndex, NeighbourhoodIndex, as_degrees, commune_index


@dataclass(frozen=True, slots=True)
class Placement:
    """Where something lies: codes, or None where it is not known.

    `bassin_status`: official, provisional or review. With no bassin it is `official` where the commune is in no
    bassin at all, and `review` where somebody has to look.
    """

    nis5: str | None = None
    neighbourhood_code: str | None = None
    bassin_code: str | None = None
    bassin_status: str = "review"


@dataclass(frozen=True)
class BassinRules:
    """Which bassin a commune, or a part of one, belongs to."""

    whole: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # NIS5 → (bassin, status)
    # (NIS5, postcode) → (bassin, status)
    by_postcode: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()  # communes of which bassins hold only parts
    suggestions: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (NIS5, neighbourhood) → bassin

    @classmethod
    def from_rows(cls, territories: Iterable[TerritoryRow]) -> "BassinRules":
        whole: dict[str, tuple[str, str]] = {}
        by_postcode: dict[tuple[str, str], tuple[str, str]] = {}
        cut: set[str] = set()
        suggestions: dict[tuple[str, str], str] = {}
        for row in territories:
            for part in row.parts:
                if part.whole:
                    whole[part.nis5] = (row.code, part.status)
                else:
                    cut.add(part.nis5)
                    by_postcode.update(
                        {(part.nis5, code): (row.code, part.status) for code in part.postcodes}
                    )
            if row.suggested_bassin:
                suggestions.update({(nis5, row.code): row.suggested_bassin for nis5, _, _ in row.points})
        return cls(whole, by_postcode, frozenset(cut), suggestions)

    def bassin(
        self, nis5: str | None, postcode: str | None, neighbourhood: str | None
    ) -> tuple[str | None, str]:
        """(bassin or None, status) of a place in this commune."""
        if nis5 is None:
            return None, "review"
        if nis5 not in self.cut:
            return self.whole.get(nis5, (None, "official"))
        named = self.by_postcode.get((nis5, postcode or ""))
        suggested = self.suggestions.get((nis5, neighbourhood or ""))
        if named is not None and (named[1] != "review" or suggested is None):
            return named
        # A postcode's doubtful bassin says less than the place itself.
        return suggested, "review"


class Placer:
    """Places points by one set of outlines and rules. Safe to share between threads."""

    def __init__(
        self,
        *,
        communes: CommuneIndex,
        neighbourhoods: NeighbourhoodIndex,
        rules: BassinRules,
        commune_of_postcode: Mapping[str, str],
    ) -> None:
        self.communes = communes
        self.neighbourhoods = neighbourhoods
        self.rules = rules
        self.commune_of_postcode = commune_of_postcode  # only postcodes of a single commune

    @classmethod
    def from_geography(cls, geography: Geography, communes: CommuneIndex) -> "Placer":
        return cls(
            communes=communes,
            neighbourhoods=NeighbourhoodIndex(
                (row.code, *point) for row in geography.territories for point in row.points
            ),
            rules=BassinRules.from_rows(geography.territories),
            commune_of_postcode={
                row.postcode: row.nis5s[0] for row in geography.postcodes if len(row.nis5s) == 1
            },
        )

    def place(
        self,
        lats: Sequence[float | None],
        lons: Sequence[float | None],
        postcodes: Sequence[str | None] | None = None,
        nis5s: Sequence[str | None] | None = None,
    ) -> list[Placement]:
        """See `place`."""
        count = len(lats)
        for name, values in (("lons", lons), ("postcodes", postcodes), ("nis5s", nis5s)):
            if values is not None and len(values) != count:
                raise ValueError(f"{len(values)} {name} for {count} lats")
        if not count:
            return []
        latitudes, longitudes = as_degrees(lats), as_degrees(lons)
        given = list(nis5s) if nis5s is not None else [None] * count
        codes = [code or None for code in postcodes] if postcodes is not None else [None] * count
        located = self.communes.locate(latitudes, longitudes)
        # A point outside Belgium lies in none of its communes, whatever else was given.
        pointless = ~(np.isfinite(latitudes) & np.isfinite(longitudes))
        communes = [
            (given[row] or self.commune_of_postcode.get(codes[row] or "")) if pointless[row] else located[row]
            for row in range(count)
        ]
        neighbourhoods, _ = self.neighbourhoods.nearest(latitudes, longitudes, communes)
        return [
            Placement(nis5, neighbourhood, *self.rules.bassin(nis5, postcode, neighbourhood))
            for nis5, neighbourhood, postcode in zip(communes, neighbourhoods, codes, strict=True)
        ]


_lock = threading.Lock()
_placer: Placer | None = None


def placer() -> Placer:
    """The placer of the project's own geography, built at the first use."""
    global _placer
    if _placer is None:
        index = commune_index()
        with _lock:
            if _placer is None:
                _placer = Placer.from_geography(read_geography(), index)
    return _placer


def place(
    lats: Sequence[float | None],
    lons: Sequence[float | None],
    postcodes: Sequence[str | None] | None = None,
    nis5s: Sequence[str | None] | None = None,
) -> list[Placement]:
    """Commune, neighbourhood and bassin of each row; one Placement a row, in order.

    A point (WGS84 degrees) wins over the commune given; without one the commune given counts, then a postcode of a
    single commune. Raises ValueError where the sequences differ in length.
    """
    return placer().place(lats, lons, postcodes, nis5s)
