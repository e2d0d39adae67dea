"""The catalogue's menu in the Wagtail admin. Lists name their columns and never query by row."""

from django.db.models import Case, CharField, F, IntegerField, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column, UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from accounts.selectors import roles_by_team
from services import rights
from services.models import Location, Organization, Service, TaxonomyTerm, VerificationRhythm

from . import pages, panels
from .choosers import CatalogueChooserViewSet, LocationChooserViewSet, OrganizationChooserViewSet
from .columns import completeness_column, status_column, with_status
from .deleting import ProtectedDeleteView
from .duplicates.viewset import DuplicatesViewSet
from .filters import LocationFilterSet, OrganizationFilterSet, ServiceFilterSet, TaxonomyFilterSet
from .gate import gated
from .imports.viewset import ImportViewSet
from .keeping import EditView, WorkflowActionView
from .notices import NoticesViewSet
from .reading import InspectView
from .suggestions import SuggestionsViewSet
from .templates import ServiceTemplateViewSet
from .terms import TermsViewSet
from .to_verify import ToVerifyViewSet
from .translations.viewset import TranslationsViewSet
from .verify import VerifyView
from .views import (
    AddView,
    CopyView,
    IndexView,
    ServiceCreateView,
    ServiceEditView,
    ServiceIndexView,
    TermCreateView,
    TermDeleteView,
    TermEditView,
)


def _name_columns(name: str = "name") -> list[str]:
    return [f"{name}_{code}" for code in panels.languages()]


def display_name():
    """The first language that has a name, as SQL: what a list sorts by."""
    return Coalesce(
        *(NullIf(F(column), Value(""), output_field=CharField()) for column in _name_columns()),
        Value(""),
        output_field=CharField(),
    )


def own_first(queryset, user):
    """The own teams' objects before what others published, for somebody who belongs to a team."""
    own = list(roles_by_team(user))
    if not own:
        return queryset
    theirs = Case(When(steward__in=own, then=Value(0)), default=Value(1), output_field=IntegerField())
    return queryset.annotate(others=theirs).order_by("others", *queryset.query.order_by)


class _CatalogueViewSet(SnippetViewSet):
    search_backend_name = None  # the database itself: the SQLite backend knows title and body only
    list_per_page = 50
    copy_view_enabled = True
    inspect_view_enabled = True  # how members of other teams read what is published
    inspect_view_class = InspectView
    add_view_class = AddView
    copy_view_class = CopyView
    edit_view_class = EditView
    workflow_action_view_class = WorkflowActionView
    index_view_class = IndexView
    delete_view_class = ProtectedDeleteView
    chooser_viewset_class = CatalogueChooserViewSet

    def get_queryset(self, request):
        """What this user may read: everything that is published, and the drafts of the own teams."""
        found = rights.visible(self.model.objects.all(), request.user).select_related("steward")
        return with_status(own_first(self.ordered(found), request.user))

    def ordered(self, queryset):
        return queryset.annotate(shown_name=display_name()).order_by("shown_name", "pk")

    def get_urlpatterns(self):
        return [gated(pattern, self) for pattern in super().get_urlpatterns()]


class ServiceViewSet(_CatalogueViewSet):
    model = Service
    index_view_class = ServiceIndexView
    add_view_class = ServiceCreateView
    edit_view_class = ServiceEditView
    icon = "clipboard-list"
    menu_label = _("Services")
    url_prefix = "catalogue/service"
    search_fields = [
        *_name_columns(),
        *_name_columns("alternate_name"),
        *_name_columns("organization__name"),
    ]
    list_display = [
        "__str__",
        Column("organization", label=_("Organisation")),
        Column("steward", label=_("Team"), sort_key="steward__name"),
        Column("get_lifecycle_display", label=_("State"), sort_key="lifecycle"),
        Column("verified_on", label=_("Verified on"), sort_key="verified_on"),
        completeness_column(),
        status_column(),
        UpdatedAtColumn(),
    ]
    filterset_class = ServiceFilterSet

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organization", "care")

    def get_edit_handler(self):
        return panels.service().bind_to_model(self.model)

    def get_urlpatterns(self):
        verify = path("verify/<str:pk>/", self.construct_view(VerifyView), name="verify")
        return [*super().get_urlpatterns(), gated(verify, self)]


