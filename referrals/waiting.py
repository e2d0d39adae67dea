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


def plan(
    mode: str, on: date, is_holiday: Callable[[date], bool], days: dict[str, int] | None = None
) -> list[Due]:
    """What is due after an orientation in this mode. `days` replaces DAYS kind by kind."""
    waits = DAYS | (days or {})
    kinds = [PERSON, EXPIRY] if mode != TRANSMITTED else [PERSON, SERVICE, EXPIRY]
    found = [Due(kind, on + timedelta(days=waits[kind])) for kind in kinds]
    # Expiry is the machine's: it happens on its day. The others are somebody's work.
    return [one if one.kind == EXPIRY else Due(one.kind, working_day(one.on, is_holiday)) for one in found]
