"""A week of opening hours, day by day, for a listing's page."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from services.opening_hours.belgian_holidays import Holidays, is_holiday
from services.opening_hours.evaluate import intervals_on
from services.opening_hours.values import Hours
from services.opening_hours.words.grammar import grammar_for, sentence


class DayLine(NamedTuple):
    """One day. `label`: "Lundi"; `spans`: "8 h 30 – 12 h", …, empty when closed; `is_holiday`: a public holiday."""

    label: str
    date: date
    spans: list[str]
    is_holiday: bool


def closed_word(lang: str, gettext: Callable[[str], str] | None = None) -> str:
    """ "Fermé": what stands where a day has no spans."""
    return grammar_for(lang, gettext).closed


def week_table(
    hours: Hours, monday: date, lang: str, holidays: Holidays, gettext: Callable[[str], str] | None = None
) -> list[DayLine]:
    """The seven days from `monday`; none when nothing is known. Past midnight stands with the day it starts on."""
    if not hours.known:
        return []
    if monday.weekday() != 0:
        raise ValueError(f"monday: {monday} is not a Monday")
    grammar = grammar_for(lang, gettext)
    lines = []
    for weekday in range(7):
        day = monday + timedelta(days=weekday)
        intervals = intervals_on(hours, day, holidays)
        spans = [grammar.span_of(start, end) for start, end in intervals]
        label = sentence(grammar.weekdays[weekday])
        lines.append(DayLine(label, day, spans, is_holiday(day, holidays)))
    return lines
