"""The temporary notices of one's teams: what the public reads now, what begins, what ends, what was forgotten."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet

from accounts.models import Team
from services import notices, rights
from services.codes import NoticeKind
from services.models import Notice, Service

CHANGE = "services.change_service"


class NoticeFilterSet(WagtailFilterSet):
    when = django_filters.ChoiceFilter(choices=list(notices.STATES.items()), method="by_day", label=_("When"))
    kind = django_filters.ChoiceFilter(choices=NoticeKind.choices, label=_("Kind"))
    team = django_filters.ModelChoiceFilter(queryset=Team.objects.all(), method="of_team", label=_("Team"))

    class Meta:
        model = Notice
        fields = ["when", "kind", "team"]

    def by_day(self, queryset, name, value):
        return queryset.filter(notices.when(value, localdate()))

    def of_team(self, queryset, name, value):
        own = queryset.filter(service__steward=value)
        return own | queryset.filter(service_at_location__service__steward=value)


def _edit(notice: Notice) -> str:
    return reverse(Service.snippet_viewset.get_url_name("edit"), args=[notice.listing])


def _short(day) -> str:
    return date_format(day, "SHORT_DATE_FORMAT") if day else "–"


class NoticesView(ReportView):
    model = Notice
    page_title = _("Notices")
    header_icon = "warning"
    index_url_name = "notices:index"
    index_results_url_name = "notices:results"
    filterset_class = NoticeFilterSet
    permission_policy = None
    list_export: list[str] = []
    show_export_buttons = False
    columns = [
        TitleColumn("listing_name", label=_("Listing"), get_url=_edit),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("text", label=_("text"), accessor=str),
        Column("starts_on", label=_("from"), accessor=lambda notice: _short(notice.starts_on)),
        Column("ends_on", label=_("until"), accessor=lambda notice: _short(notice.ends_on)),
        Column("state", label=_("When"), accessor=lambda notice: notices.state_of(notice, localdate())),
        Column("team_name", label=_("Team")),
    ]

    def dispatch(self, request, *args, **kwargs):
        if not rights.holds_anywhere(request.user, CHANGE):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self):
        return notices.ordered(notices.of_teams(self.request.user), localdate())

    def order_queryset(self, queryset):
        return queryset

    def filter_queryset(self, queryset):
        """Without a filter, all but the past ones."""
        queryset = super().filter_queryset(queryset)
        if not self.request.GET.get("when"):
            queryset = queryset.exclude(notices.when("past", localdate()))
        return queryset

    def decorate_paginated_queryset(self, object_list):
        rows = list(object_list)
        listings = Service.objects.select_related("steward").in_bulk([row.listing for row in rows])
        for row in rows:
            service = listings[row.listing]
            row.listing_name = str(service)
            row.team_name = service.steward or "–"
        return rows


class NoticesViewSet(ViewSet):
    name = "notices"
    url_prefix = "notices"
    icon = "warning"
    menu_label = _("Notices")

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(NoticesView), name="index"),
            path("results/", self.construct_view(NoticesView, results_only=True), name="results"),
        ]

    @cached_property
    def menu_item_class(self):
        def is_shown(_self, request):
            return rights.holds_anywhere(request.user, CHANGE)

        return type("NoticesMenuItem", (MenuItem,), {"is_shown": is_shown})
