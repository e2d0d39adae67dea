"""Addresses of what is due."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.day, name="day"),
    path("<uuid:uuid>/", views.follow_up, name="follow_up"),
]