class OrganizationViewSet(_CatalogueViewSet):
    model = Organization
    chooser_viewset_class = OrganizationChooserViewSet
    icon = "group"
    menu_label = _("Organisations")
    url_prefix = "catalogue/organization"
    search_fields = [*_name_columns(), *_name_columns("alternate_name")]
    list_display = [
        "__str__",
        Column("organisation_type", label=_("Kind")),
        Column("steward", label=_("Team"), sort_key="steward__name"),
        status_column(),
        UpdatedAtColumn(),
    ]
    filterset_class = OrganizationFilterSet

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("organisation_type")

    def get_edit_handler(self):
        return panels.organization().bind_to_model(self.model)


class LocationViewSet(_CatalogueViewSet):
    model = Location
    chooser_viewset_class = LocationChooserViewSet
    icon = "site"
    menu_label = _("Places")
    url_prefix = "catalogue/location"
    search_fields = [
        *_name_columns(),
        *_name_columns("street"),
        "house_number",
        "postcode",
        *_name_columns("commune__name"),
    ]
    list_display = [
        "__str__",
        Column("commune", label=_("Commune")),
        Column("bassin", label=_("Bassin")),
        Column("get_bassin_status_display", label=_("Boundary"), sort_key="bassin_status"),
        Column("steward", label=_("Team"), sort_key="steward__name"),
        status_column(),
        UpdatedAtColumn(),
    ]
    filterset_class = LocationFilterSet

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("commune", "bassin")

    def ordered(self, queryset):
        return queryset.order_by("postcode", "pk")

    def get_edit_handler(self):
        return panels.location().bind_to_model(self.model)


class TaxonomyTermViewSet(SnippetViewSet):
    """Finding a term by words, and its form; the tree of each table is `TermsViewSet`, which has the menu's place."""

    model = TaxonomyTerm
    icon = "tag"
    url_prefix = "catalogue/taxonomy"
    search_backend_name = None
    index_view_class = IndexView
    add_view_class = TermCreateView
    edit_view_class = TermEditView
    delete_view_class = TermDeleteView
    search_fields = [*_name_columns(), "code"]
    list_per_page = 100
    list_display = [
        "__str__",
        Column("code", label=_("Code"), sort_key="code"),
        Column("get_taxonomy_display", label=_("Table"), sort_key="taxonomy"),
        Column("parent", label=_("Part of")),
        BooleanColumn("retired", label=_("Retired"), sort_key="retired"),
        Column("replaced_by", label=_("Replaced by")),
    ]
    filterset_class = TaxonomyFilterSet

    def get_queryset(self, request):
        return TaxonomyTerm.objects.select_related("parent", "replaced_by").order_by(
            "taxonomy", "sort_order", "code"
        )

    def get_edit_handler(self):
        return panels.taxonomy_term().bind_to_model(self.model)

    @cached_property
    def menu_item_class(self):
        return type("NoMenuItem", (MenuItem,), {"is_shown": lambda _self, request: False})


class RhythmViewSet(SnippetViewSet):
    model = VerificationRhythm
    icon = "history"
    menu_label = _("Rhythms of verification")
    url_prefix = "catalogue/rhythm"
    search_backend_name = None
    list_per_page = 100
    list_display = [
        Column(
            "kind", label=_("Kind of organisation"), accessor=lambda row: row.kind or _("Every other kind")
        ),
        Column("days", label=_("Days"), sort_key="days"),
    ]

    def get_queryset(self, request):
        return VerificationRhythm.objects.select_related("kind").order_by("days", "pk")

    def get_edit_handler(self):
        return panels.rhythm().bind_to_model(self.model)


class CatalogueGroup(SnippetViewSetGroup):
    menu_label = _("Directory")
    menu_icon = "list-ul"
    menu_order = 100
    items = (
        ToVerifyViewSet,
        SuggestionsViewSet,
        NoticesViewSet,
        TranslationsViewSet,
        ServiceViewSet,
        OrganizationViewSet,
        LocationViewSet,
        ServiceTemplateViewSet,
        TermsViewSet,
        TaxonomyTermViewSet,
        ImportViewSet,
        DuplicatesViewSet,
        RhythmViewSet,
    )

    def get_submenu_items(self):
        return [*super().get_submenu_items(), *pages.items()]
