"""Belgian public holidays, by year and kept.

Source: the `holidays` package, category public: the ten legal holidays (royal decree of 18 April 1974, art. 1) and
Easter Sunday and Whit Sunday, on which a service that opens on Sundays is as closed as on the others.
"""

from collections.abc import Callable, Container
from datetime import date
from functools import lru_cache

import holidays as holidays_package

Holidays = Callable[[date], bool] | Container[date]


@lru_cache(maxsize=32)
def holidays_of(year: int) -> frozenset[date]:
    """Public holidays of a year."""
    return frozenset(holidays_package.country_holidays("BE", years=year))


class BelgianHolidays:
    """`day in BelgianHolidays()` for any day."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in holidays_of(day.year)


BELGIAN_HOLIDAYS = BelgianHolidays()


def is_holiday(day: date, holidays: Holidays) -> bool:
    """Ask either shape of `holidays`: a container of dates, or a function of a date."""
    return day in holidays if isinstance(holidays, Container) else bool(holidays(day))
