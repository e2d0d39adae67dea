"""The addresses of possible duplicates, their place in the menu, and the bulk action that opens two side by side."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from services.imports import rights
from services.models import Service

from . import views


class DuplicatesViewSet(ViewSet):
    name = "services_duplicates"
    url_prefix = "catalogue/duplicates"
    icon = "copy"
    menu_label = gettext_lazy("Possible duplicates")

    def get_urlpatterns(self):
        return [
            path("", views.PairsView.as_view(), name="index"),
            path("results/", views.PairsView.as_view(results_only=True), name="results"),
            path("refresh/", views.RefreshView.as_view(), name="refresh"),
            path("merges/", views.MergesView.as_view(), name="merges"),
            path("merges/<int:pk>/", views.UndoView.as_view(), name="undo"),
            path("<int:first>/<int:second>/", views.CompareView.as_view(), name="compare"),
        ]

    @cached_property
    def menu_item_class(self):
        return type(
            "DuplicatesMenuItem",
            (MenuItem,),
            {"is_shown": lambda _self, request: rights.may_merge_some(request.user)},
        )


class CompareBulkAction(SnippetBulkAction):
    """Two listings ticked in the list: side by side, to merge them or to say that they are two."""

    models = [Service]
    action_type = "compare"
    display_name = gettext_lazy("Merge")
    aria_label = gettext_lazy("Compare two listings and merge them")
    template_name = "wagtailadmin/bulk_actions/confirmation/base.html"
    action_priority = 50

    def dispatch(self, request):
        chosen = [pk for pk in dict.fromkeys(request.GET.getlist("id")) if pk.isdigit()]
        if len(chosen) == 2:
            first, second = sorted(map(int, chosen))
            return redirect(views.url("compare", first, second))
        messages.error(request, _("Tick two listings to merge them."))
        return redirect(reverse("wagtailsnippets_services_service:list"))
