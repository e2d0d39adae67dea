"""Choosing an organisation or a place in a form: searched by words, sorted, without a query per row."""

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.snippets.views import chooser

from services import rights

from .columns import status_column
from .find import find


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


class CatalogueChooserViewSet(chooser.SnippetChooserViewSet):
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
