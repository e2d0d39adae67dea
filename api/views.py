"""GET /api/v1/search and /api/v1/suggest."""

import logging

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from search import finder, lost_searches, suggesting, vocabulary
from search.engine import EngineError
from search.request import BadParameter, local_now, parse
from services import use

from . import serializers
from .problems import problem

log = logging.getLogger(__name__)

MAX_SUGGESTIONS = 10


def language_codes() -> tuple[str, ...]:
    return tuple(code for code, _name in settings.LANGUAGES)


def _json(body: dict) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json")


def _parsed(request: HttpRequest):
    return parse(
        dict(request.GET.lists()),
        vocabulary=vocabulary.current(),
        languages=language_codes(),
        default_language=settings.LANGUAGE_CODE,
        now=local_now(),
    )


def _bad(error: BadParameter) -> HttpResponse:
    return problem(400, "bad-parameter", "A parameter cannot be used", error.detail, error.parameter)


def _unavailable(error: EngineError) -> HttpResponse:
    log.error("search is not available: %s", error)
    return problem(503, "search-unavailable", "Search is not available", "Try again in a few seconds.")


def _is_staff(request: HttpRequest) -> bool:
    """Whether the reader works on the directory. Without a session cookie nobody is asked for."""
    user = getattr(request, "user", None) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    return user is not None and user.has_perm("wagtailadmin.access_admin")


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    try:
        asked = _parsed(request)
        with translation.override(asked.lang):
            found = finder.find(asked)
            lost_searches.remember(found)
            use.shown(hit.pk for hit in found.result.hits)
            return _json(serializers.answer(found, explain=asked.explain and _is_staff(request)))
    except BadParameter as error:
        return _bad(error)
    except EngineError as error:
        return _unavailable(error)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    try:
        asked = _parsed(request)
        with translation.override(asked.lang):
            path = reverse("search")
            found = suggesting.suggest(asked.q, asked.lang, MAX_SUGGESTIONS)
            return _json({"suggestions": [serializers.suggestion(item, path) for item in found]})
    except BadParameter as error:
        return _bad(error)
    except EngineError as error:
        return _unavailable(error)
