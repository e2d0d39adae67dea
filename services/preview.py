"""Previews of catalogue objects: as a reader sees them, in a language; the site hands in how a page is drawn (it
stands to our left)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

PUBLIC, AGENT, PRINT = "public", "agent", "print"
READERS = {PUBLIC: _("As the public"), AGENT: _("As an agent"), PRINT: _("As print")}
_renderer: Callable | None = None


def set_renderer(renderer: Callable) -> None:
    """`renderer(request, obj, reader) -> HttpResponse`, called with the preview's language active."""
    global _renderer
    _renderer = renderer


def grouped_modes(readers=tuple(READERS)) -> list[tuple[object, list[tuple[str, str]]]]:
    """[("As the public", [("fr", "As the public · Français"), …]), …]: what a select with groups shows."""
    return [
        (
            READERS[reader],
            [
                (code if reader == PUBLIC else f"{reader}:{code}", f"{READERS[reader]} · {label}")
                for code, label in settings.LANGUAGES
            ],
        )
        for reader in readers
    ]


def modes(readers=tuple(READERS)) -> list[tuple[str, str]]:
    return [mode for _reader, modes_of_reader in grouped_modes(readers) for mode in modes_of_reader]


def render(request, obj, mode_name: str) -> HttpResponse:
    """Draw `obj`, saved or not, for a mode such as "nl" (the public) or "agent:nl"."""
    if _renderer is None:
        raise RuntimeError("no preview renderer was set; directory_site.apps does it")
    reader, colon, lang = (mode_name or settings.LANGUAGE_CODE).rpartition(":")
    with translation.override(lang):
        response = _renderer(request, obj, reader if colon else PUBLIC)
        if hasattr(response, "render"):
            response.render()  # now: later the language would be the editor's again
        return response
