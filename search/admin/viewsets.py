"""The menu "Search words": the concepts that editors maintain, and what was asked in vain."""

from django.db.models import Prefetch
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from search.models import Concept
from services.models import TaxonomyTerm

from . import forms
from .filters import ConceptFilterSet
from .lost_searches import LostSearchesViewSet
from .trying import TrySearchViewSet
from .views import ConceptCreateView, ConceptEditView, ConceptIndexView


def _dutch(concept: Concept) -> str:
    return concept.names_nl.partition("\n")[0]


def _needs(concept: Concept) -> str:
    return ", ".join(str(term) for term in concept.listed_needs)


class ConceptViewSet(SnippetViewSet):
    model = Concept
    icon = "tag"
    menu_label = _("Concepts")
    url_prefix = "search/concept"
    search_backend_name = None
    search_fields = ["code"]  # the view looks in every phrase
    index_view_class = ConceptIndexView
    add_view_class = ConceptCreateView
    edit_view_class = ConceptEditView
    copy_view_enabled = False
    list_per_page = 50
    list_display = [
        "french_name",
        Column("dutch", label=_("Dutch name"), accessor=_dutch, sort_key="names_nl"),
        Column("listed_needs", label=_("Needs"), accessor=_needs),
        BooleanColumn("active", label=_("In use"), sort_key="active"),
        DateColumn("updated_at", label=_("Changed"), sort_key="updated_at"),
    ]
    filterset_class = ConceptFilterSet

    def get_queryset(self, request):
        needs = Prefetch(
            "needs", queryset=TaxonomyTerm.objects.order_by("sort_order", "code"), to_attr="listed_needs"
        )
        return Concept.objects.prefetch_related(needs).order_by(Lower("names_fr"), "code")

    def get_edit_handler(self):
        return forms.concept().bind_to_model(self.model)


class SearchGroup(SnippetViewSetGroup):
    menu_label = _("Search words")
    menu_name = "search-words"
    menu_icon = "openquote"
    menu_order = 110
    items = (ConceptViewSet, TrySearchViewSet, LostSearchesViewSet)
