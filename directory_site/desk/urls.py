"""Addresses of the desk, without a language: it speaks its user's. No address holds anything about a person but a uuid."""

from django.urls import include, path

app_name = "desk"
urlpatterns = [
    path("", include("directory_site.desk.screen.urls")),
    path("day/", include("directory_site.desk.day.urls")),
    path("persons/", include("directory_site.desk.persons.urls")),
    path("send/", include("directory_site.desk.sending.urls")),
    path("figures/", include("directory_site.desk.figures.urls")),
]
