"""Where generated listings stand: communes by population, three in ten in Brussels, at streets where we know some."""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from geo.models import Postcode, Street, Territory
from services.records import Texts

from .names import street as invented_street

# Inhabitants in thousands, rounded (Statbel, 1 January 2024); a commune that is not named counts as small.
THOUSANDS = {
    "21001": 124, "21002": 35, "21003": 25, "21004": 195, "21005": 48, "21006": 44, "21007": 57, "21008": 25,
    "21009": 88, "21010": 53, "21011": 22, "21012": 98, "21013": 49, "21014": 27, "21015": 131, "21016": 86,
    "21017": 25, "21018": 59, "21019": 42,
    "11002": 536, "44021": 267, "52011": 204, "62063": 196, "31005": 119, "92094": 113, "24062": 103, "53053": 96,
    "12025": 88, "41002": 90, "71022": 81, "46021": 81, "34022": 79, "35013": 72, "57081": 69, "71016": 67,
    "62096": 64, "36015": 65, "54007": 59, "63079": 55, "24107": 36,
}  # fmt: skip
SMALL = 14
BRUSSELS_SHARE = 0.3
PROVINCES_OF_ZONE = {"02": "2", "03": "1", "04": "6", "09": "4"}  # telephone zone by first digit of the NIS5


@dataclass
class Commune:
    nis5: str
    names: Texts
    lat: float
    lon: float
    spread_km: float
    parents: tuple[tuple[str, str], ...]
    postcodes: list[str] = field(default_factory=list)
    streets: list[tuple[str, str, float, float]] = field(default_factory=list)


class Places:
    """The communes with their weights; reads the database once."""

    def __init__(self) -> None:
        columns = (
            "code",
            "name_fr",
            "name_nl",
            "name_de",
            "lat",
            "lon",
            "area_km2",
            "parent__kind",
            "parent__code",
        )
        streets: dict[str, list[tuple[str, str, float, float]]] = defaultdict(list)
        for nis5, *street in (
            Street.objects.filter(lat__isnull=False)
            .order_by("pk")
            .values_list("nis5", "name_fr", "name_nl", "lat", "lon")
        ):
            streets[nis5].append(tuple(street))
        postcodes: dict[str, list[str]] = defaultdict(list)
        for code, nis5s in Postcode.objects.order_by("code").values_list("code", "nis5s"):
            for nis5 in nis5s[:1]:
                postcodes[nis5].append(code)
        self.brussels: list[Commune] = []
        self.elsewhere: list[Commune] = []
        rows = (
            Territory.objects.filter(kind="commune", lat__isnull=False).order_by("code").values_list(*columns)
        )
        for nis5, fr, nl, de, lat, lon, area, parent_kind, parent_code in rows:
            commune = Commune(
                nis5=nis5,
                names={code: name for code, name in (("fr", fr), ("nl", nl), ("de", de)) if name},
                lat=lat,
                lon=lon,
                spread_km=math.sqrt(area or 20) / 6,
                parents=((parent_kind, parent_code),) if parent_kind else (),
                postcodes=postcodes[nis5],
                streets=streets[nis5],
            )
            (self.brussels if nis5.startswith("21") else self.elsewhere).append(commune)
        if not self.brussels or not self.elsewhere:
            raise LookupError("the territories are not loaded: run load_geography first")
        self._weights = [
            [THOUSANDS.get(commune.nis5, SMALL) for commune in group]
            for group in (self.brussels, self.elsewhere)
        ]

    def commune(self, random: Random) -> Commune:
        group = 0 if random.random() < BRUSSELS_SHARE else 1
        return random.choices((self.brussels, self.elsewhere)[group], self._weights[group])[0]


def point_in(commune: Commune, random: Random) -> tuple[Texts, float, float]:
    """(street, lat, lon): a known street where there are any, else an invented one near the centre."""
    if commune.streets:
        fr, nl, lat, lon = random.choice(commune.streets)
        names = {code: name for code, name in (("fr", fr), ("nl", nl)) if name}
        return names, round(lat + random.gauss(0, 0.0004), 6), round(lon + random.gauss(0, 0.0006), 6)
    north, east = random.gauss(0, commune.spread_km), random.gauss(0, commune.spread_km)
    lat = commune.lat + north / 111.2
    lon = commune.lon + east / (111.2 * math.cos(math.radians(commune.lat)))
    return invented_street(random), round(lat, 6), round(lon, 6)


def phone_in(commune: Commune, random: Random) -> str:
    """A number in a block that is assigned to nobody: its subscriber part begins with 0."""
    zone = next((zone for zone, digit in PROVINCES_OF_ZONE.items() if commune.nis5[0] == digit), "065")
    pairs = [f"{random.randrange(100):02}" for _ in range(2)]
    return f"{zone} 00 00 {pairs[0]}" if len(zone) == 3 else f"{zone} 000 {' '.join(pairs)}"
