"""Addresses of a page in the other languages, for the language switch and for search engines."""

from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import translation

from services.records import Texts, pick
from services.rules import slug


def languages() -> tuple[str, ...]:
    return tuple(code for code, _name in settings.LANGUAGES)


def listing_url(uuid: object, names: Texts, language: str) -> str:
    """The canonical address of a listing in a language: the words of its name in that language, or in its own."""
    words = slug(pick(names, language, languages())[0])
    with translation.override(language):
        if words:
            return reverse("listing", kwargs={"uuid": uuid, "slug": words})
        return reverse("listing", kwargs={"uuid": uuid})


def set_alternates(request: HttpRequest, urls: dict[str, str]) -> None:
    """Tell the language switch where this page is in each language (path with query string)."""
    request.alternates = urls


def alternates(request: HttpRequest) -> Iterator[tuple[str, str, str]]:
    """(code, the language's own name, this page's address in it). Of a page that has none: the first page."""
    known = getattr(request, "alternates", None)
    full_path = request.get_full_path()
    for code, name in settings.LANGUAGES:
        if known is not None:
            url = known[code]
        elif getattr(request, "resolver_match", None) is None:
            url = f"/{code}/"
        else:
            url = translate_url(full_path, code)
            if url == full_path and code != translation.get_language():
                url = f"/{code}/"
        yield code, name, url
