"""Previews in the admin: the public page of what is being edited, saved or not, in the active language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from search.request import local_now
from services.models import Location, Organization, Service
from services.preview import AGENT, PRINT, PUBLIC

from .addresses import languages, set_alternates
from .presenters.listing_page import listing_page
from .presenters.previews import location_preview, organization_preview


def render_preview(request: HttpRequest, obj, reader: str = PUBLIC) -> HttpResponse:
    """The page of a Service as the public, an agent or a sheet of paper shows it, and plain pages of an Organization or
    a Location; drawn at once, not lazily.

    Raises TypeError for anything else.
    """
    set_alternates(request, dict.fromkeys(languages(), "#"))
    lang = get_language() or settings.LANGUAGE_CODE
    now = local_now()
    if isinstance(obj, Service):
        page = listing_page(obj, professional=reader == AGENT, now=now, lang=lang)
        context = {"listing": page, "preview": True, "as_print": reader == PRINT, "as_agent": reader == AGENT}
        return render(request, "directory_site/listing.html", context)
    if isinstance(obj, Organization):
        context = {"organization": organization_preview(obj), "preview": True}
        return render(request, "directory_site/organization_preview.html", context)
    if isinstance(obj, Location):
        return render(
            request, "directory_site/location_preview.html", {"place": location_preview(obj), "preview": True}
        )
    raise TypeError(f"there is no preview of a {type(obj).__name__}")
