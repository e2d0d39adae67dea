"""Wagtail's views of a catalogue object, where ours differ: what a copy leaves behind, the way to the public page."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views import snippets

from services import rights
from services.codes import Taxonomy
from services.models import ServiceTemplate, TaxonomyTerm
from services.rules import is_listed
from services.templating import service_from, templates_for

from .completeness import CompletenessSidePanel
from .deleting import ProtectedDeleteView
from .exporting import ExportsListings
from .find import find
from .keeping import CreateView, EditView, Keeping
from .terms import tree_url

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


class AddView(CreateView):
    """A new object belongs to a team of its author: the one chosen, or the only one there is."""

    def get_initial_form_instance(self):
        return _of_own_team(super().get_initial_form_instance() or self.model(), self.request.user)


class CopyView(Keeping, snippets.CopyView):
    def get_initial_form_instance(self):
        original = _of_own_team(super().get_initial_form_instance(), self.request.user)
        original.external_identifiers = []
        for name, value in NOT_COPIED.items():
            if hasattr(original, name):
                setattr(original, name, value)
        return original


def _of_own_team(instance, user):
    if instance.steward_id is None or not rights.may(user, "add", instance):
        instance.steward = rights.home_team(user, type(instance))  # None: the form asks
    return instance


class ServiceIndexView(ExportsListings, IndexView):
    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if self.add_url:
            buttons.append(
                Button(
                    _("New from a template"),
                    url=reverse(ServiceTemplate.snippet_viewset.get_url_name("list")),
                    icon_name="copy",
                )
            )
        return buttons


class ServiceCreateView(AddView):
    """A new service; `?template=` (primary key) begins it with what a template keeps."""

    def get_initial_form_instance(self):
        wanted = self.request.GET.get("template", "")
        if self.request.method != "GET" or not wanted:
            return super().get_initial_form_instance()
        template = templates_for(self.request.user).filter(pk=wanted).first() if wanted.isdecimal() else None
        if template is None:
            messages.warning(self.request, _("This template is not there any more."))
            return super().get_initial_form_instance()
        return _of_own_team(service_from(template), self.request.user)


class ServiceEditView(EditView):
    def get_side_panels(self):
        panels = super().get_side_panels()
        # An add form that has become this one without being loaded again has no place for another panel.
        if self.hydrate_create_view or self.expects_json_response:
            return panels
        return MediaContainer([*panels, CompletenessSidePanel(self.object, self.request)])

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if rights.may(self.request.user, "verify", self.object):
            url = reverse("wagtailsnippets_services_service:verify", args=[self.object.pk])
            buttons.append(Button(_("Verify"), url=url, icon_name="mobile-alt", priority=4))
        if rights.holds(self.request.user, "services.add_servicetemplate", self.object):
            buttons.append(
                Button(
                    _("Keep as a template"),
                    url=reverse("catalogue_keep_as_template", args=[self.object.pk]),
                    icon_name="snippet",
                    priority=15,
                )
            )
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


class _BackToTheTree:
    """After a term was saved or deleted its tree is shown, at the term."""

    def get_success_url(self):
        return tree_url(self.object.taxonomy, self.object if self.object.pk else None)


class TermCreateView(_BackToTheTree, snippets.CreateView):
    def get_initial_form_instance(self):
        """The table and the term it becomes part of, as the tree's links name them."""
        term, asked = self.model(), self.request.GET
        if asked.get("taxonomy") in Taxonomy.values:
            term.taxonomy = asked["taxonomy"]
        if asked.get("parent", "").isdecimal() and len(asked["parent"]) < 10:
            term.parent = TaxonomyTerm.objects.filter(pk=asked["parent"], taxonomy=term.taxonomy).first()
        return term


class TermEditView(_BackToTheTree, snippets.EditView):
    pass


class TermDeleteView(_BackToTheTree, ProtectedDeleteView):
    pass
