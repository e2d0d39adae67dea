"""Opening hours as a few sentences, the usual ones first, then the exceptions."""

from collections.abc import Callable
from datetime import date

from services.opening_hours.canonical import (
    Dates,
    Spans,
    Table,
    holiday_groups,
    nth_groups,
    tables_of,
    weekly_groups,
)
from services.opening_hours.osm import off_everywhere
from services.opening_hours.values import ALWAYS_CLOSED, DAY, EVERY_DAY, Hours
from services.opening_hours.words.grammar import Grammar, grammar_for, sentence


def describe(
    hours: Hours, lang: str, gettext: Callable[[str], str] | None = None, *, today: date | None = None
) -> list[str]:
    """Sentences without a full stop, such as "Du lundi au vendredi, 8 h 30 – 16 h"; none when nothing is known.

    `lang`: fr, nl, en or de (also "nl-be"); for another, English through `gettext` when given, else English.
    `today`: leave out what ended before this day.
    """
    grammar = grammar_for(lang, gettext)
    tables = tables_of(hours)
    if today:
        tables = {dates: table for dates, table in tables.items() if not _over(dates, today)}
    if tables == tables_of(ALWAYS_CLOSED):
        return [grammar.closed]
    holidays_at_the_end = off_everywhere(tables)
    lines: list[str] = []
    for dates, table in tables.items():
        lines += _regular(grammar, dates, table)
        if not holidays_at_the_end:
            lines += _holidays(grammar, dates, table)
    if holidays_at_the_end:
        lines.append(_closed(grammar, "", grammar.public_holidays))
    return [sentence(line) for line in lines]


def _over(dates: Dates, today: date) -> bool:
    return not dates.yearly and dates.valid_to is not None and dates.valid_to < today


def _regular(grammar: Grammar, dates: Dates, table: Table) -> list[str]:
    when = grammar.dates_of(dates)
    lines = []
    for weekdays, spans in weekly_groups(table):
        if dates.always and frozenset(weekdays) == EVERY_DAY and spans == ((0, DAY),):
            lines.append(grammar.always_open)
        else:
            lines.append(_line(grammar, when, weekdays, grammar.days(weekdays), spans))
    for weekdays, nths, spans in nth_groups(table):
        lines.append(_line(grammar, when, weekdays, grammar.nth_weekdays(weekdays, nths), spans))
    return lines


def _holidays(grammar: Grammar, dates: Dates, table: Table) -> list[str]:
    when = grammar.dates_of(dates)
    lines = []
    for weekdays, spans in holiday_groups(table):
        lines.append(_open(grammar, when, grammar.holidays(weekdays), spans))
    if table.off:
        every = not table.only and table.off >= table.can_be_off
        named = grammar.holidays(EVERY_DAY if every else table.off)
        lines.append(_closed(grammar, when, named))
    return lines


def _line(grammar: Grammar, when: str, weekdays: frozenset[int], days: str, spans: Spans) -> str:
    """A line of open or closed days. With dates, "every day" goes without saying."""
    if when and weekdays == EVERY_DAY:
        days = ""
    if spans:
        return _open(grammar, when, days, spans)
    return _closed(grammar, when, days and grammar.closed_days.format(days=days))


def _open(grammar: Grammar, when: str, days: str, spans: Spans) -> str:
    named = ", ".join(part for part in (when, days) if part)
    return grammar.open_when.format(when=named, hours=grammar.spans_of(spans))


def _closed(grammar: Grammar, when: str, days: str) -> str:
    named = ", ".join(part for part in (when, days) if part)
    return grammar.closed_when.format(when=named) if named else grammar.closed
