"""Addresses of the JSON API."""

from django.urls import path

from . import views

urlpatterns = [
    path("search", views.search, name="api_search"),
    path("suggest", views.suggest, name="api_suggest"),
]
