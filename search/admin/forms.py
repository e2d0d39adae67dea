"""The form of a concept: the words of four languages beside each other, then where they lead."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList

from search.models.concept import LANGUAGES, TERM_FIELDS
from search.models.phrases import COLUMN_OF, LABELS
from services.admin.forms import NeedsField
from services.models import TaxonomyTerm

from .trying import TryItPanel

ROWS = {"name": 4, "acronym": 2, "lay": 7}


class ConceptForm(WagtailAdminModelForm):
    """Terms that were retired are offered no more, but stay where they are until somebody unticks them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "code" in self.fields:
            self.fields["code"].disabled = True
        for name, taxonomy in TERM_FIELDS.items():
            if name in self.fields:
                self.fields[name] = self._terms_field(name, taxonomy)

    def _terms_field(self, name: str, taxonomy: str) -> forms.ModelMultipleChoiceField:
        kept = [term.pk for term in getattr(self.instance, name).all()]
        field = NeedsField if name == "needs" else forms.ModelMultipleChoiceField
        return field(
            queryset=TaxonomyTerm.objects.filter(
                Q(retired=False) | Q(pk__in=kept), taxonomy=taxonomy
            ).order_by("sort_order", "code"),
            required=False,
            label=self.fields[name].label,
            widget=forms.CheckboxSelectMultiple,
        )

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            chosen = sum(len(self.cleaned_data.get(name) or ()) for name in TERM_FIELDS)
            try:
                self.instance.check_it_leads_somewhere(terms=chosen)
            except ValidationError as error:
                self.add_error(None, error)


def _language(code: str, name: str) -> MultiFieldPanel:
    return MultiFieldPanel(
        [
            FieldPanel(
                f"{COLUMN_OF[kind]}_{code}",
                heading=LABELS[kind],
                widget=forms.Textarea(attrs={"rows": rows, "lang": code}),
            )
            for kind, rows in ROWS.items()
        ],
        heading=name,
        classname="concept-language",
    )


def concept() -> ObjectList:
    names = dict(settings.LANGUAGES)
    return ObjectList(
        [
            MultiFieldPanel(
                [_language(code, names.get(code, code)) for code in LANGUAGES],
                heading=_("Words"),
                help_text=_("One name, word or short sentence a line, as people say or write it."),
                classname="concept-words",
            ),
            FieldPanel("needs", classname="needs-tree"),
            FieldPanel("organisation_types", classname="concept-terms"),
            FieldPanel("audiences", classname="concept-terms"),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("code"), FieldPanel("active")]),
                    FieldPanel("counterpart_only"),
                    FieldPanel("note", widget=forms.Textarea(attrs={"rows": 2})),
                ],
                heading=_("About this concept"),
            ),
            TryItPanel(heading=_("Try it"), classname="concept-try"),
        ],
        base_form_class=ConceptForm,
    )
