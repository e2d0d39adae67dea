"""What was asked in vain, most often first: a list to read and to export, nothing to edit."""

from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import policy_registry

from geo.models import Territory
from search.models import SearchWithoutResult

from .filters import LostSearchFilterSet


class WordsColumn(Column):
    """Links to try the words, to make a concept of them, to add them to one."""

    cell_template_name = "search/admin/lost_words_cell.html"


class LostSearchesView(ReportView):
    model = SearchWithoutResult
    page_title = _("Searches without a result")
    header_icon = "search"
    index_url_name = "lost_searches:index"
    index_results_url_name = "lost_searches:results"
    filterset_class = LostSearchFilterSet
    permission_required = "view"
    default_ordering = ("-count", "-week", "words", "pk")
    list_export = ["words", "language", "bassin", "week", "relaxed", "count"]
    export_filename = "searches-without-a-result"

    @cached_property
    def columns(self):
        """Who may change concepts also gets the way from the words into one."""
        columns = [
            Column("words", label=_("Words"), sort_key="words"),
            Column("count", label=_("Times"), sort_key="count"),
            Column("week", label=_("Week of"), sort_key="week"),
            Column("bassin_name", label=_("Bassin"), sort_key="bassin"),
            Column("language", label=_("Language"), sort_key="language"),
            BooleanColumn("relaxed", label=_("Found without some filters")),
        ]
        if self.request.user.has_perm("search.change_concept"):
            columns.append(WordsColumn("taken_up", label=_("Take it up")))
        return columns

    def decorate_paginated_queryset(self, object_list):
        names = {bassin.code: str(bassin) for bassin in Territory.objects.filter(kind="bassin")}
        for row in object_list:
            row.bassin_name = names.get(row.bassin, row.bassin)
        return object_list


class LostSearchesViewSet(ViewSet):
    name = "lost_searches"
    url_prefix = "search/without-result"
    icon = "search"
    menu_label = _("Searches without a result")

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(LostSearchesView), name="index"),
            path("results/", self.construct_view(LostSearchesView, results_only=True), name="results"),
        ]

    @cached_property
    def menu_item_class(self):
        def is_shown(_self, request):
            policy = policy_registry.get_by_type(SearchWithoutResult)
            return policy.user_has_permission(request.user, LostSearchesView.permission_required)

        return type("LostSearchesMenuItem", (MenuItem,), {"is_shown": is_shown})
