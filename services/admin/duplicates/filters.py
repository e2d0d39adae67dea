"""Possible duplicates of one territory."""

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from services.admin.filters import bassins
from services.models import DuplicatePair, ServiceAtLocation


class PairFilterSet(WagtailFilterSet):
    bassin = django_filters.ModelChoiceFilter(queryset=bassins, method="in_bassin", label=_("Bassin"))

    class Meta:
        model = DuplicatePair
        fields = ["bassin"]

    def in_bassin(self, queryset, name, bassin):
        """Pairs of which one listing is given there."""
        there = ServiceAtLocation.objects.filter(location__bassin=bassin)
        return queryset.filter(
            Q(Exists(there.filter(service=OuterRef("first"))))
            | Q(Exists(there.filter(service=OuterRef("second"))))
        )
