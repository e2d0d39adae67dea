"""The page "To verify": what the own teams should verify now, the most urgent first."""

from datetime import date

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.base import ViewSet

from accounts.models import Team
from services import rights
from services.codes import Taxonomy
from services.models import ListingCare, ServiceAtLocation, TaxonomyTerm
from services.verification import selectors

from .filters import bassins
from .suggestion_words import agents_say, with_agent_reports

INCOMPLETE = 60  # percent; below, half of what people ask for first is missing
WHY = (
    ("overdue", _("Overdue")),
    ("never", _("Never verified")),
    ("reported", _("Reported")),
    ("incomplete", _("Incomplete")),
)


def _teams(request):
    teams = rights.teams_where(request.user, selectors.PERMISSION) if request else frozenset()
    return Team.objects.all() if teams is None else Team.objects.filter(pk__in=teams)


class ToVerifyFilterSet(WagtailFilterSet):
    steward = django_filters.ModelMultipleChoiceFilter(
        queryset=_teams, widget=forms.CheckboxSelectMultiple, label=_("Team in charge")
    )
    why = django_filters.MultipleChoiceFilter(
        choices=WHY, method="filter_why", widget=forms.CheckboxSelectMultiple, label=_("Why")
    )
    bassin = django_filters.ModelChoiceFilter(queryset=bassins, method="filter_bassin", label=_("Bassin"))
    kind = django_filters.ModelChoiceFilter(
        queryset=lambda request: TaxonomyTerm.objects.filter(taxonomy=Taxonomy.ORGANISATION_TYPE),
        method="filter_kind",
        label=_("Kind of organisation"),
    )

    class Meta:
        model = ListingCare
        fields = ["steward", "why", "bassin", "kind"]

    def filter_why(self, queryset, name, value):
        """All that are ticked have to be so."""
        wanted = {
            "overdue": Q(due_on__lt=localdate()),
            "never": Q(due_on=None),
            "reported": Q(reports__gt=0),
            "incomplete": Q(completeness__lt=INCOMPLETE),
        }
        for code in value:
            queryset = queryset.filter(wanted[code])
        return queryset

    def filter_bassin(self, queryset, name, value):
        places = ServiceAtLocation.objects.filter(service=OuterRef("pk"), location__bassin=value)
        return queryset.filter(Exists(places))

    def filter_kind(self, queryset, name, value):
        of_organization = Q(service__organisation_type=None, service__organization__organisation_type=value)
        return queryset.filter(Q(service__organisation_type=value) | of_organization)


def _verified(row: ListingCare) -> str:
    service = row.service
    if service.verified_on is None:
        return gettext("Never")
    how = service.get_verification_channel_display()
    return " · ".join(part for part in (date_format(service.verified_on, "SHORT_DATE_FORMAT"), how) if part)


def _due_since(row: ListingCare) -> date | None:
    """Nothing for what is here before its time, because somebody reported it."""
    return row.due_on if row.due_on is not None and row.due_on <= localdate() else None


def _reports(row: ListingCare) -> str:
    """ "2 · Wrong number according to 2 agents, the last 3 h ago"."""
    return " · ".join([str(row.reports), *agents_say(row.service)])


class ToVerifyView(IndexView):
    model = ListingCare
    page_title = _("To verify")
    header_icon = "calendar-check"
    _show_breadcrumbs = True
    index_url_name = "to_verify:index"
    index_results_url_name = "to_verify:results"
    filterset_class = ToVerifyFilterSet
    paginate_by = 50
    default_ordering = ("-urgency", "pk")
    any_permission_required = None  # asked below: it is a right over listings
    is_searchable = False

    def dispatch(self, request, *args, **kwargs):
        if not rights.holds_anywhere(request.user, selectors.PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self):
        # Looked up for the page only: joined, the database would sort every listing before it takes fifty.
        rows = selectors.to_verify(self.request.user).order_by()
        return rows.prefetch_related("service__organization", "steward", with_agent_reports("service"))

    @cached_property
    def columns(self):
        return [
            TitleColumn(
                "service", label=_("Listing"), accessor=lambda row: str(row.service), get_url=self._call_url
            ),
            Column(
                "organization", label=_("Organisation"), accessor=lambda row: str(row.service.organization)
            ),
            DateColumn("due_on", label=_("Due since"), accessor=_due_since, sort_key="due_on"),
            Column("verified", label=_("Verified"), accessor=_verified),
            Column("views", label=_("Views in 90 days"), sort_key="views"),
            Column("reports", label=_("Open reports"), accessor=_reports, sort_key="reports"),
            Column(
                "completeness",
                label=_("Complete"),
                accessor=lambda row: f"{row.completeness} %",
                sort_key="completeness",
            ),
            Column("steward", label=_("Team")),
        ]

    def _call_url(self, row: ListingCare) -> str:
        return reverse("wagtailsnippets_services_service:verify", args=[row.pk])

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]


class ToVerifyViewSet(ViewSet):
    name = "to_verify"
    url_prefix = "catalogue/to-verify"
    icon = "calendar-check"
    menu_label = _("To verify")

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(ToVerifyView), name="index"),
            path("results/", self.construct_view(ToVerifyView, results_only=True), name="results"),
        ]

    @cached_property
    def menu_item_class(self):
        def is_shown(_self, request):
            return rights.holds_anywhere(request.user, selectors.PERMISSION)

        return type("ToVerifyMenuItem", (MenuItem,), {"is_shown": is_shown})
