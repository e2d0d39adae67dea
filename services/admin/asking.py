"""What the forms ask while somebody types: hours in words, points of an address, listings that look the same.

Everything comes by POST: an address may be that of a shelter, and addresses of requests are logged.
"""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.permissions import policy_registry

from geo.models import BoundaryStatus
from services import duplicates, points, rights
from services.codes import AddressVisibility, Precision
from services.models import Location, Organization, Schedule, Service

from .hours import DaysInput, TimeInput, sentences

MOST_ROWS = 200  # rows of hours that are read back at once
MOST_PARTS = 20  # phones or places that are compared
HoursForm = modelform_factory(
    Schedule,
    fields=["byday", "opens_at", "closes_at", "on_holidays", "valid_from", "valid_to", "yearly", "closed"],
    widgets={"byday": DaysInput, "opens_at": TimeInput, "closes_at": TimeInput},
)


def _for_writers(view):
    """POST only, by somebody who may add or change a service or a place."""

    def guarded(request: HttpRequest) -> HttpResponse:
        for model in (Service, Location):
            policy = policy_registry.get_by_type(model)
            if policy.user_has_any_permission(request.user, ["add", "change"]):
                return view(request)
        raise PermissionDenied

    return require_POST(guarded)


@_for_writers
def hours_in_words(request: HttpRequest) -> HttpResponse:
    """The rows of one list of hours (POST `prefix` and its fields) as sentences, and each row's error by its number."""
    prefix = request.POST.get("prefix", "")
    total = request.POST.get(f"{prefix}-TOTAL_FORMS", "")
    rows, errors, number = [], [], 0
    for index in range(min(int(total) if total.isdecimal() else 0, MOST_ROWS)):
        one = f"{prefix}-{index}"
        if request.POST.get(f"{one}-DELETE") or f"{one}-opens_at" not in request.POST:
            continue
        number += 1
        form = HoursForm(request.POST, prefix=one, empty_permitted=True, use_required_attribute=False)
        if not form.has_changed():
            continue
        if form.is_valid():
            rows.append(form.instance)
        else:
            errors += [(number, error) for messages in form.errors.values() for error in messages]
    context = {"sentences": sentences(rows), "errors": errors}
    return render(request, "services/admin/hours_said.html", context)


class _AddressForm(forms.Form):
    street = forms.CharField(required=False, max_length=200)
    other_street = forms.CharField(required=False, max_length=200)
    house_number = forms.CharField(required=False, max_length=20)
    postcode = forms.CharField(required=False, max_length=10)
    town = forms.CharField(required=False, max_length=100)
    visibility = forms.ChoiceField(choices=AddressVisibility.choices)


@_for_writers
def address_points(request: HttpRequest) -> JsonResponse:
    """{"points": [{label, lat, lon, precision, exactness}], "said": a sentence}; 400 {"error"} on a wrong address."""
    form = _AddressForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": "; ".join(_errors(form))}, status=400)
    asked = form.cleaned_data
    if not any(asked[name] for name in ("street", "other_street", "postcode", "town")):
        return JsonResponse({"points": [], "said": _("Give a street or a postcode first.")})
    found = points.find_points(
        [street for street in (asked["street"], asked["other_street"]) if street],
        asked["house_number"],
        asked["postcode"],
        asked["town"],
        lang=get_language() or "fr",
        visibility=asked["visibility"],
    )
    said = (
        ""
        if found
        else _("This address is not known here. Put the point on the map by hand, or give only the postcode.")
    )
    shown = [
        {
            "label": one.label,
            "lat": one.lat,
            "lon": one.lon,
            "precision": one.precision,
            "exactness": str(Precision(one.precision).label),
        }
        for one in found
    ]
    return JsonResponse({"points": shown, "said": said})


class _PointForm(forms.Form):
    lat = forms.FloatField(min_value=-90, max_value=90)
    lon = forms.FloatField(min_value=-180, max_value=180)
    postcode = forms.CharField(required=False, max_length=10)


@_for_writers
def point_territories(request: HttpRequest) -> JsonResponse:
    """{"said": what lies at the point, in a sentence}; 400 {"error"} on what is no point."""
    form = _PointForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": "; ".join(_errors(form))}, status=400)
    here = points.territories_at(lang=get_language() or "fr", **form.cleaned_data)
    if not here.commune:
        return JsonResponse({"said": _("This point is outside Belgium.")})
    bassin = here.bassin or _("no bassin")
    if here.bassin_status != BoundaryStatus.OFFICIAL:
        bassin = f"{bassin} ({BoundaryStatus(here.bassin_status).label})"
    parts = [here.commune, here.neighbourhood, _("bassin: %(bassin)s") % {"bassin": bassin}]
    return JsonResponse({"said": " · ".join(part for part in parts if part)})


def _errors(form: forms.Form) -> list[str]:
    return [f"{name}: {error}" for name, errors in form.errors.items() for error in errors]


@_for_writers
def looks_like(request: HttpRequest) -> HttpResponse:
    """Listings that the form may be a second time: POST `name` (several), `phone`, `location`, `organization`, `pk`."""
    names = [name.strip()[:200] for name in request.POST.getlist("name") if len(name.strip()) > 2]
    phones = [phone[:40] for phone in request.POST.getlist("phone") if phone.strip()][:MOST_PARTS]
    places = [pk for pk in request.POST.getlist("location") if pk.isdecimal()][:MOST_PARTS]
    postcodes = Location.objects.filter(
        pk__in=places, address_visibility=AddressVisibility.PUBLIC
    ).values_list("postcode", flat=True)
    owner = request.POST.get("organization", "")
    organization = Organization.objects.filter(pk=owner).first() if owner.isdecimal() else None
    own = request.POST.get("pk", "")
    found: dict[int, duplicates.Candidate] = {}
    for name in names or ([""] if phones else []):
        for one in duplicates.candidates(
            name,
            next(iter(postcodes), ""),
            phones,
            organization=str(organization) if organization else "",
            without=int(own) if own.isdecimal() else None,
            among=rights.visible(Service.objects.all(), request.user),
        ):
            if one.pk not in found or found[one.pk].score < one.score:
                found[one.pk] = one
    best = sorted(found.values(), key=lambda one: -one.score)[:5]
    return render(request, "services/admin/looks_like.html", {"found": as_shown(best)})


def as_shown(candidates: Iterable[duplicates.Candidate]) -> list[dict[str, Any]]:
    """Candidates as looks_like.html tells them."""
    return [
        {
            "name": one.name,
            "live": one.live,
            "url": reverse(Service.snippet_viewset.get_url_name("edit"), args=[one.pk]),
            "why": [duplicates.WHY[code] for code in one.why],
        }
        for one in candidates
    ]


urls = [
    path("catalogue/form/hours/", hours_in_words, name="catalogue_hours_in_words"),
    path("catalogue/form/points/", address_points, name="catalogue_address_points"),
    path("catalogue/form/territories/", point_territories, name="catalogue_point_territories"),
    path("catalogue/form/looks-like/", looks_like, name="catalogue_looks_like"),
]
