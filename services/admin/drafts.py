"""Forms that lose nothing of a draft: what is half typed is kept by the autosave, and refused when it is published.

A draft needs only what the database needs. The autosave also keeps texts that are wrong so far ("nine" as a time, a
phone without all its digits); the same form sent by its button says what is wrong, and `services.publishing` lets
nothing wrong through.
"""

from django.db.models import CharField, TextField
from django.forms.formsets import ORDERING_FIELD_NAME
from modelcluster.forms import BaseChildFormSet
from wagtail.admin.forms import WagtailAdminModelForm

from services.models.base import NAME_NEEDED


class DraftForm(WagtailAdminModelForm):
    """A form whose drafts may lack a name, and which keeps wrong texts after `keep_what_is_typed()`."""

    keeps_wrong_texts = False

    def full_clean(self):
        """An empty row keeps its place: Wagtail sorts all rows by it when it draws the form again."""
        super().full_clean()
        if self.is_bound and ORDERING_FIELD_NAME in self.fields:
            self.cleaned_data.setdefault(ORDERING_FIELD_NAME, None)

    def keep_what_is_typed(self) -> None:
        """To be called before validation, by a save that nobody asked for."""
        self.keeps_wrong_texts = True
        for formset in self.formsets.values():
            for form in formset.forms:
                form.keep_what_is_typed()

    def _post_clean(self):
        super()._post_clean()
        if self.is_deferred_validation:
            self._forgive_the_missing_name()
        if self.keeps_wrong_texts:
            for name in list(self._errors):
                self._keep(name)

    def _forgive_the_missing_name(self) -> None:
        for name, errors in list(self._errors.items()):
            left = [error for error in errors.as_data() if error.code != NAME_NEEDED]
            if len(left) < len(errors):
                del self._errors[name]
                for error in left:
                    self.add_error(name, error)

    def _keep(self, name: str) -> None:
        """Put the text as typed into the instance, where its column can hold it; else its error stays."""
        columns = {field.name: field for field in self._meta.model._meta.concrete_fields}
        column = columns.get(name)
        if column is None or column.choices or not isinstance(column, CharField | TextField):
            return
        field = self.fields[name]
        typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        if not isinstance(typed, str) or len(typed) > (column.max_length or len(typed)) or "\0" in typed:
            return
        del self._errors[name]
        self.cleaned_data[name] = typed
        setattr(self.instance, name, typed)


class PartsFormSet(BaseChildFormSet):
    """A list of parts; a row that was added and left empty is no row, however often the form is sent.

    Wagtail counts a row that the autosave has seen among the initial ones, which must be complete.
    """

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        if form.instance.pk is None:
            form.empty_permitted = True
            form.use_required_attribute = False
        return form

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.instance.pk is None and ORDERING_FIELD_NAME in form.fields:
            form.fields[ORDERING_FIELD_NAME].has_changed = lambda initial, data: (
                False
            )  # a place is no content


def faults_in_words(form) -> list[str]:
    """What a form refuses, each with the name of its field: "Opens at: “nine” is not a time such as 08:30."."""
    said: list[str] = []
    _collect(form, said)
    return said


def _collect(form, said: list[str]) -> None:
    for name, errors in form.errors.items():
        field = form.fields.get(name)
        label = str(field.label or "") if field else ""
        said += [f"{label}: {error}" if label else str(error) for error in errors]
    for formset in getattr(form, "formsets", {}).values():
        said += [str(error) for error in formset.non_form_errors()]
        for part in formset.forms:
            if not (formset.can_delete and formset._should_delete_form(part)):
                _collect(part, said)
