"""Addresses of what is due."""

from django.urls import path

from . import reassigning, views

urlpatterns = [
    path("", views.day, name="day"),
    path("reassign/", reassigning.reassign, name="reassign"),
    path("<uuid:uuid>/", views.follow_up, name="follow_up"),
]
