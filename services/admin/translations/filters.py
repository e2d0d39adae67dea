"""What the board of translations can be narrowed by."""

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from accounts.models import Team
from accounts.selectors import teams_where
from services.admin.filters import bassins
from services.codes import Taxonomy, TranslationState
from services.models import ListingLanguage, ServiceArea, ServiceAtLocation, TaxonomyTerm
from services.translating.selectors import PERMISSION

TO_DO = [choice for choice in TranslationState.choices if choice[0] != TranslationState.COMPLETE]


def own_teams(request=None):
    teams = teams_where(request.user, PERMISSION) if request is not None else None
    found = Team.objects.order_by("name")
    return found if teams is None else found.filter(pk__in=teams)


class BoardFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=TO_DO, widget=forms.CheckboxSelectMultiple, label=_("State")
    )
    steward = django_filters.ModelMultipleChoiceFilter(
        queryset=own_teams, widget=forms.CheckboxSelectMultiple, label=_("Team in charge")
    )
    bassin = django_filters.ModelChoiceFilter(queryset=bassins, method="filter_bassin", label=_("Bassin"))
    kind = django_filters.ModelChoiceFilter(
        queryset=TaxonomyTerm.objects.filter(taxonomy=Taxonomy.ORGANISATION_TYPE),
        method="filter_kind",
        label=_("Kind of service"),
    )

    class Meta:
        model = ListingLanguage
        fields = ["state", "steward", "bassin", "kind"]

    def filter_bassin(self, queryset, name, value):
        """Stands there, or serves it: no join, so that one listing stays one row."""
        places = ServiceAtLocation.objects.filter(service=OuterRef("service"), location__bassin=value)
        areas = ServiceArea.objects.filter(service=OuterRef("service"), territory=value)
        return queryset.filter(Exists(places) | Exists(areas))

    def filter_kind(self, queryset, name, value):
        own = Q(service__organisation_type=value)
        inherited = Q(service__organisation_type=None, service__organization__organisation_type=value)
        return queryset.filter(own | inherited)
