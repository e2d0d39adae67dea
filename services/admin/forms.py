"""Forms of the catalogue where Wagtail's default would be long, slow, or end in a database error."""

from django import forms
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from accounts.models import Team
from services import rights
from services.codes import Taxonomy
from services.models import ExternalIdentifier, TaxonomyTerm
from services.terms.selectors import last_place
from services.translating.selectors import stale_fields

from .drafts import DraftForm
from .preloading import preload_places


class CatalogueForm(DraftForm):
    """Keeps texts that nobody touched as they were, offers what this user may see, says which identifier is taken."""

    change_reason = forms.CharField(
        label=_("Why this change (optional)"),
        max_length=200,
        required=False,
        help_text=_("For the history: “new hours, told by phone”. No names of people who were helped."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "organisation_type" in self.fields:
            self.fields["organisation_type"].queryset = TaxonomyTerm.objects.filter(
                Q(retired=False) | Q(pk=self.instance.organisation_type_id),
                taxonomy=Taxonomy.ORGANISATION_TYPE,
            ).order_by("sort_order", "code")
        if "steward" in self.fields and self.for_user is not None:
            self._offer_teams()

    def _offer_teams(self) -> None:
        """Asked only of an author with several teams; a listing changes hands by a hand-over, which both agree to."""
        teams = rights.teams_writing(self.for_user, self._meta.model) if self.instance._state.adding else []
        if len(teams) > 1:
            chosen = self.fields["steward"]
            chosen.queryset = Team.objects.filter(pk__in=[team.pk for team in teams]).order_by("name")
            chosen.required = True
            return
        del self.fields["steward"]
        if teams:
            self.instance.steward = teams[0]

    def clean(self):
        """A browser sends "" for an empty text and CRLF for a line's end: neither is an edit."""
        values = super().clean()
        nullable = {field.name for field in self._meta.model._meta.concrete_fields if field.null}
        for name, value in values.items():
            if isinstance(value, str):
                values[name] = value.replace("\r\n", "\n") or (None if name in nullable else "")
        return values

    def is_valid(self) -> bool:
        return super().is_valid() and self._identifiers_are_free()

    def _identifiers_are_free(self) -> bool:
        """A part's own form cannot tell: it has not met its parent yet."""
        owner = self._meta.model._meta.model_name
        free, seen = True, set()
        for form in self.formsets["external_identifiers"].forms if self.formsets else ():
            named = (form.cleaned_data.get("scheme"), form.cleaned_data.get("identifier"))
            if form.cleaned_data.get("DELETE") or not all(named):
                continue
            others = ExternalIdentifier.objects.filter(
                scheme=named[0], identifier=named[1], **{f"{owner}__isnull": False}
            ).exclude(**{owner: self.instance.pk})
            if named in seen or others.exists():
                form.add_error("identifier", _("This identifier already names something else."))
                free = False
            seen.add(named)
        return free


class _ByTopNeed(ModelChoiceIterator):
    """Choices under the need they are part of; the top need itself comes first in its group. One query."""

    def __iter__(self):
        terms = list(self.queryset)
        known = {term.pk for term in terms}
        parts: dict[int, list[TaxonomyTerm]] = {}
        for term in terms:
            if term.parent_id in known:
                parts.setdefault(term.parent_id, []).append(term)
        for top in terms:
            if top.parent_id not in known:
                yield str(top), [self.choice(term) for term in [top, *parts.get(top.pk, [])]]


class NeedsField(forms.ModelMultipleChoiceField):
    iterator = _ByTopNeed


class ServiceForm(CatalogueForm):
    """Needs as a tree of checkboxes; translations older than their original say so; places are read at once."""

    def __init__(self, *args, **kwargs):
        instance = kwargs.get("instance")
        only_shown = kwargs.get("data") is None and not args and instance is not None and instance.pk
        places = preload_places(instance) if only_shown else {}
        super().__init__(*args, **kwargs)
        for form in self.formsets["service_at_locations"].forms if places else ():
            form.fields["location"].widget.known = places
        for language, names in stale_fields(self.instance).items():
            for name in names:
                if f"{name}_{language}" in self.fields:
                    self.fields[f"{name}_{language}"].help_text = _("Older than the original: read it again.")
        if "needs" in self.fields:
            # A retired need is offered no more, but a service that has it keeps it until somebody unticks it.
            kept = [term.pk for term in self.instance.needs.all()]
            self.fields["needs"] = NeedsField(
                queryset=TaxonomyTerm.objects.filter(
                    Q(retired=False) | Q(pk__in=kept), taxonomy=Taxonomy.NEED
                ).order_by("sort_order", "code"),
                required=False,
                label=_("Needs it answers"),
                widget=forms.CheckboxSelectMultiple,
            )


class TermForm(WagtailAdminModelForm):
    """The words of a term. Its place is chosen once, here; afterwards the tree moves, merges and retires it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:
            parents = TaxonomyTerm.objects.filter(retired=False, parent=None).order_by("sort_order", "code")
            if self.instance.taxonomy:
                parents = parents.filter(taxonomy=self.instance.taxonomy)
            self.fields["parent"].queryset = parents
        if self.instance.pk:
            for name in ("taxonomy", "code", "parent"):
                if name in self.fields:
                    self.fields[name].disabled = True

    def save(self, commit=True):
        if self.instance._state.adding:
            self.instance.sort_order = last_place(self.instance.taxonomy, self.instance.parent)
        return super().save(commit)
