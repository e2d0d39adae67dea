"""Addresses of the coordinator's figures."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.page, name="figures"),
    path("<slug:code>.csv", views.file, name="figures_file"),
]
