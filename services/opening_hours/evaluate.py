"""When hours are open: the intervals of a day, and the state at a moment with what comes next.

A boundary such as 02:30 happens at the first instant at which the local clock shows 02:30 or later. So on the night of
the spring change, when 02:00 becomes 03:00, it happens at 03:00; on the autumn night, when 02:00–03:00 happens twice,
it happens in the first pass.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.opening_hours.belgian_holidays import Holidays, is_holiday
from services.opening_hours.values import DAY, LAST, Hours, Rule, holiday_closing_rank, rank

BRUSSELS = ZoneInfo("Europe/Brussels")
LOOK_AHEAD = 60  # days; what opens or closes later than this is not announced


@dataclass(frozen=True, slots=True)
class OpenState:
    """Open (True), closed (False) or unknown (None) at a moment.

    `until`: when it closes, if it is open (None: not within 60 days, as for 24/7).
    `next`: when it opens, if it is closed (None: not within 60 days).
    `closed_all_day`: it is closed, and no interval starts that day. Datetimes are Europe/Brussels and aware when the
    moment asked for was aware, else naive local.
    """

    open: bool | None
    until: datetime | None = None
    next: datetime | None = None
    closed_all_day: bool = False


def intervals_on(hours: Hours, day: date, holidays: Holidays) -> list[tuple[int, int]]:
    """Minutes after midnight (start, end) of what starts on a day: sorted, touching ones joined, end > 1440 past midnight.

    Empty when closed and when unknown.
    """
    winners = winning_rules(hours, day, is_holiday(day, holidays))
    return merge(
        (rule.opens, rule.closes) for rule in winners if rule.opens is not None and rule.closes is not None
    )


def winning_rules(hours: Hours, day: date, holiday: bool) -> list[Rule]:
    """The rules that count on a day (see `values`); none when it is closed because it is a holiday, or for want of a rule."""
    highest = -1
    winners: list[Rule] = []
    for rule in hours.rules:
        if not _on_dates(rule, day) or (rule.weekdays and day.weekday() not in rule.weekdays):
            continue
        if rule.on_holidays == "only" and not holiday:
            continue
        if holiday and rule.on_holidays == "off" and holiday_closing_rank(rule) > highest:
            highest, winners = holiday_closing_rank(rule), []
        if rule.nth and not rule.nth & nths_of(day):
            continue
        if rank(rule) > highest:
            highest, winners = rank(rule), []
        if rank(rule) == highest:
            winners.append(rule)
    return winners


def state_at(hours: Hours, moment: datetime, holidays: Holidays) -> OpenState:
    """State at a moment: aware (any zone), or naive = Europe/Brussels local time."""
    if not hours.known:
        return OpenState(open=None)
    today, minute = local_clock(moment)
    aware = moment.tzinfo is not None
    stretches = _stretches(hours, today, holidays)
    for start, end in stretches:
        if end <= minute:
            continue
        if start <= minute:
            until = None if end >= LOOK_AHEAD * DAY else _instant(today, end, aware)
            return OpenState(open=True, until=until)
        quiet = not intervals_on(hours, today, holidays)
        return OpenState(open=False, next=_instant(today, start, aware), closed_all_day=quiet)
    return OpenState(open=False, closed_all_day=not intervals_on(hours, today, holidays))


def local_clock(moment: datetime) -> tuple[date, int]:
    """(day, minute) in Europe/Brussels, by which boundaries are compared.

    In the second pass of the autumn hour every boundary of that hour has already happened, so it counts as 02:59.
    """
    if moment.tzinfo is None:
        return moment.date(), moment.hour * 60 + moment.minute
    local = moment.astimezone(UTC).astimezone(BRUSSELS)
    return local.date(), local.hour * 60 + (59 if local.fold else local.minute)


def nths_of(day: date) -> frozenset[int]:
    """Which of its weekday a day is in its month: {2}, or {4, -1}, or {5, -1}."""
    nth = (day.day - 1) // 7 + 1
    return frozenset({nth} if (day + timedelta(days=7)).month == day.month else {nth, LAST})


def merge(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted intervals, those that touch or overlap joined."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _stretches(hours: Hours, today: date, holidays: Holidays) -> Iterator[tuple[int, int]]:
    """Open stretches from yesterday on, in minutes after today's midnight, joined across midnights, day by day."""
    current: tuple[int, int] | None = None
    for offset in range(-1, LOOK_AHEAD + 1):
        for start, end in intervals_on(hours, today + timedelta(days=offset), holidays):
            start, end = start + offset * DAY, end + offset * DAY
            if current and start <= current[1]:
                current = (current[0], max(current[1], end))
                continue
            if current:
                yield current
            current = (start, end)
    if current:
        yield current


def _instant(today: date, minute: int, aware: bool) -> datetime:
    """The first instant at which the local clock shows this many minutes after today's midnight, or later."""
    naive = datetime.combine(today, time()) + timedelta(minutes=minute)
    if not aware:
        return naive
    while True:
        local = naive.replace(tzinfo=BRUSSELS)
        if local.astimezone(UTC).astimezone(BRUSSELS).replace(tzinfo=None) == naive:
            return local
        naive += timedelta(minutes=1)


def _on_dates(rule: Rule, day: date) -> bool:
    if rule.yearly and rule.valid_from and rule.valid_to:
        first, last = (rule.valid_from.month, rule.valid_from.day), (rule.valid_to.month, rule.valid_to.day)
        asked = (day.month, day.day)
        return first <= asked <= last if first <= last else asked >= first or asked <= last
    return (rule.valid_from is None or rule.valid_from <= day) and (
        rule.valid_to is None or day <= rule.valid_to
    )
