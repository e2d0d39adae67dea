"""When an orientation is asked about again: the waits, as pure days. Sundays, Saturdays and holidays wait for the next working day."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

PERSON, SERVICE, EXPIRY, CALL_BACK = "person", "service", "expiry", "call_back"
KINDS = (PERSON, SERVICE, EXPIRY, CALL_BACK)
# Days after the orientation: asking the person, reminding the service that has a file, letting go.
DAYS = {PERSON: 3, SERVICE: 10, EXPIRY: 30}
TRANSMITTED = "file_transmitted"


class Due(NamedTuple):
    kind: str
    on: date


def working_day(day: date, is_holiday: Callable[[date], bool]) -> date:
    """The day itself, or the next Monday to Friday that is no holiday."""
    while day.weekday() >= 5 or is_holiday(day):
        day += timedelta(days=1)
    return day


def waits_of(days: dict[str, int] | None = None) -> dict[str, int]:
    """DAYS; `days` replaces them kind by kind."""
    return DAYS | (days or {})


def left_after_asking(days: dict[str, int] | None = None) -> timedelta:
    """How long after the person is asked the machine lets go: when the asking is put off, that is put off with it."""
    waits = waits_of(days)
    return timedelta(days=max(waits[EXPIRY] - waits[PERSON], 1))


def plan(
    mode: str, on: date, is_holiday: Callable[[date], bool], days: dict[str, int] | None = None
) -> list[Due]:
    """What is due after an orientation in this mode. `on`: when it was given, or the day of its appointment."""
    waits = waits_of(days)
    kinds = [PERSON, EXPIRY] if mode != TRANSMITTED else [PERSON, SERVICE, EXPIRY]
    found = [Due(kind, on + timedelta(days=waits[kind])) for kind in kinds]
    # Expiry is the machine's: it happens on its day. The others are somebody's work.
    return [one if one.kind == EXPIRY else Due(one.kind, working_day(one.on, is_holiday)) for one in found]
