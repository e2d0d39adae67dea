"""Turns an address into a point: the directory's own gazetteer, or an online geocoder chosen by GEOCODER_URL.

Only addresses of services go to an online geocoder. Where a caller lives is personal data and stays here: use
`GazetteerGeocoder` for it.
"""

from django.conf import settings

from .errors import (
    GeocoderMisconfigured,
    GeocoderQuotaExceeded,
    GeocoderRefused,
    GeocoderUnavailable,
    GeocodingError,
)
from .local import GazetteerGeocoder
from .online import NominatimGeocoder, PhotonGeocoder
from .protocol import Geocoder, split_geocoder_url

ONLINE = {"nominatim": NominatimGeocoder, "photon": PhotonGeocoder}


def get_geocoder(url: str | None = None) -> Geocoder:
    """The geocoder of this URL, or of the setting GEOCODER_URL. Raises GeocoderMisconfigured on a wrong URL."""
    url = settings.GEOCODER_URL if url is None else url
    if not url:
        return GazetteerGeocoder()
    try:
        program, scheme, domain = split_geocoder_url(url)
    except ValueError as error:
        raise GeocoderMisconfigured(str(error)) from error
    return ONLINE[program](scheme=scheme, domain=domain)


__all__ = [
    "GazetteerGeocoder",
    "Geocoder",
    "GeocoderMisconfigured",
    "GeocoderQuotaExceeded",
    "GeocoderRefused",
    "GeocoderUnavailable",
    "GeocodingError",
    "NominatimGeocoder",
    "PhotonGeocoder",
    "get_geocoder",
    "split_geocoder_url",
]
