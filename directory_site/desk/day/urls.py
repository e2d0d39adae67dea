"""Addresses of what is due."""

from django.urls import path

from . import outcome, reassigning, views

urlpatterns = [
    path("", views.day, name="day"),
    path("reassign/", reassigning.reassign, name="reassign"),
    path("orientation/<uuid:uuid>/", outcome.orientation, name="orientation"),
    path("<uuid:uuid>/", views.follow_up, name="follow_up"),
    path("<uuid:uuid>/number/", views.number, name="follow_up_number"),
    path("<uuid:uuid>/date/", views.another_date, name="follow_up_date"),
]
