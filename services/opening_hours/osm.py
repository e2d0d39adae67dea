"""Opening hours from and to the OSM opening_hours syntax.

Understood: `Mo-Fr 09:00-12:00,13:00-17:00; Sa[1,-1] 10:00-12:00; PH off; Jul 01-Aug 31 Mo-We 10:00-12:00;
2026 Dec 24 off`, also `24/7`, `off`, times past midnight (22:00-06:00, 22:00-30:00), `PH,Su 10:00-12:00` (holidays and
Sundays), `PH Mo-Fr off` (holidays that fall on those days, as the OSM specification has it), whole months, lists of
dates, `2026 Jul 01+`, and dates that begin with `1900 Jan 01` for "until".

As in OSM a later rule replaces, on the days it names, an earlier one of the same kind, and `PH …` every regular rule
before it. In one thing we read otherwise: an exception holds wherever it stands. `PH off; Mo-Fr 09:00-17:00`, where OSM
lets the second rule cancel the first, is closed on holidays here, and so with nth weekdays and dates (see `values` for
which exception is the narrower); and rules for a 4th or 5th weekday and for the last one, when both are the same day,
are both true. `format` writes the general before the exceptional, so both readings agree on it.
"""

from collections.abc import Iterable
from datetime import date

from services.opening_hours.canonical import (
    ALWAYS,
    Dates,
    Spans,
    Table,
    Tables,
    holiday_groups,
    nth_groups,
    rules_of,
    settle,
    tables_of,
    weekly_groups,
)
from services.opening_hours.osm_parser import RuleText, rules_in
from services.opening_hours.osm_tokens import MONTHS, WEEKDAYS, OpeningHoursError
from services.opening_hours.values import DAY, EVERY_DAY, Hours

__all__ = ["OpeningHoursError", "format", "parse"]


def parse(text: str) -> Hours:
    """Canonical hours from a text; empty text = unknown hours.

    Raises OpeningHoursError with the position, the token and what is wrong with it.
    """
    tables: Tables = {}
    for rule in rules_in(text):
        for dates in rule.dates or (ALWAYS,):
            _apply(rule, dates, tables)
    return Hours(rules_of(settle(tables)))


def format(hours: Hours) -> str:
    """The text of some hours, such that `parse(format(hours)) == canonical(hours)`; unknown hours give ""."""
    tables = tables_of(hours)
    parts: list[str] = []
    if off_everywhere(tables):
        for dates, table in tables.items():
            parts += _regular(dates, table)
        parts.append("PH off")
    else:
        for dates, table in tables.items():
            parts += [*_regular(dates, table), *_holidays(dates, table, alone=len(tables) == 1)]
    return "24/7" if parts == ["00:00-24:00"] else "; ".join(parts)


def off_everywhere(tables: Tables) -> bool:
    """Whether one "closed on public holidays" says all that there is to say about holidays."""
    return any(table.off for table in tables.values()) and all(
        not table.only and table.off == table.can_be_off for table in tables.values()
    )


def _apply(rule: RuleText, dates: Dates, tables: Tables) -> None:
    """Let a rule replace, in the tables so far, what it names."""
    spans = rule.spans
    table = tables.setdefault(dates, Table())
    for weekday in rule.weekdays:
        table.weekly[weekday] = spans
    for weekday, nth in rule.nth:
        table.nth[weekday, nth] = spans
    if not rule.holidays:
        return
    _set_holidays(table, rule.holidays, spans)
    if dates == ALWAYS:  # holidays at large replace earlier exceptions with dates as well
        for other_dates, other in tables.items():
            if other_dates != ALWAYS:
                _set_holidays(other, rule.holidays & (other.spoken_of | set(other.only) | other.off), spans)


def _set_holidays(table: Table, weekdays: Iterable[int], spans: Spans) -> None:
    for weekday in weekdays:
        table.only.pop(weekday, None)
        table.off.discard(weekday)
        if spans:
            table.only[weekday] = spans
        else:
            table.off.add(weekday)


def _regular(dates: Dates, table: Table) -> list[str]:
    """The rules of a table that do not speak of holidays."""
    weekly = [_line(dates, _days(weekdays), spans) for weekdays, spans in weekly_groups(table)]
    nth = [_line(dates, _nth_days(weekdays, nths), spans) for weekdays, nths, spans in nth_groups(table)]
    return weekly + nth


def _holidays(dates: Dates, table: Table, *, alone: bool) -> list[str]:
    """The rules of a table for holidays. Without dates, to name every day is to name those that have hours."""
    lines = [
        _line(dates, f"PH {_days(weekdays)}".strip(), spans) for weekdays, spans in holiday_groups(table)
    ]
    if not table.off:
        return lines
    something_else = table.spoken_of or table.only or not alone
    every = not table.only and dates == ALWAYS and something_else and table.off == table.can_be_off
    return [*lines, _line(dates, "PH" if every else f"PH {_days(table.off)}".strip(), ())]


def _line(dates: Dates, days: str, spans: Spans) -> str:
    hours = ",".join(f"{_time(opens)}-{_time(closes)}" for opens, closes in spans) or "off"
    return " ".join(part for part in (_dates(dates), days, hours) if part)


def _days(weekdays: Iterable[int]) -> str:
    """`Mo-Fr,Su`; every day is the empty string."""
    days = sorted(weekdays)
    if frozenset(days) == EVERY_DAY:
        return ""
    return ",".join(_run(run) for run in runs(days))


def _run(run: list[int]) -> str:
    if len(run) < 3:
        return ",".join(WEEKDAYS[day] for day in run)
    return f"{WEEKDAYS[run[0]]}-{WEEKDAYS[run[-1]]}"


def runs(days: Iterable[int]) -> list[list[int]]:
    """Sorted numbers as runs of neighbours: 0,1,2,5 gives [0,1,2], [5]."""
    found: list[list[int]] = []
    for day in sorted(days):
        if found and found[-1][-1] == day - 1:
            found[-1].append(day)
        else:
            found.append([day])
    return found


def _nth_days(weekdays: Iterable[int], nths: Iterable[int]) -> str:
    numbers = ",".join(str(nth) for nth in sorted(nths, key=lambda nth: nth % 7))
    return ",".join(f"{WEEKDAYS[day]}[{numbers}]" for day in sorted(weekdays))


def _dates(dates: Dates) -> str:
    if dates.always:
        return ""
    first, last = dates.valid_from, dates.valid_to
    if first is None:
        return f"1900 Jan 01-{_date(last, dates.yearly)}"
    if last is None:
        return f"{_date(first, dates.yearly)}+"
    if first == last:
        return _date(first, dates.yearly)
    return f"{_date(first, dates.yearly)}-{_date(last, dates.yearly)}"


def _date(day: date | None, yearly: bool) -> str:
    if day is None:
        return ""
    text = f"{MONTHS[day.month - 1]} {day.day:02}"
    return text if yearly else f"{day.year} {text}"


def _time(minute: int) -> str:
    shown = minute if minute <= DAY else minute - DAY
    return f"{shown // 60:02}:{shown % 60:02}"
