"""What people outside suggest, by team: the list, its filters, and how many wait, in the menu."""

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Case, CharField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet

from accounts.models import Team
from services.codes import ReportReason, SuggestionChannel, SuggestionKind, SuggestionState
from services.models import Suggestion
from services.suggestions.fields import FIELD_OF_REASON
from services.suggestions.selectors import decidable, may_decide, open_count
from services.suggestions.words import label_of

from .decide import DecideView
from .suggestion_words import agents_say, subject_of, with_agent_reports


class OnlyDeciders:
    """404s are for single suggestions; these pages are for who decides about any."""

    def dispatch(self, request, *args, **kwargs):
        if not may_decide(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class SuggestionFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=SuggestionState.choices, widget=forms.CheckboxSelectMultiple, label=_("State")
    )
    kind = django_filters.ChoiceFilter(choices=SuggestionKind.choices, label=_("Kind"))
    channel = django_filters.ChoiceFilter(choices=SuggestionChannel.choices, label=_("From"))
    team = django_filters.ModelMultipleChoiceFilter(
        queryset=Team.objects.all(), method="of_teams", widget=forms.CheckboxSelectMultiple, label=_("Team")
    )
    reference = django_filters.CharFilter(method="with_reference", label=_("Reference"))
    service = django_filters.NumberFilter(widget=forms.HiddenInput)

    class Meta:
        model = Suggestion
        fields = ["state", "kind", "channel", "team", "reference", "service"]

    def of_teams(self, queryset, name, value):
        return queryset.filter(shown_team__in=[team.pk for team in value]) if value else queryset

    def with_reference(self, queryset, name, value):
        """ "4F2A-91C0", as the sender reads it: the first eight digits of the uuid on every database."""
        digits = value.replace("-", "").strip().lower()[:8]
        return queryset.annotate(shown_uuid=Cast("uuid", CharField())).filter(shown_uuid__istartswith=digits)


def _said(suggestion: Suggestion) -> str:
    """What it is about, in a few words: the reasons, the fields; of an open report, what all agents say."""
    from_agent = suggestion.channel == SuggestionChannel.AGENT and suggestion.state == SuggestionState.OPEN
    if from_agent and (same := agents_say(suggestion.service, suggestion.reasons)):
        return " · ".join(same)
    labels = dict(ReportReason.choices)
    parts = [str(labels.get(code, code)) for code in suggestion.reasons]
    if suggestion.kind == SuggestionKind.NEW_SERVICE:
        return ", ".join(parts)
    implied = {FIELD_OF_REASON.get(code) for code in suggestion.reasons} | {"closed"}
    fields = (change["field"] for change in suggestion.changes if change["field"] not in implied)
    return ", ".join([*parts, *dict.fromkeys(label_of(field) for field in fields)])


class SuggestionsView(OnlyDeciders, ReportView):
    model = Suggestion
    page_title = _("Suggestions")
    header_icon = "mail"
    index_url_name = "suggestions:index"
    index_results_url_name = "suggestions:results"
    filterset_class = SuggestionFilterSet
    permission_policy = None
    default_ordering = ("-waits", "created_at", "pk")
    list_export: list[str] = []
    show_export_buttons = False

    columns = [
        TitleColumn(
            "subject",
            label=_("About"),
            accessor=subject_of,
            get_url=lambda suggestion: reverse("suggestions:decide", args=[suggestion.uuid]),
        ),
        Column("kind", label=_("Kind"), accessor="get_kind_display", sort_key="kind"),
        Column("said", label=_("What"), accessor=_said),
        Column("channel", label=_("From"), accessor="get_channel_display", sort_key="channel"),
        Column("shown_team_name", label=_("Team")),
        DateColumn("created_at", label=_("Received"), sort_key="created_at"),
        StatusTagColumn(
            "state",
            label=_("State"),
            accessor="get_state_display",
            primary=lambda suggestion: suggestion.state == SuggestionState.OPEN,
            sort_key="state",
        ),
    ]

    def get_base_queryset(self):
        return listed(decidable(self.request.user))

    def filter_queryset(self, queryset):
        """Without a filter, what waits: the unwanted and the decided are asked for."""
        queryset = super().filter_queryset(queryset)
        if not any(self.request.GET.getlist(name) for name in ("state", "service", "reference")):
            queryset = queryset.filter(state=SuggestionState.OPEN)
        return queryset


def listed(queryset):
    """With all that a list shows of each, in the same query; of a listing's suggestion the team of the listing."""
    return (
        queryset.select_related("service")
        .prefetch_related(with_agent_reports("service"))
        .annotate(
            shown_team=Coalesce("service__steward", "steward"),
            shown_team_name=Coalesce("service__steward__name", "steward__name"),
            waits=Case(
                When(state=SuggestionState.OPEN, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
        )
    )


class SuggestionsMenuItem(MenuItem):
    """With how many wait: "Suggestions (3)"."""

    def is_shown(self, request):
        return may_decide(request.user)

    def render_component(self, request):
        waiting = open_count(request.user)
        label = f"{self.label} ({waiting})" if waiting else self.label
        return LinkMenuItem(
            self.name,
            label,
            self.url,
            icon_name=self.icon_name,
            classname=self.classname,
            attrs=self.attrs,
        )


class SuggestionsViewSet(ViewSet):
    name = "suggestions"
    url_prefix = "suggestions"
    icon = "mail"
    menu_label = _("Suggestions")

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(SuggestionsView), name="index"),
            path("results/", self.construct_view(SuggestionsView, results_only=True), name="results"),
            path("<uuid:uuid>/", self.construct_view(DecideView), name="decide"),
        ]

    @cached_property
    def menu_item_class(self):
        return SuggestionsMenuItem
