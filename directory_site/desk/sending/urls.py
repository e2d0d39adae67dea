"""Addresses of what is sent or printed for a person."""

from django.urls import path

from . import views

urlpatterns = [
    path("person/<uuid:uuid>/", views.person, name="send_person"),
    path("sheet/<uuid:uuid>/", views.sheet, name="sheet"),
]
