"""The site's addresses, with one for the form that "something has changed" leads to where the site has none yet."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.urls import path

from directory_site.urls import handler404, handler500
from directory_site.urls import urlpatterns as site

urlpatterns = [
    *i18n_patterns(
        path(
            "suggest/answer/<str:token>/",
            lambda request, token: HttpResponse("form"),
            name="suggest_for_request",
        )
    ),
    *site,
]
__all__ = ["handler404", "handler500", "urlpatterns"]
