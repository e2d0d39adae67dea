"""What every page of the site knows: languages, the demonstration flag, emergency numbers, where the map comes from."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from .addresses import alternates
from .presenters.emergency import numbers


def site(request: HttpRequest) -> dict:
    """{"languages": [(code, name, url), …], "demonstration", "map_tiles_url", "map_tiles_attribution", "emergency_numbers"}."""
    return {
        "languages": SimpleLazyObject(lambda: list(alternates(request))),
        "demonstration": settings.DEMONSTRATION,
        "map_tiles_url": settings.MAP_TILES_URL,
        "map_tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
        "emergency_numbers": SimpleLazyObject(lambda: numbers(get_language() or settings.LANGUAGE_CODE)),
    }
