"""The public pages: search, listing, the map's outlines, and what is shown when something is not there."""

import logging
from dataclasses import replace

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from search import finder, lost_searches, vocabulary
from search.engine import EngineError
from search.request import SearchRequest, local_now, parse
from services import use
from services.models import Service
from services.rules import LISTED_LIFECYCLES
from services.selectors import merged_into

from .addresses import languages, listing_url, set_alternates
from .presenters.home_page import home_page
from .presenters.listing_page import listing_page
from .presenters.outlines import outlines
from .presenters.search_page import search_page
from .presenters.texts import texts_of
from .presenters.translations import translation_note
from .query import Query

log = logging.getLogger(__name__)

OUTLINES_MAX_AGE = 86_400  # seconds; the ETag settles it after that


def is_professional(request: HttpRequest) -> bool:
    """Whether the reader may see listings for professionals. Without a session cookie nobody is asked for."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return request.user.has_perm("services.view_service")


def is_staff(request: HttpRequest) -> bool:
    """Whether the reader works on the directory, and may look behind a search."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.has_perm(
        "wagtailadmin.access_admin"
    )


def _asked(request: HttpRequest, lang: str) -> SearchRequest:
    parameters = dict(request.GET.lists())
    parameters["lang"] = [lang]  # the page's address says the language
    return parse(
        parameters,
        vocabulary=vocabulary.current(),
        languages=languages(),
        default_language=settings.LANGUAGE_CODE,
        now=local_now(),
        strict=False,
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The results page; for htmx only its changing part. Every state is in the address."""
    lang = get_language() or settings.LANGUAGE_CODE
    professional = is_professional(request)
    try:
        asked = _asked(request, lang)
        asked = replace(asked, relax=True, explain=asked.explain and is_staff(request))
        found = finder.find(asked, strict=False, professional=professional)
        page = search_page(found, professional=professional)
    except EngineError as error:
        log.error("search is not available: %s", error)
        return render(request, "directory_site/search_unavailable.html", status=503)
    if "Search-Typing" not in request.headers:
        lost_searches.remember(found)
        if not is_staff(request):
            use.shown(hit.pk for hit in found.result.hits)
    query = Query.of(found.request).page(found.request.page)
    set_alternates(request, {code: query.url(code) for code in languages()})
    partial = request.htmx and not request.htmx.history_restore_request
    template = "directory_site/results_partial.html" if partial else "directory_site/search.html"
    response = render(request, template, {"page": page})
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


def _service(uuid) -> Service:
    """Raises ObjectDoesNotExist when there is no such service among those people may find."""
    return (
        Service.objects.select_related("organization__organisation_type", "organisation_type", "replaced_by")
        .filter(live=True, lifecycle__in=LISTED_LIFECYCLES)
        .get(uuid=uuid)
    )


def find_listing(request: HttpRequest, uuid) -> Service:
    """The listing, for a reader who may see it; Http404 else."""
    try:
        service = _service(uuid)
    except ObjectDoesNotExist as error:
        raise Http404("no such listing") from error
    if service.visibility != "public" and not is_professional(request):
        raise Http404("no such listing")
    return service


@require_safe
def listing(request: HttpRequest, uuid, slug: str = "") -> HttpResponse:
    """One listing, at the one address of this language; 404 for what the reader may not see."""
    professional = is_professional(request)
    lang = get_language() or settings.LANGUAGE_CODE
    try:
        service = find_listing(request, uuid)
    except Http404:
        if (successor := merged_into(uuid)) is None:
            raise
        return HttpResponsePermanentRedirect(reverse("listing", kwargs={"uuid": successor}))
    names = texts_of(service, "name")
    canonical = listing_url(service.uuid, names, lang)
    if request.path != canonical:
        return HttpResponsePermanentRedirect(canonical)
    set_alternates(request, {code: listing_url(service.uuid, names, code) for code in languages()})
    page = listing_page(service, professional=professional, now=local_now(), lang=lang)
    if not is_staff(request):
        use.opened(service.pk)
    context = {"listing": page, "canonical": canonical, "translation": translation_note(service, lang)}
    response = render(request, "directory_site/listing.html", context)
    if service.visibility != "public":
        response["Cache-Control"] = "private, no-store"
    return response


def home_context(request: HttpRequest) -> dict:
    """What the home page needs beside its own texts."""
    return {"home": home_page(get_language() or settings.LANGUAGE_CODE)}


@require_safe
def map_outlines(request: HttpRequest) -> HttpResponse:
    """GeoJSON of the communes; `area`: brussels (default) or belgium; `lang`: a language of the site."""
    area = "belgium" if request.GET.get("area") == "belgium" else "brussels"
    lang = request.GET.get("lang")
    found = outlines(area, lang if lang in languages() else settings.LANGUAGE_CODE)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response = (
        HttpResponseNotModified()
        if found.etag in known
        else HttpResponse(found.body, content_type="application/geo+json")
    )
    response["ETag"] = found.etag
    response["Cache-Control"] = f"public, max-age={OUTLINES_MAX_AGE}"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, with the search and the emergency numbers."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, without the database: whatever broke may still be broken."""
    return render(request, "500.html", status=500)
