"""Errors of geocoding, named by cause. An address that is not found is no error: the answer is None."""

from geo.errors import GeoError


class GeocodingError(GeoError):
    """The geocoder answered with something that cannot be used."""


class GeocoderUnavailable(GeocodingError):
    """It does not answer in time or at all; try again later."""


class GeocoderQuotaExceeded(GeocodingError):
    """Too many questions; wait before the next one. `retry_after`: seconds to wait, where the server says so."""

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class GeocoderRefused(GeocodingError):
    """It does not accept us: credentials, or a policy that we break."""


class GeocoderMisconfigured(GeocodingError):
    """GEOCODER_URL or the question is not what the geocoder understands."""
