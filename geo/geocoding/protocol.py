"""What every geocoder does."""

from typing import Protocol
from urllib.parse import urlsplit

from geo.gazetteer.places import Place

PROGRAMS = ("nominatim", "photon")


class Geocoder(Protocol):
    def geocode(self, text: str, lang: str) -> Place | None:
        """The best place in Belgium for an address or a place's name, or None where there is none.

        `lang` is the language of the answer's names. `Place.precision` says how exact the point is. Raises
        GeocodingError or one of its family; never an error of the library behind.
        """


def split_geocoder_url(url: str) -> tuple[str, str, str]:
    """(program, scheme, domain with path) of "nominatim+https://host/path". Raises ValueError, naming the fault."""
    parts = urlsplit(url)
    program, plus, scheme = parts.scheme.partition("+")
    if program not in PROGRAMS:
        raise ValueError(f"{url!r} does not begin with {' or '.join(name + '+' for name in PROGRAMS)}")
    if not plus or scheme not in ("http", "https"):
        raise ValueError(f"{url!r} does not say http or https after {program}+")
    if not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{url!r} is not just a host, a port and a path")
    return program, scheme, parts.netloc + parts.path.rstrip("/")
