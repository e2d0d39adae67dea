"""Wagtail's views of a catalogue object, where ours differ: what a copy leaves behind, the way to the public page."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views import snippets

from services import rights
from services.models import TaxonomyTerm
from services.rules import is_listed

from .find import find

# What is true of one object only, or was found out about it: a copy starts without.
NOT_COPIED = {
    "verified_on": None,
    "verification_channel": "",
    "capacity": "unknown",
    "capacity_updated_on": None,
    "source": "",
    "source_date": "",
}


class IndexView(snippets.IndexView):
    def search_queryset(self, queryset):
        if not self.is_searching:
            return queryset
        owner = None if self.model is TaxonomyTerm else self.model._meta.model_name
        return find(queryset, self.search_query, self.search_fields, owner)


class AddView(snippets.CreateView):
    """A new object belongs to a team of its author: the one chosen, or the only one there is."""

    def get_initial_form_instance(self):
        return _of_own_team(super().get_initial_form_instance() or self.model(), self.request.user)


class CopyView(snippets.CopyView):
    def get_initial_form_instance(self):
        original = _of_own_team(super().get_initial_form_instance(), self.request.user)
        original.external_identifiers = []
        for name, value in NOT_COPIED.items():
            if hasattr(original, name):
                setattr(original, name, value)
        return original


def _of_own_team(instance, user):
    teams = rights.teams_writing(user, type(instance))
    if instance.steward not in teams:  # a form with several asks
        instance.steward = teams[0] if len(teams) == 1 else None
    return instance


class ServiceEditView(snippets.EditView):
    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if is_listed(live=self.object.live, lifecycle=self.object.lifecycle):
            buttons.append(
                Button(
                    _("See the public page"),
                    url=reverse("listing", kwargs={"uuid": self.object.uuid}),
                    icon_name="view",
                    priority=5,
                )
            )
        return buttons
