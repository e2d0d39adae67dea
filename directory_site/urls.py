"""Addresses of the site: admin and API without a language, public pages under /fr/, /nl/, /en/, /de/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from . import answering, confirming, views
from .admin import site_history
from .suggesting import views as suggesting

urlpatterns = [
    *site_history.urls(),
    path("admin/", include("accounts.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v1/", include("api.urls")),
    path("desk/", include("directory_site.desk.urls")),
    path("map/outlines.json", views.map_outlines, name="map_outlines"),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *i18n_patterns(
        path("search/", views.search, name="search"),
        path("services/<uuid:uuid>/", views.listing, name="listing"),
        path("services/<uuid:uuid>/<slug:slug>/", views.listing, name="listing"),
        path("confirm/<str:token>/", confirming.confirm_listing, name="confirm_listing"),
        path("orientation/<str:token>/", answering.orientation_answer, name="orientation_answer"),
        path("suggest/new/", suggesting.suggest_new, name="suggest_new"),
        path("suggest/<uuid:uuid>/", suggesting.suggest, name="suggest"),
        path("suggest/answer/<str:token>/", suggesting.suggest_for_request, name="suggest_for_request"),
        path("suggestions/<uuid:uuid>/", suggesting.suggestion, name="suggestion"),
        path("", include(wagtail_urls)),
    ),
]

handler404 = "directory_site.views.not_found"
handler500 = "directory_site.views.server_error"
