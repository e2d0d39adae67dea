"""Previews of catalogue objects, one a language; the site hands in how a page is drawn (it stands to our left)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation

_renderer: Callable | None = None


def set_renderer(renderer: Callable) -> None:
    """`renderer(request, obj) -> HttpResponse`, called with the preview's language active."""
    global _renderer
    _renderer = renderer


def modes() -> list[tuple[str, str]]:
    return list(settings.LANGUAGES)


def render(request, obj, mode_name: str) -> HttpResponse:
    """Draw `obj`, saved or not, in the language `mode_name`."""
    if _renderer is None:
        raise RuntimeError("no preview renderer was set; directory_site.apps does it")
    with translation.override(mode_name or settings.LANGUAGE_CODE):
        response = _renderer(request, obj)
        if hasattr(response, "render"):
            response.render()  # now: later the language would be the editor's again
        return response
