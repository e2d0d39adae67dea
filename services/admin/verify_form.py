"""The form of the verification screen: for each thing "right" or "not right", its correction, how and with what result."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services import codes
from services.codes import ConfirmedField, VerificationChannel, VerificationResult
from services.models import Service
from services.rules import phone_e164
from services.verification import screen
from services.verification.corrections import Corrections, phones_of, source_language

RIGHT, WRONG = "right", "wrong"
ANSWERS = ((RIGHT, _("Right")), (WRONG, _("Not right")))
# The organisation's own answer comes by its link.
CHANNELS = [pair for pair in VerificationChannel.choices if pair[0] != VerificationChannel.SELF]
# What is short enough to be mended during the call; the rest has a link to the full form.
_MENDED = ("name", "summary", "languages", "access_steps", "capacity")


@dataclass
class Row:
    """One thing to confirm with its fields of the form."""

    line: screen.Line
    answer: forms.BoundField
    mends: list[forms.BoundField]


class VerifyForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("How"), choices=CHANNELS, initial=VerificationChannel.CALL, widget=forms.RadioSelect
    )
    result = forms.ChoiceField(
        label=_("Result"), choices=VerificationResult.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note for the team"),
        required=False,
        max_length=400,
        help_text=_("Never the name of a person."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, service: Service, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.service = service
        self.language = source_language(service)
        self.lines = screen.lines(service)
        self.phones = {f"phone_{phone.uuid.hex}": phone for phone in phones_of(service)}
        for line in self.lines:
            self.fields[f"is_{line.code}"] = forms.ChoiceField(
                label=line.label, choices=ANSWERS, required=False, widget=forms.RadioSelect
            )
        for name, phone in self.phones.items():
            self.fields[name] = forms.CharField(
                label=str(phone.description or _("number")),
                max_length=40,
                required=False,
                initial=phone.number,
                widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
            )
        for name in _MENDED:
            self.fields[name] = self._mending(name)

    def _mending(self, name: str) -> forms.Field:
        """The model's own field, not asked for until the answer is "not right"."""
        column = f"{name}_{self.language}" if name in ("name", "summary") else name
        field = Service._meta.get_field(column).formfield()
        field.required = False
        field.initial = getattr(self.service, column)
        if name == "summary":
            field.widget = forms.Textarea(attrs={"rows": 2, "maxlength": 200})
        field.label = {"name": _("Name"), "summary": _("In one sentence")}.get(name, field.label)
        return field

    def rows(self) -> list[Row]:
        return [
            Row(line, self[f"is_{line.code}"], [self[name] for name in self._mends(line.code)])
            for line in self.lines
        ]

    def _mends(self, code: str) -> list[str]:
        """Names of the fields that mend this thing here; none: only the full form can."""
        if code == ConfirmedField.PHONE:
            return list(self.phones)
        return {
            ConfirmedField.NAME.value: ["name"],
            ConfirmedField.DESCRIPTION.value: ["summary"],
            ConfirmedField.LANGUAGES.value: ["languages"],
            ConfirmedField.ACCESS.value: ["access_steps"],
            ConfirmedField.CAPACITY.value: ["capacity"],
        }.get(code, [])

    def _answered(self, answer: str) -> list[str]:
        return [line.code for line in self.lines if self.cleaned_data.get(f"is_{line.code}") == answer]

    def _changed(self, code: str) -> list[str]:
        return [name for name in self._mends(code) if self[name]._has_changed()]

    def clean(self):
        values = super().clean()
        for code in self._answered(WRONG):
            for name in self._changed(code):
                if name not in self.errors:
                    self._check(name, values.get(name))
        if values.get("result") == VerificationResult.VERIFIED:
            left = [code for code in self._answered(WRONG) if not self._changed(code)]
            for code in left:
                self.add_error(
                    f"is_{code}",
                    _("Correct it here, or choose “Partly verified” and mend it in the full form."),
                )
        if values.get("result") == VerificationResult.PARTLY and not self.confirmed():
            self.add_error("result", _("Say what was right: nothing is ticked."))
        return values

    def _check(self, name: str, value) -> None:
        if name in self.phones and (not value or phone_e164(value) is None):
            message = gettext("This is no phone number. Write it as 02 123 45 67 or +32 2 123 45 67.")
            self.add_error(name, ValidationError(message))
        elif name == "name" and not (value or "").strip():
            self.add_error(name, _("A listing needs a name."))

    def shown(self) -> list[str]:
        return [line.code for line in self.lines]

    def confirmed(self) -> list[str]:
        """What was right, or was mended in the call. "All is right" means all of it."""
        result = self.cleaned_data.get("result")
        if result == VerificationResult.VERIFIED:
            return self.shown()
        if result != VerificationResult.PARTLY:
            return []
        mended = [code for code in self._answered(WRONG) if self._changed(code)]
        return [code for code in self.shown() if code in {*self._answered(RIGHT), *mended}]

    def corrections(self) -> Corrections:
        values: dict[str, object] = {}
        phones = {}
        if self.cleaned_data.get("result") not in (VerificationResult.VERIFIED, VerificationResult.PARTLY):
            return Corrections()
        for code in self._answered(WRONG):
            for name in self._changed(code):
                value = self.cleaned_data[name]
                if name in self.phones:
                    phones[self.phones[name].uuid] = value.strip()
                elif name in ("name", "summary"):
                    values[f"{name}_{self.language}"] = value.strip().replace("\r\n", "\n")
                else:
                    values[name] = value
        return Corrections(values, phones)


class LifecycleForm(forms.Form):
    """What follows from calls that reached nobody, or from hearing that it is over."""

    lifecycle = forms.ChoiceField(
        choices=[
            (codes.Lifecycle.SUSPENDED, codes.Lifecycle.SUSPENDED.label),
            (codes.Lifecycle.CLOSED_PERMANENTLY, codes.Lifecycle.CLOSED_PERMANENTLY.label),
        ],
        widget=forms.HiddenInput,
    )

    def __init__(self, *args, service: Service, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.service = service
        self.fields["replaced_by"] = forms.ModelChoiceField(
            label=_("Replaced by"),
            queryset=Service.objects.filter(live=True).exclude(pk=service.pk),
            required=False,
            help_text=_("Who comes for it is sent on to this one."),
            widget=Service.snippet_viewset.chooser_viewset.widget_class(),
        )
