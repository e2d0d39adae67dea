"""Addresses of this part of the desk."""

from django.urls import URLPattern, path

from . import overseeing, protecting, views

urlpatterns: list[URLPattern] = [
    path("", views.find, name="persons"),
    path("openings/", overseeing.opened, name="person_openings"),
    path("due/", overseeing.going, name="persons_due"),
    path("access/", protecting.log, name="person_access"),
    path("data/", protecting.find, name="persons_data"),
    path("<uuid:uuid>/", views.person, name="person"),
    path("<uuid:uuid>/identity/", views.identity, name="person_identity"),
    path("<uuid:uuid>/identity/keep/", views.keep_identity, name="person_identity_keep"),
    path("<uuid:uuid>/contact/", views.contact, name="person_contact"),
    path("<uuid:uuid>/consents/", views.give_consent, name="person_consent"),
    path("<uuid:uuid>/consents/<int:number>/withdraw/", views.withdraw_consent, name="person_withdraw"),
    path("<uuid:uuid>/phones/", views.add_phone, name="person_phone"),
    path("<uuid:uuid>/phones/<int:number>/", views.mark_phone, name="person_phone_mark"),
    path("<uuid:uuid>/merge/", views.merge, name="person_merge"),
    path("<uuid:uuid>/data/", protecting.data, name="person_data"),
    path("<uuid:uuid>/export/", protecting.export, name="person_export"),
    path("<uuid:uuid>/access/", protecting.own, name="person_own_access"),
    path("<uuid:uuid>/erase/", protecting.erase, name="person_erase"),
]
