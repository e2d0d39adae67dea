"""What a place is to people who look for one. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# In what order a name that several languages lack is looked for.
NAME_ORDER = ("fr", "nl", "en", "de")


@dataclass(frozen=True, slots=True)
class Place:
    """A place with a point (WGS84 degrees) and a rough radius in metres.

    kind: commune, postcode, locality, neighbourhood, street, address, bassin, region, province or country.
    precision: what the point is the centre of. For a street or an address it may be coarser than the kind (address,
    street, locality, postcode, commune), where nothing finer is known.
    """

    kind: str
    code: str
    names: Mapping[str, str] = field(compare=False)
    lat: float
    lon: float
    radius_m: int
    nis5s: tuple[str, ...]
    precision: str
    postcode: str = ""
    house_number: str = ""

    def name(self, lang: str) -> str:
        """The name in this language, or in the first one that has it."""
        for code in (lang, *NAME_ORDER):
            if self.names.get(code):
                return self.names[code]
        return next(iter(self.names.values()), self.code)


@dataclass(frozen=True, slots=True)
class Match:
    """Places recognised in the words from start up to, not including, end; best first."""

    start: int
    end: int
    places: tuple[Place, ...]
