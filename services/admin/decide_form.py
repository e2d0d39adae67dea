"""The form of a decision: for each change yes or no, the text as it will stand, and the answer to the sender."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from services.codes import SuggestionChannel, SuggestionKind
from services.models import Service, Suggestion
from services.suggestions.deciding import Choice
from services.suggestions.fields import BY_CODE, same
from services.suggestions.form_fields import form_field
from services.suggestions.reading import PlaceGone, fingerprint, link_of, now_of
from services.suggestions.words import answer_texts, in_words, label_of

from .suggestion_words import subject_of

YES, BY_HAND, NO = "yes", "by_hand", "no"
_LABELS = {
    YES: pgettext_lazy("decision", "Accept"),
    BY_HAND: pgettext_lazy("decision", "Right, and corrected by hand"),
    NO: pgettext_lazy("decision", "Refuse"),
}


@dataclass(frozen=True)
class Line:
    """One change in words, and the fields that decide about it."""

    index: int
    label: str
    note: str
    before: str
    after: str
    now: str
    outdated: bool  # the listing says something else than what the sender had before them
    gone: bool  # its place is no longer one of the listing's
    done: bool  # it says already what is suggested
    decision: forms.BoundField | None = None
    value: forms.BoundField | None = None
    seen: forms.BoundField | None = None
    state: str = ""


def lines_of(suggestion: Suggestion, version: Service | None) -> list[Line]:
    """The changes in the active language; without a version nothing is said about now."""
    found = []
    for index, change in enumerate(suggestion.changes):
        now, gone = None, False
        if version is not None and suggestion.kind != SuggestionKind.NEW_SERVICE:
            try:
                now = now_of(version, change)
            except PlaceGone:
                gone = True
        code = change["field"]
        shown_now = "hours" if code == "hours_words" else code
        found.append(
            Line(
                index=index,
                label=label_of(code),
                note=_note(change, version, gone),
                before=in_words(shown_now, change["before"]),
                after=in_words(code, change["after"]),
                now=in_words(shown_now, now),
                outdated=gone or (now is not None and not same(now, change["before"])),
                gone=gone,
                done=now is not None and same(now, change["after"]),
                state=change["state"],
            )
        )
    return found


def _note(change: dict, version: Service | None, gone: bool) -> str:
    """Which language, which place."""
    parts = []
    if change["language"]:
        parts.append(dict(settings.LANGUAGES).get(change["language"], change["language"]))
    if change["part"] and version is not None and not gone:
        parts.append(str(link_of(version, change["part"]).location))
    return " · ".join(parts)


def answer_field() -> forms.CharField:
    return forms.CharField(
        label=_("Answer to the sender"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 7}),
    )


def answers_to(suggestion: Suggestion) -> dict[str, str]:
    """The answer for each outcome, in the sender's language. Agents read the outcome itself: a letter would be noise."""
    if suggestion.channel == SuggestionChannel.AGENT:
        return dict.fromkeys(("accepted", "partly", "refused"), "")
    with override(suggestion.language):
        return answer_texts(subject_of(suggestion), new=suggestion.kind == SuggestionKind.NEW_SERVICE)


class DecisionForm(forms.Form):
    """For a correction or a report. `version`: what the decision changes, the draft where one waits."""

    answer = answer_field()
    into_draft = forms.BooleanField(
        label=_("Put what is accepted into the draft that is waiting"), required=False
    )

    def __init__(self, *args, suggestion: Suggestion, version: Service | None, waiting: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.suggestion = suggestion
        self.lines = []
        if not waiting:
            del self.fields["into_draft"]
        if not suggestion.changes:
            self.fields["outcome"] = forms.ChoiceField(
                label=_("What became of it?"),
                choices=[
                    (YES, pgettext_lazy("decision", "Right: it has been dealt with")),
                    (NO, pgettext_lazy("decision", "Not right: nothing to change")),
                ],
                widget=forms.RadioSelect,
            )
        lines = lines_of(suggestion, version)
        for line in lines:
            self._add(line, suggestion.changes[line.index], version)
        self.lines = [
            Line(
                **{
                    **line.__dict__,
                    "decision": self[f"decision_{line.index}"],
                    "value": self[f"value_{line.index}"] if f"value_{line.index}" in self.fields else None,
                    "seen": self[f"seen_{line.index}"],
                }
            )
            for line in lines
        ]
        self.answers = answers_to(suggestion)
        self.fields["answer"].initial = self.answers["accepted"]

    def _add(self, line: Line, change: dict, version: Service | None) -> None:
        offered = [BY_HAND, NO] if line.gone else [YES, BY_HAND, NO]
        self.fields[f"decision_{line.index}"] = forms.ChoiceField(
            label=line.label,
            choices=[(code, _LABELS[code]) for code in offered],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose what becomes of this.")},
        )
        field = BY_CODE[change["field"]]
        if field.kind != "closed" and not line.gone:
            start: Any = "" if field.kind == "words" else change["after"]
            self.fields[f"value_{line.index}"] = form_field(
                field, start, label=_("As it will stand in the listing")
            )
        now = None
        if version is not None and not line.gone:
            now = now_of(version, change)
        self.fields[f"seen_{line.index}"] = forms.CharField(
            required=False, initial=fingerprint(now), widget=forms.HiddenInput
        )

    def _clean_fields(self):
        """A value is read only where it is accepted as it stands in the form."""
        every = self.fields
        self.fields = {
            name: field
            for name, field in every.items()
            if not name.startswith("value_")
            or self.data.get(self.add_prefix(f"decision_{name.removeprefix('value_')}")) == YES
        }
        try:
            super()._clean_fields()
        finally:
            self.fields = every

    def clean(self):
        values = super().clean()
        for index, change in enumerate(self.suggestion.changes):
            field = BY_CODE[change["field"]]
            name = f"value_{index}"
            accepted = values.get(f"decision_{index}") == YES
            if accepted and field.kind == "words" and not values.get(name) and name not in self.errors:
                self.add_error(name, _("Fill in the hours, or correct the listing by hand and say so here."))
        return values

    def choices(self) -> dict[int, Choice]:
        """By the change's place, for services.suggestions.deciding.decide."""
        found = {}
        for index, change in enumerate(self.suggestion.changes):
            decision = self.cleaned_data[f"decision_{index}"]
            found[index] = Choice(
                accept=decision != NO,
                by_hand=decision == BY_HAND,
                value=self.cleaned_data.get(f"value_{index}", change["after"]),
                seen=self.cleaned_data.get(f"seen_{index}", ""),
            )
        return found

    @property
    def dealt_with(self) -> bool:
        return self.cleaned_data.get("outcome") == YES


class NewServiceDecisionForm(forms.Form):
    """For a new service: a draft is made of it, or not."""

    outcome = forms.ChoiceField(
        label=_("What becomes of it?"),
        choices=[
            (YES, pgettext_lazy("decision", "Make a draft of it")),
            (NO, pgettext_lazy("decision", "Refuse")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what becomes of this.")},
    )
    answer = answer_field()

    def __init__(self, *args, suggestion: Suggestion, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = lines_of(suggestion, None)
        self.answers = answers_to(suggestion)
        self.fields["answer"].initial = self.answers["accepted"]

    @property
    def dealt_with(self) -> bool:
        return self.cleaned_data.get("outcome") == YES
