"""The site's addresses and, behind the same middleware, one that does nothing: what a request costs before our code."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from directory_site.urls import handler404, handler500
from directory_site.urls import urlpatterns as of_the_site

CONSTANT = {"status": "ok", "total": 1, "hits": [{"id": "0", "name": "Constant"}]}


def constant(request: HttpRequest) -> JsonResponse:
    return JsonResponse(CONSTANT)


urlpatterns = [path("api/v1/constant", constant), *of_the_site]

__all__ = ["handler404", "handler500", "urlpatterns"]
