"""A list of codes in one column: checkboxes in a form, a JSON array in the database."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class CodeListField(models.JSONField):
    """Several codes of one closed list (TextChoices `codes`), in the list's own order, each once."""

    def __init__(self, *args, codes=None, **kwargs):
        self.codes = codes
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        # The list of codes stays out of migrations: adding a language is not a change of schema.
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        unknown = sorted(set(value) - set(self.codes.values)) if self.codes else []
        if unknown:
            raise ValidationError(
                _("Unknown code: %(codes)s"), params={"codes": ", ".join(unknown)}, code="unknown_code"
            )

    def formfield(self, **kwargs):
        return forms.MultipleChoiceField(
            choices=self.codes.choices,
            required=False,
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )
