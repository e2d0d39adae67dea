"""Forms of the catalogue where Wagtail's default would be long or slow."""

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from services.codes import Taxonomy
from services.models import TaxonomyTerm


class _ByTopNeed(ModelChoiceIterator):
    """Choices under the need they are part of; the top need itself comes first in its group. One query."""

    def __iter__(self):
        terms = list(self.queryset)
        parts: dict[int, list[TaxonomyTerm]] = {}
        for term in terms:
            if term.parent_id is not None:
                parts.setdefault(term.parent_id, []).append(term)
        for top in terms:
            if top.parent_id is None:
                yield str(top), [self.choice(term) for term in [top, *parts.get(top.pk, [])]]


class NeedsField(forms.ModelMultipleChoiceField):
    iterator = _ByTopNeed


class ServiceForm(WagtailAdminModelForm):
    """Needs as a tree of checkboxes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "needs" in self.fields:
            self.fields["needs"] = NeedsField(
                queryset=TaxonomyTerm.objects.filter(taxonomy=Taxonomy.NEED, retired=False).order_by(
                    "sort_order", "code"
                ),
                required=False,
                label=_("Needs it answers"),
                widget=forms.CheckboxSelectMultiple,
            )
