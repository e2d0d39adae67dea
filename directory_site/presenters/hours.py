"""Opening hours of a listing or of one of its places, for its page: the state now, the week, the rules in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext

from services.codes import NoticeKind
from services.models import Notice, Schedule
from services.opening_hours import UNKNOWN, Hours, state_at
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS
from services.opening_hours.closures import closure_rules
from services.opening_hours.schedules import ScheduleRowError, from_schedule_rows
from services.opening_hours.words import closed_word, describe, week_table
from services.selectors import SCHEDULE_COLUMNS

from .cards import State, state_in_words
from .texts import Said, said_of


@dataclass(frozen=True)
class Day:
    label: str
    spans: list[str]
    today: bool
    holiday: bool


@dataclass(frozen=True)
class HoursBlock:
    state: State
    week: list[Day]
    closed_word: str
    sentences: list[str]
    notes: list[Said]

    def __bool__(self) -> bool:
        return bool(self.week)


def hours_block(
    schedules: Iterable[Schedule], notices: Iterable[Notice], lifecycle: str, now: datetime, lang: str
) -> HoursBlock:
    """`now`: naive local time. A closure with dates is an exception to the hours, as in the index."""
    rows = list(schedules)
    usual = _hours(rows) if lifecycle == "published" else UNKNOWN
    closures = closure_rules(
        (notice.starts_on, notice.ends_on)
        for notice in notices
        if notice.kind == NoticeKind.CLOSURE and isinstance(notice.starts_on, date)
    )
    hours = Hours((*usual.rules, *closures)) if usual.known else usual
    opening = state_at(hours, now, BELGIAN_HOLIDAYS) if hours.known else None
    monday = now.date() - timedelta(days=now.weekday())
    return HoursBlock(
        state=state_in_words(opening, lifecycle, now, lang),
        week=[
            Day(line.label, line.spans, line.date == now.date(), line.is_holiday)
            for line in week_table(hours, monday, lang, BELGIAN_HOLIDAYS, gettext)
        ],
        closed_word=closed_word(lang, gettext),
        # The notices themselves stand on top of the page; here are the usual hours.
        sentences=describe(usual, lang, gettext, today=now.date()) if usual.known else [],
        notes=[note for row in rows if (note := said_of(row, "notes"))],
    )


def _hours(rows: list[Schedule]) -> Hours:
    if not rows:
        return UNKNOWN
    try:
        return from_schedule_rows(
            {column: getattr(row, column) for column in SCHEDULE_COLUMNS} for row in rows
        )
    except ScheduleRowError:
        return UNKNOWN  # a preview of a row that is not finished; publishing refuses it
