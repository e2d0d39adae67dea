"""Addresses of the screen: a call by its uuid; whatever is said or typed comes by POST."""

from django.urls import path

from . import acts, beginning, caller, keys, views

urlpatterns = [
    path("", beginning.start, name="screen"),
    path("caller/", caller.caller, name="caller"),
    path("keys/", keys.keys, name="keys"),
    path("calls/", beginning.begin, name="call-begin"),
    path("calls/<uuid:uuid>/", views.call, name="call"),
    path("calls/<uuid:uuid>/search/", views.search, name="call-search"),
    path("calls/<uuid:uuid>/keep/", acts.keep, name="call-keep"),
    path("calls/<uuid:uuid>/who/", acts.who, name="call-who"),
    path("calls/<uuid:uuid>/person/", acts.new_person, name="call-new-person"),
    path("calls/<uuid:uuid>/oppose/", acts.oppose, name="call-oppose"),
    path("calls/<uuid:uuid>/needs/", acts.add_need, name="call-need"),
    path("calls/<uuid:uuid>/needs/remove/", acts.remove_need, name="call-need-remove"),
    path("calls/<uuid:uuid>/needs/withdraw/", acts.withdraw_need, name="call-need-withdraw"),
    path("calls/<uuid:uuid>/orient/", acts.orient, name="call-orient"),
    path("calls/<uuid:uuid>/undo/", acts.undo, name="call-undo"),
    path("calls/<uuid:uuid>/call-back/", acts.call_back, name="call-back"),
    path("calls/<uuid:uuid>/report/", acts.report, name="call-report"),
    path("calls/<uuid:uuid>/close/", acts.close, name="call-close"),
    path("calls/<uuid:uuid>/reopen/", acts.reopen, name="call-reopen"),
]
