"""What opening hours are: a set of rules whose order does not matter, and the rank that decides between them.

**The semantics, whole.** A rule *matches* a day when the day is within its dates (`valid_from`..`valid_to`, both
included; no dates = always), is one of its weekdays (none named = every day), is one of its nth weekdays of the month
(none named = every one), and, for a rule with `on_holidays="only"`, is a public holiday. Of the rules that match a
day, only those of the highest `rank` count:

1. narrower dates outrank wider ones, and no dates is the widest; of two equally wide, a given year outranks "every
   year". So an exception with dates replaces the regular hours of the days it names, and of no others;
2. with the same dates, holiday hours outrank nth weekdays, which outrank weekdays;
3. then closed outranks open.

What counts is joined: two rows for one Monday, morning and afternoon, are both true.

`on_holidays="off"` is a short way to say "and closed on public holidays, on the weekdays (and dates) that I name": it
stands for the rule without it and a closed holiday rule, one that real holiday hours with the same dates still outrank.
A set of rules that says nothing about holidays treats them as ordinary days.

An interval past midnight belongs to the day on which it starts: what closes or replaces the next day does not cut it.
No rule at all means that nothing is known; a day that no rule matches is closed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

OnHolidays = Literal["regular", "off", "only"]

DAY = 1440  # minutes
EVERY_DAY = frozenset(range(7))
LAST = -1  # of `nth`: the last one of the month
NTHS = frozenset({1, 2, 3, 4, 5, LAST})
YEARLY_YEAR = 2000  # the leap year in which dates that recur every year are written
FIRST_YEAR, LAST_YEAR = (
    1901,
    9998,
)  # 1900 says "since ever" in the OSM syntax, which has no "until" of its own

WIDEST = 400_000  # days; wider bounded dates than this all count as equally wide


class InvalidRuleError(ValueError):
    """A rule that means nothing. `field` names the field that is wrong, `message` says how."""

    def __init__(self, field_name: str, message: str):
        super().__init__(f"{field_name}: {message}")
        self.field = field_name
        self.message = message


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of opening hours; see the module for what it means among others.

    `weekdays`: 0 = Monday … 6 = Sunday, empty = every day (all seven named is written as empty).
    `nth`: 1..5 or -1 (last) of the month, empty = every one; needs weekdays.
    `opens`, `closes`: minutes after midnight of the starting day; `closes` at or before `opens`, or beyond 1440, is past
    midnight and is kept as `opens < closes <= opens + 1440`; all day is 0..1440. Both None when `closed`.
    `valid_from`, `valid_to`: dates, both included; None = open-ended. `yearly`: only month and day count (kept in the
    year 2000), both are needed, and from > to runs over New Year.
    Raises InvalidRuleError naming the field.
    """

    weekdays: frozenset[int] = frozenset()
    nth: frozenset[int] = frozenset()
    opens: int | None = None
    closes: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    yearly: bool = False
    on_holidays: OnHolidays = "regular"
    closed: bool = False

    def __post_init__(self) -> None:
        weekdays, nth = frozenset(self.weekdays), frozenset(self.nth)
        if not weekdays <= EVERY_DAY:
            raise InvalidRuleError("weekdays", f"{_shown(weekdays - EVERY_DAY)} is not a weekday (0 to 6)")
        if not nth <= NTHS:
            raise InvalidRuleError("nth", f"{_shown(nth - NTHS)} is not 1 to 5 or -1")
        if nth and not weekdays:
            raise InvalidRuleError("nth", "needs a weekday to count")
        if weekdays == EVERY_DAY and not nth:
            weekdays = frozenset()
        if self.on_holidays not in get_args(OnHolidays):
            raise InvalidRuleError("on_holidays", f"{self.on_holidays!r} is not regular, off or only")
        if nth and self.on_holidays == "only":
            raise InvalidRuleError("nth", "cannot be combined with holiday hours")
        object.__setattr__(self, "weekdays", weekdays)
        object.__setattr__(self, "nth", nth)
        object.__setattr__(self, "closed", bool(self.closed))
        object.__setattr__(self, "yearly", bool(self.yearly))
        self._check_times()
        self._check_dates()

    def _check_times(self) -> None:
        if self.closed:
            if self.opens is not None or self.closes is not None:
                raise InvalidRuleError("closed", "a closed rule has no hours")
            return
        if self.opens is None or self.closes is None:
            raise InvalidRuleError("opens" if self.opens is None else "closes", "is missing")
        if not 0 <= self.opens < DAY:
            raise InvalidRuleError("opens", f"{self.opens} is not between 0 and 1439 minutes")
        closes = self.closes + DAY if 0 <= self.closes <= self.opens else self.closes
        if not self.opens < closes <= self.opens + DAY:
            raise InvalidRuleError("closes", f"{self.closes} is more than a day after {self.opens}")
        object.__setattr__(self, "closes", closes)

    def _check_dates(self) -> None:
        for name in ("valid_from", "valid_to"):
            day = getattr(self, name)
            if day is None:
                if self.yearly:
                    raise InvalidRuleError(name, "is needed for dates that recur every year")
                continue
            if isinstance(day, datetime) or not isinstance(day, date):
                raise InvalidRuleError(name, f"{day!r} is not a date")
            if self.yearly:
                object.__setattr__(self, name, day.replace(year=YEARLY_YEAR))
            elif not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise InvalidRuleError(
                    name, f"the year {day.year} is not between {FIRST_YEAR} and {LAST_YEAR}"
                )
        if not self.yearly and self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise InvalidRuleError("valid_to", f"{self.valid_to} is before {self.valid_from}")

    @property
    def dated(self) -> bool:
        return self.valid_from is not None or self.valid_to is not None


@dataclass(frozen=True, slots=True)
class Hours:
    """The opening hours of one thing. No rules = unknown, which is not the same as always closed."""

    rules: tuple[Rule, ...] = field(default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", tuple(self.rules))

    @property
    def known(self) -> bool:
        return bool(self.rules)


UNKNOWN = Hours()
ALWAYS_CLOSED = Hours((Rule(closed=True),))
ALWAYS_OPEN = Hours((Rule(opens=0, closes=DAY),))


def span_days(valid_from: date | None, valid_to: date | None, yearly: bool) -> int | None:
    """Length of the dates in days, None when there is no end or no beginning. Every-year dates count 29 February."""
    if valid_from is None or valid_to is None:
        return None
    days = (valid_to - valid_from).days + 1
    return days + 366 if yearly and days <= 0 else days


def dates_rank(valid_from: date | None, valid_to: date | None, yearly: bool) -> int:
    """The narrower the dates, the higher: 0 no dates, 1 open-ended, then by length, a given year before every year."""
    if valid_from is None and valid_to is None:
        return 0
    days = span_days(valid_from, valid_to, yearly)
    if days is None:
        return 1
    return 2 + 2 * (WIDEST - min(days, WIDEST)) + (not yearly)


def rank(rule: Rule) -> int:
    """Which of the rules that match a day count: those with the highest rank (see the module)."""
    kind = 3 if rule.on_holidays == "only" else 1 if rule.nth else 0
    return dates_rank(rule.valid_from, rule.valid_to, rule.yearly) * 8 + kind * 2 + rule.closed


def holiday_closing_rank(rule: Rule) -> int:
    """Rank of the closed holiday that `on_holidays="off"` stands for: above the regular hours, below holiday hours."""
    return dates_rank(rule.valid_from, rule.valid_to, rule.yearly) * 8 + 2 * 2 + 1


def _shown(values: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, values)))
