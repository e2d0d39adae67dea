"""Form fields for the values of a suggestion: the public form and the deciding editor fill in the same ones."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.codes import Language
from services.rules import phone_e164

from .fields import NUMBERS, Field
from .screening import LINKS, faults
from .week import NotHours, days_of, hours_of

FAULTS = {
    "markup": _("Write plain text here, without the signs < and > of web pages."),
    "links": _("There are too many web addresses in this text: %(count)d at most.") % {"count": LINKS},
    "national_number": _(
        "This looks like a national register number. Take it out: the directory must not hold any person's number."
    ),
    "control": _(
        "There are signs in this text that cannot be read. Type it anew, or paste it as plain text."
    ),
}


def screened(text: str, *, links: int = LINKS) -> str:
    """The text, when nothing in it is refused. Raises ValidationError saying what and why."""
    found = faults(text, links=links)
    if found:
        raise ValidationError([FAULTS[fault] for fault in found], code=found[0])
    return text


class PlainText(forms.CharField):
    """A text from outside, screened; line ends as "\\n"."""

    def __init__(self, *args, rows: int = 0, links: int = LINKS, **kwargs):
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        kwargs.setdefault("required", False)
        self.links = links
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")

    def validate(self, value):
        super().validate(value)
        screened(value, links=self.links)


class NumbersField(PlainText):
    """Phone numbers, one a line; the value is a list."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 400)
        super().__init__(*args, rows=2, **kwargs)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value):
        text = super().clean(value)
        numbers = list(dict.fromkeys(part.strip() for part in re.split(r"[\n;]", text) if part.strip()))
        if len(numbers) > NUMBERS:
            raise ValidationError(_("At most %(count)d numbers.") % {"count": NUMBERS})
        for number in numbers:
            if len(number) > 40 or phone_e164(number) is None:
                raise ValidationError(
                    gettext("“%(number)s” is no phone number. Write it as 02 123 45 67 or +32 2 123 45 67.")
                    % {"number": number[:60]}
                )
        return numbers


class WebAddress(PlainText):
    """A web address; "www.example.org" is taken as https."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, links=1, **kwargs)

    def clean(self, value):
        text = super().clean(value).strip()
        if not text:
            return ""
        return forms.URLField(max_length=self.max_length, assume_scheme="https").clean(text)


class MailAddress(PlainText):
    def clean(self, value):
        text = super().clean(value).strip()
        return forms.EmailField(max_length=254).clean(text) if text else ""


class WeekWidget(forms.MultiWidget):
    """Seven lines, one a day."""

    template_name = "services/suggestions/week.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        lines = [
            forms.TextInput(attrs={"maxlength": 100, "autocomplete": "off", "aria-label": WEEKDAYS[day]})
            for day in range(7)
        ]
        super().__init__(lines, attrs)

    def decompress(self, value):
        return (days_of(value) if value else None) or [""] * 7

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for day, line in enumerate(context["widget"]["subwidgets"]):
            line["day"] = WEEKDAYS[day]
        return context


class WeekField(forms.MultiValueField):
    """Opening hours of a week; the value is OSM syntax. `before`: the hours it starts from."""

    widget = WeekWidget

    def __init__(self, *args, before: str = "", **kwargs):
        self.before = before
        kwargs.setdefault("required", False)
        lines = [forms.CharField(required=False, max_length=100) for _day in range(7)]
        super().__init__(fields=lines, require_all_fields=False, *args, **kwargs)  # noqa: B026

    def compress(self, data_list):
        try:
            return hours_of([line or "" for line in data_list], self.before)
        except NotHours as error:
            raise ValidationError(
                gettext(
                    "%(day)s: “%(text)s” cannot be read as hours. Write 9-12, 13:30-17, or leave it empty."
                )
                % {"day": str(WEEKDAYS[error.day]).capitalize(), "text": error.text[:60]}
            ) from None


def form_field(field: Field, before: Any, **kwargs) -> forms.Field:
    """The form field for a value of this kind."""
    if field.kind == "numbers":
        return NumbersField(initial=before, **kwargs)
    if field.kind in ("hours", "words"):
        return WeekField(initial=before, before=before if field.kind == "hours" else "", **kwargs)
    if field.kind == "codes":
        return forms.MultipleChoiceField(
            choices=Language.choices,
            initial=before,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )
    if field.code == "website":
        return WebAddress(initial=before, max_length=field.length, **kwargs)
    if field.code == "email":
        return MailAddress(initial=before, max_length=field.length, **kwargs)
    rows = 4 if field.kind == "text" else 0
    return PlainText(initial=before, max_length=field.length, rows=rows, **kwargs)
