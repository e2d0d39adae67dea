"""What the lists of concepts and of lost searches can be narrowed by."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from geo.models import Territory
from search.models import Concept, SearchWithoutResult
from search.models.concept import TERM_FIELDS
from services.models import TaxonomyTerm

NOWHERE = "-"  # in the address of the page: no place was asked for


def _offered(name: str):
    return lambda request: TaxonomyTerm.objects.filter(taxonomy=TERM_FIELDS[name], retired=False)


def _bassins():
    named = [
        (bassin.code, str(bassin)) for bassin in Territory.objects.filter(kind="bassin").order_by("code")
    ]
    return [(NOWHERE, _("No place asked for")), *named]


class ConceptFilterSet(WagtailFilterSet):
    need = django_filters.ModelChoiceFilter(queryset=_offered("needs"), method="filter_need", label=_("Need"))
    organisation_type = django_filters.ModelChoiceFilter(
        field_name="organisation_types",
        queryset=_offered("organisation_types"),
        label=_("Kind of organisation"),
    )

    class Meta:
        model = Concept
        fields = ["need", "organisation_type", "active", "counterpart_only"]

    def filter_need(self, queryset, name, value):
        """A need with parts finds the concepts of its parts too."""
        return queryset.filter(Q(needs=value) | Q(needs__parent=value)).distinct()


class LostSearchFilterSet(WagtailFilterSet):
    bassin = django_filters.ChoiceFilter(choices=_bassins, method="filter_bassin", label=_("Bassin"))
    since = django_filters.DateFilter(field_name="week", lookup_expr="gte", label=_("From the week of"))

    class Meta:
        model = SearchWithoutResult
        fields = ["bassin", "language", "relaxed", "since"]

    def filter_bassin(self, queryset, name, value):
        return queryset.filter(bassin="" if value == NOWHERE else value)
