"""Addresses of what is sent or printed for a person."""

from django.urls import path

from . import files, views

urlpatterns = [
    path("person/<uuid:uuid>/", views.person, name="send_person"),
    path("file/<uuid:need>/<uuid:service>/", files.file, name="send_file"),
    path("sheet/<uuid:uuid>/", views.sheet, name="sheet"),
]
