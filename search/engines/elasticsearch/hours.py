"""Opening hours as numbers that the server can evaluate: two a rule; and the moment a script compares them with. Pure.

A rule is two non-negative numbers of 63 bits. Both begin with the rule's number (16 bits) and which half it is (1 bit):
the server keeps a listing's numbers sorted, so the halves of a rule stand side by side and the rules of one opening
hours together. The rest, from the highest bit down:

    half 0:  first rule of its opening hours 1 | weekdays 7 | nth 6 | opens 11 | closes 12 | flags 4
    half 1:  valid_from 22 | valid_to 22      proleptic ordinals, 0 = open-ended; every-year dates in the year 2000

Weekdays, nth and flags are those of services.opening_hours.vectorised. `scripts/opening.painless` reads them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import product

from services.opening_hours import vectorised
from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS, Holidays, is_holiday
from services.opening_hours.evaluate import local_clock, nths_of
from services.opening_hours.values import DAY, LAST, WIDEST, YEARLY_YEAR, Rule

HALF_BITS = 46
MOST_RULES = 1 << 16
YEARLY, CLOSED, OFF, ONLY = 1, 2, 4, 8


def numbers(packed_hours: Iterable[bytes]) -> list[int]:
    """All opening hours of a listing. Raises ValueError when they have more than 65,536 rules together."""
    found: list[int] = []
    for packed in packed_hours:
        for position, rule in enumerate(vectorised.unpack(packed).rules):
            number = len(found) // 2
            if number >= MOST_RULES:
                raise ValueError(f"opening hours: more than {MOST_RULES} rules in one listing")
            for half, value in enumerate(_halves(rule, position == 0)):
                found.append((number << 1 | half) << HALF_BITS | value)
    return found


def _halves(rule: Rule, first: bool) -> tuple[int, int]:
    weekdays = sum(1 << weekday for weekday in rule.weekdays)
    flags = (
        (YEARLY if rule.yearly else 0)
        | (CLOSED if rule.closed else 0)
        | {"regular": 0, "off": OFF, "only": ONLY}[rule.on_holidays]
    )
    shape = int(first)
    for value, bits in (
        (weekdays, 7),
        (nth_bits(rule.nth), 6),
        (rule.opens or 0, 11),
        (rule.closes or 0, 12),
        (flags, 4),
    ):
        shape = shape << bits | value
    dates = [day.toordinal() if day else 0 for day in (rule.valid_from, rule.valid_to)]
    return shape, dates[0] << 22 | dates[1]


def nth_bits(nths: Iterable[int]) -> int:
    return sum(1 << 5 if number == LAST else 1 << (number - 1) for number in nths)


def moment_params(moments: Iterable[datetime], holidays: Holidays = BELGIAN_HOLIDAYS) -> dict:
    """What the script needs of moments (naive = Europe/Brussels): each day, and the day before for intervals past
    midnight."""
    days = []
    for (day, minute), ago in product(map(local_clock, moments), (0, 1)):
        date = day - timedelta(days=ago)
        days.append(
            {
                "day": date.toordinal(),
                "yearly": date.replace(year=YEARLY_YEAR).toordinal(),
                "weekday": 1 << date.weekday(),
                "nth": nth_bits(nths_of(date)),
                "holiday": is_holiday(date, holidays),
                "minute": minute + ago * DAY,
            }
        )
    return {"days": days, "widest": WIDEST}
