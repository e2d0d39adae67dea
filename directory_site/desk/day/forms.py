"""The form by which an agent says what became of an orientation."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from referrals import states
from referrals.actions.follow_ups import LATEST
from referrals.actions.recording import AGAIN, Result, offered
from referrals.codes import Barrier, Reason
from referrals.models import FollowUp
from referrals.waiting import working_day
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS

_REASONS = states.PERSON_REASONS | states.SERVICE_REASONS


def next_try(now: datetime) -> datetime:
    """The next working day, in the other half of the day (Europe/Brussels)."""
    local = timezone.localtime(now)
    day = working_day(local.date() + timedelta(days=1), lambda one: one in BELGIAN_HOLIDAYS)
    return local.replace(
        year=day.year,
        month=day.month,
        day=day.day,
        hour=14 if local.hour < 12 else 10,
        minute=0,
        second=0,
        microsecond=0,
    )


class VersionedForm(forms.Form):
    """About a follow-up as it was when the page was made (`version`)."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def look_again(self, follow_up: FollowUp) -> None:
        """What was typed stays, now about what is there: whoever has read the page may send it once more."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(follow_up.version)


class RecordForm(VersionedForm):
    """Only what the states allow is offered."""

    result = forms.ChoiceField(label=_("What did you learn?"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(
        label=_("Why did it not work out?"),
        required=False,
        choices=[("", "—"), *((code, label) for code, label in Reason.choices if code in _REASONS)],
    )
    barriers = forms.MultipleChoiceField(
        label=_("What stood in the way"),
        choices=Barrier.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    again_at = forms.DateTimeField(
        label=_("Ask again on"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )
    on = forms.DateField(
        label=_("When was that? (empty: today)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, *args, follow_up: FollowUp, **kwargs):
        kwargs.setdefault("initial", {"version": follow_up.version, "again_at": next_try(timezone.now())})
        super().__init__(*args, **kwargs)
        self._offer(follow_up)
        if follow_up.orientation is None:
            for name in ("reason", "barriers"):
                del self.fields[name]

    def _offer(self, follow_up: FollowUp) -> None:
        self.fields["result"].choices = [(one.value, one.label) for one in offered(follow_up)]

    def look_again(self, follow_up: FollowUp) -> None:
        super().look_again(follow_up)
        self._offer(follow_up)

    def clean(self):
        values = super().clean()
        result = values.get("result")
        if result == Result.FAILED and not values.get("reason"):
            self.add_error("reason", _("Say why: it is what the authorities learn from."))
        if result in AGAIN and "again_at" not in self.errors:
            again = values.get("again_at")
            if again is None or not timezone.now() < again < timezone.now() + LATEST:
                self.add_error("again_at", _("Give a moment to come, within two years."))
        return values


class DateForm(VersionedForm):
    """Another moment for something that is pending; nothing is recorded by it."""

    due_at = forms.DateTimeField(
        label=_("Another date"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
    )

    def __init__(self, *args, follow_up: FollowUp, **kwargs):
        kwargs.setdefault(
            "initial", {"version": follow_up.version, "due_at": timezone.localtime(follow_up.due_at)}
        )
        kwargs.setdefault("auto_id", "date_%s")
        super().__init__(*args, **kwargs)

    def clean_due_at(self):
        found = self.cleaned_data["due_at"]
        if not timezone.now() < found < timezone.now() + LATEST:
            raise forms.ValidationError(_("Give a moment to come, within two years."))
        return found
