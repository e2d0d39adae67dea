"""Opening hours from and to rows of the HSDS 3.0 Schedule table, one row a rule.

Fields of HSDS: valid_from, valid_to, dtstart, until (dates), freq ("WEEKLY", "MONTHLY"), interval, byday ("MO,TU",
"1SA,-1TH"), bymonthday, opens_at and closes_at ("HH:MM", local time), notes. Ours: closed, on_holidays, yearly (see
`values`). A row for holidays only has no freq, and every-year dates stand in the year 2000: a reader who knows HSDS but
not our three fields then sees no hours where there are none.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from services.opening_hours.values import DAY, EVERY_DAY, LAST, Hours, InvalidRuleError, OnHolidays, Rule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FIELDS = (
    "valid_from",
    "valid_to",
    "dtstart",
    "until",
    "freq",
    "interval",
    "byday",
    "bymonthday",
    "opens_at",
    "closes_at",
    "notes",
    "closed",
    "on_holidays",
    "yearly",
)

_BYDAY = re.compile(r"([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)")
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::00)?")


class ScheduleRowError(ValueError):
    """A row that is not opening hours. `row` counts from 0, `field` is the field that is wrong."""

    def __init__(self, row: int, field: str, message: str):
        super().__init__(f"schedule {row + 1}, {field}: {message}")
        self.row = row
        self.field = field
        self.message = message


def to_schedule_rows(hours: Hours) -> list[dict[str, Any]]:
    """One row a rule, with every name of FIELDS. Unknown hours give no row."""
    return [_row(rule) for rule in hours.rules]


def from_schedule_rows(rows: Iterable[Mapping[str, Any]]) -> Hours:
    """The rules of rows; absent, None and empty fields are the same. Gives back what `to_schedule_rows` was given.

    Dates may be dates or ISO texts, times `datetime.time` or "HH:MM". When valid_from or valid_to is empty, dtstart or
    until stands for it. A row such as "1SA,2SU", which is no single rule, gives one for each. Raises ScheduleRowError.
    """
    rules: list[Rule] = []
    for number, row in enumerate(rows):
        rules += _rules(number, row)
    return Hours(tuple(rules))


def _row(rule: Rule) -> dict[str, Any]:
    holidays_only = rule.on_holidays == "only"
    return {
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
        "dtstart": None,
        "until": None,
        "freq": "" if holidays_only else "MONTHLY" if rule.nth else "WEEKLY",
        "interval": None if holidays_only else 1,
        "byday": _byday(rule, holidays_only),
        "bymonthday": "",
        "opens_at": None if rule.opens is None else _clock(rule.opens),
        "closes_at": None if rule.closes is None else _clock(rule.closes),
        "notes": "",
        "closed": rule.closed,
        "on_holidays": rule.on_holidays,
        "yearly": rule.yearly,
    }


def _byday(rule: Rule, holidays_only: bool) -> str:
    weekdays = sorted(rule.weekdays or (() if holidays_only else EVERY_DAY))
    nths: list[int | str] = [*sorted(rule.nth, key=lambda nth: nth % 7)] or [""]
    return ",".join(f"{nth}{WEEKDAYS[weekday]}" for weekday in weekdays for nth in nths)


def _rules(number: int, row: Mapping[str, Any]) -> Iterable[Rule]:
    interval = row.get("interval")
    if interval not in (None, "", 1, "1"):
        raise ScheduleRowError(
            number, "interval", f"only every week or every month (1) is known, not {interval!r}"
        )
    if row.get("bymonthday"):
        raise ScheduleRowError(
            number, "bymonthday", "days of the month are not known, use dates or nth weekdays"
        )
    if row.get("freq") not in (None, "", "WEEKLY", "MONTHLY"):
        raise ScheduleRowError(number, "freq", f"{row['freq']!r} is not WEEKLY or MONTHLY")
    on_holidays: OnHolidays = row.get("on_holidays") or "regular"
    for weekdays, nth in _read_byday(number, row.get("byday") or ""):
        try:
            yield Rule(
                weekdays=weekdays,
                nth=nth,
                opens=_read_time(number, row, "opens_at"),
                closes=_read_time(number, row, "closes_at"),
                valid_from=_read_date(number, row, "valid_from", "dtstart"),
                valid_to=_read_date(number, row, "valid_to", "until"),
                yearly=bool(row.get("yearly")),
                on_holidays=on_holidays,
                closed=bool(row.get("closed")),
            )
        except InvalidRuleError as error:
            field = {"weekdays": "byday", "nth": "byday", "opens": "opens_at", "closes": "closes_at"}
            raise ScheduleRowError(number, field.get(error.field, error.field), error.message) from error


def _read_byday(number: int, text: str) -> list[tuple[frozenset[int], frozenset[int]]]:
    """Weekdays and nths that together name exactly these days: one pair where it can be, else several."""
    by_weekday: dict[int, set[int]] = {}
    every: set[int] = set()
    for part in filter(None, (part.strip().upper() for part in text.split(","))):
        found = _BYDAY.fullmatch(part)
        if not found:
            raise ScheduleRowError(number, "byday", f"{part!r} is not a weekday such as MO, 1SA or -1TH")
        weekday = WEEKDAYS.index(found[2])
        if found[1] is None:
            every.add(weekday)
        elif int(found[1]) in (1, 2, 3, 4, 5, LAST):
            by_weekday.setdefault(weekday, set()).add(int(found[1]))
        else:
            raise ScheduleRowError(
                number, "byday", f"{part!r} is not one of the 1st to the 5th or the last (-1)"
            )
    by_nth: dict[frozenset[int], set[int]] = {}
    for weekday, nth in by_weekday.items():
        if weekday not in every:
            by_nth.setdefault(frozenset(nth), set()).add(weekday)
    pairs = [(frozenset(weekdays), nth) for nth, weekdays in by_nth.items()]
    return [(frozenset(every), frozenset()), *pairs] if every or not pairs else pairs


def _read_time(number: int, row: Mapping[str, Any], field: str) -> int | None:
    value = row.get(field)
    if value in (None, ""):
        return None
    if isinstance(value, time):
        return value.hour * 60 + value.minute
    found = _TIME.fullmatch(str(value))
    if not found or (found[1] == "24" and found[2] != "00"):
        raise ScheduleRowError(number, field, f"{value!r} is not a local time such as 09:30")
    minute = int(found[1]) * 60 + int(found[2])
    return 0 if minute == DAY else minute


def _read_date(number: int, row: Mapping[str, Any], *fields: str) -> date | None:
    for field in fields:
        value = row.get(field)
        if value in (None, ""):
            continue
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise ScheduleRowError(number, field, f"{value!r} is not a date such as 2026-07-01") from None
    return None


def _clock(minute: int) -> str:
    """HH:MM of a time of day; the end of the day is 00:00, which as a closing time means the next midnight."""
    return f"{minute % DAY // 60:02}:{minute % 60:02}"
