"""Which months and which bassin the figures are about."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from referrals.figures import months

MOST = 36  # months at once
USUAL = 6
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


class MonthField(forms.CharField):
    """ "2026-11", as <input type=month> sends it."""

    widget = forms.TextInput(attrs={"type": "month", "pattern": "20[0-9][0-9]-[01][0-9]"})

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not _MONTH.fullmatch(value):
            raise ValidationError(_("Give a month as 2026-11."))


class PeriodForm(forms.Form):
    """What is not given, or wrong, is the last six months and all bassins."""

    first = MonthField(label=pgettext_lazy("period", "From"), required=False)
    last = MonthField(label=pgettext_lazy("period", "To"), required=False)
    bassin = forms.ChoiceField(label=_("Bassin"), required=False)

    def __init__(self, *args, bassins: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        named = [(code, name) for code, name in bassins.items() if code]
        self.fields["bassin"].choices = [("", _("All bassins")), *named]

    def clean(self):
        values = super().clean()
        first, last = values.get("first"), values.get("last")
        if first and last and not 0 < len(months(first, last)) <= MOST:
            message = _("From the earlier month to the later one, %(most)d months at most.")
            self.add_error("first", ValidationError(message, params={"most": MOST}))
        return values

    def period(self) -> tuple[str, str]:
        """First and last month, whether the form is valid or not."""
        values = self.cleaned_data if self.is_valid() else {}
        today = timezone.localdate()
        last = values.get("last") or f"{today:%Y-%m}"
        first = values.get("first") or _back(last, USUAL - 1)
        if not 0 < len(months(first, last)) <= MOST:  # one was left empty
            first = _back(last, USUAL - 1)
        return first, last


def _back(month: str, count: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - count
    return f"{number // 12}-{number % 12 + 1:02d}"
