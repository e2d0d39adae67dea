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
from services.models import Location, Organization, Service, ServiceAudience, TaxonomyTerm
from services.rules import STALE_AFTER_DAYS

SHOWN = (("shown", _("In 90 days")), ("never", _("Not in 90 days")))
VERIFIED = (("recently", _("Within a year")), ("long_ago", _("Longer ago")), ("never", _("Never")))


def bassins(request=None):
    return Territory.objects.filter(kind="bassin")


def terms(taxonomy: str):
    """The terms in use, in the order of their tree."""

    def offered(request=None):
        return TaxonomyTerm.objects.filter(taxonomy=taxonomy, retired=False).order_by("sort_order", "code")

    return offered


class _OfTeams(WagtailFilterSet):
    steward = django_filters.ModelMultipleChoiceFilter(
        queryset=Team.objects.all(), widget=forms.CheckboxSelectMultiple, label=_("Team in charge")
    )


class ServiceFilterSet(_OfTeams):
    need = django_filters.ModelChoiceFilter(
        queryset=terms(codes.Taxonomy.NEED), method="filter_need", label=_("Need")
    )
    kind = django_filters.ModelChoiceFilter(
        queryset=terms(codes.Taxonomy.ORGANISATION_TYPE), method="filter_kind", label=_("Kind")
    )
    audience = django_filters.ModelChoiceFilter(
        queryset=terms(codes.Taxonomy.AUDIENCE), method="filter_audience", label=_("Audience")
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

    shown = django_filters.ChoiceFilter(
        choices=SHOWN, method="filter_shown", widget=forms.RadioSelect, label=_("Shown by searches")
    )

    class Meta:
        model = Service
        fields = [
            "steward",
            "need",
            "kind",
            "audience",
            "bassin",
            "lifecycle",
            "verified",
            "shown",
            "is_example",
            "live",
        ]

    def filter_shown(self, queryset, name, value):
        """Of what the public finds: whether a search showed it in the last 90 days."""
        wanted = {"never": Q(care__shown=0), "shown": Q(care__shown__gt=0)}
        return queryset.filter(wanted[value], care__listed=True)

    def filter_need(self, queryset, name, value):
        """A need with parts finds what answers its parts too. A subquery: no row comes twice."""
        links = Service.needs.through.objects.filter(Q(taxonomyterm=value) | Q(taxonomyterm__parent=value))
        return queryset.filter(pk__in=links.values("service"))

    def filter_kind(self, queryset, name, value):
        """Its own kind, else its organisation's."""
        own = Q(organisation_type=value) | Q(organisation_type__parent=value)
        inherited = Q(organization__organisation_type=value) | Q(
            organization__organisation_type__parent=value
        )
        return queryset.filter(own | Q(organisation_type=None) & inherited)

    def filter_audience(self, queryset, name, value):
        rows = ServiceAudience.objects.filter(Q(term=value) | Q(term__parent=value))
        return queryset.filter(pk__in=rows.values("service"))

    def filter_verified(self, queryset, name, value):
        oldest = localdate() - timedelta(days=STALE_AFTER_DAYS)
        wanted = {
            "recently": Q(verified_on__gte=oldest),
            "long_ago": Q(verified_on__lt=oldest),
            "never": Q(verified_on=None),
        }
        return queryset.filter(wanted[value])


class OrganizationFilterSet(_OfTeams):
    organisation_type = django_filters.ModelChoiceFilter(
        queryset=terms(codes.Taxonomy.ORGANISATION_TYPE), label=_("Kind")
    )

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
