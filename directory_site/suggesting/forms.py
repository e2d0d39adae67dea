"""What somebody fills in: reasons to tick, the listing's own texts to correct, a comment, where to answer."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.codes import ReportReason
from services.models import Service
from services.suggestions.fields import ADDRESS, BY_CODE, FIELD_OF_REASON, NEW_SERVICE, change, plain, same
from services.suggestions.form_fields import MailAddress, PlainText, form_field
from services.suggestions.reading import Offered, fingerprint, offered
from services.suggestions.week import days_of
from services.suggestions.words import in_words, label_of
from services.verification import screen

from ..presenters.words import written_in

REASONS = [(code, label) for code, label in ReportReason.choices if code != ReportReason.FULL]
COMMENT_LENGTH = 2000
SHORTENED = 60
TICKED = ("access", "audience", "cost")  # fields of which a part is boxes


class SenderForm(forms.Form):
    """What both forms ask beside their subject. `trap` is for machines: people do not see it."""

    comment = PlainText(
        label=_("Anything else we should know"),
        max_length=COMMENT_LENGTH,
        rows=4,
        help_text=_("Nothing about other people, please: no names, no health, no national number."),
    )
    reply_to = MailAddress(
        label=_("Your e-mail, if you want an answer"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Used for this answer only, and deleted when it has been sent."),
    )
    trap = forms.CharField(
        required=False,
        max_length=500,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    sheet = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    proof = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    answer = forms.CharField(
        required=False, max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        # Nothing that a page has typed into it is lost when a reader's browser sends it back too long.
        for name in ("comment", "reply_to"):
            self.fields[name].widget.attrs.pop("maxlength", None)

    @property
    def faulty(self) -> list[forms.BoundField]:
        """The fields with something wrong, in the order of the page."""
        return [self[name] for name in self.fields if name in self.errors]


@dataclass(frozen=True)
class Row:
    """One field to correct: folded, with what it says now on the fold."""

    offered: Offered
    label: str
    now: str
    note: str  # "in French only", or which place
    field: forms.BoundField
    was: forms.BoundField
    open: bool
    usual: str = (
        ""  # what no field here holds (hours that a week does not say, boxes): it is described, not filled in
    )
    wide: bool = False


class CorrectionForm(SenderForm):
    """The reasons, and one field for each part of the listing that may be corrected, in the reader's language."""

    reasons = forms.MultipleChoiceField(
        choices=REASONS, required=False, widget=forms.CheckboxSelectMultiple, label=_("What is wrong?")
    )

    def __init__(self, *args, service: Service, language: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.language = language
        self.offered = {one.key: one for one in offered(service, language)}
        # What these fields say in boxes that are ticked stands on the page too, though only their text is corrected.
        self._said = {
            line.code: " · ".join(line.texts)
            for line in screen.lines(service, public=True)
            if line.code in TICKED
        }
        for key, one in self.offered.items():
            label = label_of(one.field.code)
            if self._in_words_only(one):
                self.fields[key] = form_field(BY_CODE["access"], "", label=label)
            else:
                self.fields[key] = form_field(one.field, one.shown, label=label)
            self.fields[key].widget.attrs.pop("maxlength", None)
            self.fields[f"was_{key}"] = forms.CharField(
                required=False, max_length=16, initial=self._mark(key), widget=forms.HiddenInput
            )

    @staticmethod
    def _in_words_only(one: Offered) -> bool:
        return one.field.code == "hours" and bool(one.shown) and days_of(one.shown) is None

    def _mark(self, key: str) -> str:
        """A mark of the field as it is shown untouched."""
        field = self.fields[key]
        value = field.prepare_value(field.initial)
        if isinstance(field.widget, forms.MultiWidget):
            value = field.widget.decompress(value)
        return fingerprint(plain(value if value is not None else ""))

    def _untouched(self, key: str) -> bool:
        posted = plain(self[key].value() or "")
        was = self[f"was_{key}"].value()
        return fingerprint(posted) in (was, self._mark(key)) or (
            isinstance(posted, str) and not posted and self._mark(key) == fingerprint([])
        )

    def _clean_fields(self):
        """What nobody touched is not checked: a listing's old mistakes are not its reader's."""
        every = self.fields
        self.fields = {
            name: field
            for name, field in every.items()
            if name not in self.offered or not self._untouched(name)
        }
        try:
            super()._clean_fields()
        finally:
            self.fields = every

    def clean(self):
        values = super().clean()
        self.changes = self._changes(values)
        if not self.errors and not (self.changes or values.get("reasons") or values.get("comment")):
            raise ValidationError(
                _("Tell us what is wrong: tick a reason, correct a field, or write a few words."),
                code="empty",
            )
        reasons = values.get("reasons") or []
        if reasons == [ReportReason.OTHER] and not self.changes and not values.get("comment"):
            self.add_error("comment", _("Write a few words about what is wrong."))
        return values

    def _changes(self, values: dict[str, Any]) -> list[dict]:
        found = []
        for key, one in self.offered.items():
            if key not in values or same(values[key], one.shown):
                continue
            code = one.field.code
            if self._in_words_only(one):
                if not values[key]:
                    continue
                code = "hours_words"
            found.append(change(code, one.before, values[key], language=one.language, part=one.part))
        return found

    @property
    def rows(self) -> list[Row]:
        wanted = set()
        if self.is_bound:
            wanted = {FIELD_OF_REASON.get(code) for code in self["reasons"].value() or []}
        return [self._row(key, one, wanted) for key, one in self.offered.items()]

    def _row(self, key: str, one: Offered, wanted: set[str | None]) -> Row:
        text = in_words(one.field.code, one.shown)
        said = self._said.get(one.field.code) or text
        line = " · ".join(said.split("\n"))
        note = written_in(one.language) if one.language and one.language != self.language and text else ""
        touched = self.is_bound and not self._untouched(key)
        asked = one.field.code in wanted or (one.field.code in ADDRESS and "street" in wanted)
        return Row(
            offered=one,
            label=str(self.fields[key].label),
            now=line if len(line) <= SHORTENED else line[: SHORTENED - 1].rstrip() + "…",
            note=" · ".join(part for part in (one.place, note) if part),
            field=self[key],
            was=self[f"was_{key}"],
            open=touched or asked or key in self.errors,
            usual=said if self._in_words_only(one) or (said and not text) else "",
            wide=one.field.kind in ("hours", "codes"),
        )


class NewServiceForm(SenderForm):
    """A service that is missing."""

    name = PlainText(label=_("Name of the service"), max_length=NEW_SERVICE["name"], required=True)
    organization = PlainText(
        label=_("Organisation"),
        max_length=NEW_SERVICE["organization"],
        help_text=_("If it has another name."),
    )
    description = PlainText(
        label=_("What it does, and for whom"), max_length=NEW_SERVICE["description"], rows=4, required=True
    )
    street = PlainText(label=_("Street and number"), max_length=NEW_SERVICE["street"])
    postcode = PlainText(label=_("Postcode or commune"), max_length=NEW_SERVICE["postcode"], required=True)
    phones = PlainText(
        label=_("Phone"),
        max_length=NEW_SERVICE["phones"],
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    website = PlainText(
        label=_("Website"),
        max_length=NEW_SERVICE["website"],
        links=1,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    email = MailAddress(
        label=_("E-mail of the service"),
        max_length=NEW_SERVICE["email"],
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )

    field_order = (
        "name",
        "organization",
        "description",
        "street",
        "postcode",
        "phones",
        "website",
        "email",
    )
    SUBJECT = field_order

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.SUBJECT:
            self.fields[name].widget.attrs.pop("maxlength", None)

    def values(self) -> dict[str, str]:
        """By the names of fields.NEW_SERVICE."""
        return {name: self.cleaned_data.get(name, "") for name in NEW_SERVICE}

    @property
    def subject(self) -> list[forms.BoundField]:
        return [self[name] for name in self.SUBJECT]

    @property
    def about(self) -> str:
        return gettext("What is missing?")
