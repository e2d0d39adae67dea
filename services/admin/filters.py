"""What the lists of the catalogue can be narrowed by."""

from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from accounts.models import Team
from geo.models import Territory
from services import codes
from services.models import Location, Organization, Service, TaxonomyTerm
from services.rules import STALE_AFTER_DAYS

VERIFIED = (("recently", _("Within a year")), ("long_ago", _("Longer ago")), ("never", _("Never")))


def bassins(request=None):
    return Territory.objects.filter(kind="bassin")


class _OfTeams(WagtailFilterSet):
    steward = django_filters.ModelMultipleChoiceFilter(
        queryset=Team.objects.all(), widget=forms.CheckboxSelectMultiple, label=_("Team in charge")
    )


class ServiceFilterSet(_OfTeams):
    need = django_filters.ModelChoiceFilter(
        field_name="needs",
        queryset=TaxonomyTerm.objects.filter(taxonomy=codes.Taxonomy.NEED),
        label=_("Need"),
    )
    bassin = django_filters.ModelChoiceFilter(
        field_name="service_at_locations__location__bassin",
        queryset=bassins,
        label=_("Bassin"),
        distinct=True,
    )
    lifecycle = django_filters.MultipleChoiceFilter(
        choices=codes.Lifecycle.choices, widget=forms.CheckboxSelectMultiple, label=_("State")
    )
    verified = django_filters.ChoiceFilter(
        choices=VERIFIED, method="filter_verified", widget=forms.RadioSelect, label=_("Verified")
    )

    class Meta:
        model = Service
        fields = ["steward", "need", "bassin", "lifecycle", "verified", "is_example", "live"]

    def filter_verified(self, queryset, name, value):
        oldest = localdate() - timedelta(days=STALE_AFTER_DAYS)
        wanted = {
            "recently": Q(verified_on__gte=oldest),
            "long_ago": Q(verified_on__lt=oldest),
            "never": Q(verified_on=None),
        }
        return queryset.filter(wanted[value])


class OrganizationFilterSet(_OfTeams):
    class Meta:
        model = Organization
        fields = ["steward", "organisation_type", "is_example", "live"]


class LocationFilterSet(_OfTeams):
    bassin = django_filters.ModelChoiceFilter(queryset=bassins, label=_("Bassin"))

    class Meta:
        model = Location
        fields = ["steward", "bassin", "bassin_status", "address_visibility", "precision", "is_example"]


class TaxonomyFilterSet(WagtailFilterSet):
    class Meta:
        model = TaxonomyTerm
        fields = ["taxonomy", "retired"]
