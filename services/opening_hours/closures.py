"""A temporary closure as exceptions to opening hours, so that "open now" tells the truth."""

from collections.abc import Iterable
from datetime import date, timedelta

from .values import Rule

# Beyond this many days a closure is one long exception: nobody asks that far ahead by the hour.
LONGEST_BY_DAY = 366


def closure_rules(periods: Iterable[tuple[date, date | None]]) -> tuple[Rule, ...]:
    """Rules that close from the first to the last day of each period, both included; None: until further notice.

    One rule a day: the narrowest exception outranks every other, so that a longer closure still wins over
    "24 December 9–12".
    """
    rules: list[Rule] = []
    for starts_on, ends_on in periods:
        horizon = starts_on + timedelta(days=LONGEST_BY_DAY - 1)
        last = min(ends_on, horizon) if ends_on is not None else horizon
        for number in range((last - starts_on).days + 1):
            day = starts_on + timedelta(days=number)
            rules.append(Rule(valid_from=day, valid_to=day, closed=True))
        if ends_on is None or ends_on > horizon:
            rules.append(Rule(valid_from=starts_on, valid_to=ends_on, closed=True))
    return tuple(rules)
