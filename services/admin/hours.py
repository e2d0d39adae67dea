"""Opening hours in a form: days to tick, times as people type them, and all of it read back in words."""

import re

from django import forms
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language, pgettext_lazy
from wagtail.admin.compare import FieldComparison
from wagtail.admin.panels import FieldPanel, Panel

from services.models.parts import HOURS_COLUMNS
from services.opening_hours.schedules import WEEKDAYS as CODES
from services.opening_hours.schedules import ScheduleRowError, from_schedule_rows
from services.opening_hours.words import describe

NTHS = (
    (1, pgettext_lazy("week of the month", "1st")),
    (2, pgettext_lazy("week of the month", "2nd")),
    (3, pgettext_lazy("week of the month", "3rd")),
    (4, pgettext_lazy("week of the month", "4th")),
    (5, pgettext_lazy("week of the month", "5th")),
    (-1, pgettext_lazy("week of the month", "last")),
)
_BYDAY = re.compile(r"([+-]?\d+)?([A-Z]{2})")
_TIME = re.compile(r"(\d{1,2})\s*(?:[:.hHuU]\s*(\d{2})?)?|(\d{1,2})(\d{2})")


def join_byday(days: list[str], nths: list[int]) -> str:
    """(["TU", "SA"], [1, -1]) → "1TU,-1TU,1SA,-1SA": as the Schedule table writes it, in the order of the week."""
    ordered = [code for code in CODES if code in days]
    counted = [nth for nth, _label in NTHS if nth in nths]
    return ",".join(f"{nth}{day}" for day in ordered for nth in (counted or [""]))


def split_byday(text: str) -> tuple[list[str], list[int]] | None:
    """The opposite; None for what days × weeks cannot say ("1SA,2SU")."""
    found = [_BYDAY.fullmatch(part.strip().upper()) for part in text.split(",") if part.strip()]
    if not all(found):
        return None
    days = list(dict.fromkeys(match[2] for match in found))
    nths = list(dict.fromkeys(int(match[1]) for match in found if match[1]))
    written = {f"{int(match[1]) if match[1] else ''}{match[2]}" for match in found}
    return (days, nths) if written == set(filter(None, join_byday(days, nths).split(","))) else None


def clean_time(text: str) -> str:
    """ "8h30", "8.30", "830" or "8 h" → "08:30" or "08:00"; what is no time stays as typed, for the model to refuse."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return text.strip()
    hours, minutes = found[1] or found[3], found[2] or found[4] or "00"
    return f"{int(hours):02}:{minutes}"


class DaysInput(forms.Widget):
    """Seven days and, folded beside them, which weeks of the month. What they cannot say is edited as its code."""

    template_name = "services/admin/days.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        parts = split_byday(value or "")
        if parts is None:
            return context | {"coded": True}
        days, nths = parts
        return context | {
            "days": [
                (code, WEEKDAYS_ABBR[index], WEEKDAYS[index], code in days)
                for index, code in enumerate(CODES)
            ],
            "nths": [(nth, label, nth in nths) for nth, label in NTHS],
        }

    def value_from_datadict(self, data, files, name):
        if name in data:
            return data[name]
        many = data.getlist if hasattr(data, "getlist") else lambda key: data.get(key, [])
        nths = [int(nth) for nth in many(f"{name}_weeks") if nth.lstrip("-").isdigit()]
        return join_byday(many(f"{name}_days"), nths)

    def value_omitted_from_data(self, data, files, name):
        return False  # no box ticked sends nothing, and means every day

    def id_for_label(self, id_, index=None):
        return ""  # a group of boxes has a legend, no single field


class TimeInput(forms.TextInput):
    def __init__(self, attrs=None):
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return clean_time(value) if isinstance(value, str) else value


def sentences(schedules) -> list[str]:
    """Schedule rows in the reader's language; none when a row is not (yet) opening hours."""
    rows = [{name: getattr(row, name) for name in HOURS_COLUMNS} for row in schedules]
    try:
        return describe(from_schedule_rows(rows), get_language() or "fr")
    except ScheduleRowError:
        return []


class _DaysComparison(FieldComparison):
    """Two versions of the days, in words."""

    def __init__(self, field, obj_a, obj_b):
        super().__init__(field, obj_a, obj_b)
        self.val_a = self._words(field.value_from_object(obj_a))
        self.val_b = self._words(field.value_from_object(obj_b))

    def _words(self, byday: str | None) -> str:
        parts = split_byday(byday or "")
        if parts is None:
            return byday or ""
        days = ", ".join(str(WEEKDAYS[CODES.index(day)]) for day in parts[0] if day in CODES)
        weeks = ", ".join(str(label) for nth, label in NTHS if nth in parts[1])
        return f"{days} ({weeks})" if weeks else days


class DaysPanel(FieldPanel):
    def get_comparison_class(self):
        return _DaysComparison


class HoursInWords(Panel):
    """The hours as the public will read them, written again while somebody types; and rows that repeat others."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "services/admin/hours_in_words.html"

        @property
        def rows_prefix(self) -> str:
            return self.form.formsets["schedules"].prefix

        @property
        def at_a_place(self) -> bool:
            return self.form.prefix is not None

        @property
        def sentences(self) -> list[str]:
            if self.instance is None or (self.instance.pk is None and self.at_a_place):
                return []
            return sentences(self.instance.schedules.all())
