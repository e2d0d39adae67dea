"""System checks of the geography's settings."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .geocoding import split_geocoder_url


@register()
def check_geocoder_url(**_options: object) -> list[CheckMessage]:
    url = getattr(settings, "GEOCODER_URL", "")
    if not url:
        return []
    try:
        split_geocoder_url(url)
    except ValueError as error:
        return [
            Error(
                f"GEOCODER_URL cannot be used: {error}",
                hint="nominatim+https://host, photon+https://host, or empty for the directory's own gazetteer.",
                id="geo.E001",
            )
        ]
    return []
