"""Choosing an organisation or a place in a form: searched by words, sorted, without a query per row; or made there."""

from collections.abc import Mapping
from types import MappingProxyType

from django import forms
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.snippets.views import chooser
from wagtail.snippets.widgets import AdminSnippetChooser

from services import rights
from services.models import Location, Organization

from .columns import status_column
from .find import find
from .point import PointSelect


class _WordsForm(BaseFilterForm):
    q = forms.CharField(
        label=_("Words of the name or address"),
        widget=forms.TextInput(attrs={"autofocus": True}),
        required=False,
    )

    def filter(self, objects):
        self.search_query = self.cleaned_data.get("q")
        self.is_searching = bool(self.search_query)
        viewset = objects.model.snippet_viewset
        return find(objects, self.search_query, viewset.search_fields, objects.model._meta.model_name)


class _Listing:
    filter_form_class = _WordsForm

    @property
    def columns(self):
        return [self.title_column, status_column(sort_key=None)]

    def get_object_list(self):
        return self.model_class.snippet_viewset.get_queryset(self.request)


class ChooseView(_Listing, chooser.ChooseView):
    pass


class ChooseResultsView(_Listing, chooser.ChooseResultsView):
    pass


class _Readable:
    """What is chosen by its key is what could have been chosen in the list."""

    def get_object(self, pk):
        found = rights.visible(self.model_class.objects.all(), self.request.user).filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


class ChosenView(_Readable, chooser.SnippetChosenView):
    pass


class ChosenMultipleView(chooser.SnippetChosenMultipleView):
    def get_objects(self, pks):
        return rights.visible(self.model_class.objects.all(), self.request.user).filter(pk__in=pks)


class CreateView(chooser.SnippetCreateView):
    """Makes what is missing without leaving the form: published by who may publish, else a draft to be reviewed."""

    def save_form(self, form):
        with transaction.atomic():
            form.instance.live = False
            form.instance.steward = rights.home_team(self.request.user, type(form.instance))
            made = form.save()
            may_publish = rights.may(self.request.user, "publish", made)
            version = made.save_revision(user=self.request.user, log_action="wagtail.create")
            if may_publish:
                version.publish(user=self.request.user, skip_permission_checks=True)
        made.refresh_from_db()
        return made


class NewOrganizationForm(forms.ModelForm):
    class Meta:
        model = Organization
        fields = ["name_fr", "name_nl", "organisation_type"]


class NewPlaceForm(forms.ModelForm):
    class Meta:
        model = Location
        fields = [
            "name_fr", "name_nl", "street_fr", "street_nl", "house_number", "box", "postcode",
            "address_visibility", "precision", "lat", "lon",
        ]  # fmt: skip
        widgets = {"precision": PointSelect}

    def clean(self):
        values = super().clean()
        named = ("name_fr", "name_nl", "street_fr", "street_nl", "postcode", "lat")
        if not any(values.get(name) for name in named):
            raise forms.ValidationError(_("Give the place a name, an address or a point."))
        return values


class KnownChooser(AdminSnippetChooser):
    """A chooser that need not ask for what the form has read already."""

    known: Mapping[int, object] = MappingProxyType({})

    def get_instance(self, value):
        found = self.known.get(value) if isinstance(value, int) else None
        return found or super().get_instance(value)


class CatalogueChooserViewSet(chooser.SnippetChooserViewSet):
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    create_view_class = CreateView
    base_widget_class = KnownChooser


class OrganizationChooserViewSet(CatalogueChooserViewSet):
    creation_form_class = NewOrganizationForm
    creation_tab_label = _("New organisation")


class LocationChooserViewSet(CatalogueChooserViewSet):
    creation_form_class = NewPlaceForm
    creation_tab_label = _("New place")
