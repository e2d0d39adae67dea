"""How long what is kept about persons, and what is due on a day. Pure: dates in, kinds out.

Periods are days; settings.RETENTION replaces them kind by kind. Where each number comes from stands beside it; a
data-protection officer may shorten any of them.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

IDENTITY, PERSON, UNUSED, WISH = "identity", "person", "unused", "wish"
CALL, ACCESS, KEY = "call", "access", "key"

PERIODS: dict[str, int] = {
    # Name, address, numbers, once no orientation is under way: Kingston's Resident Contact Register, 6 months.
    IDENTITY: 183,
    # The file after the last contact: 12 months; CNIL 2023-095 allows 2 years at most, as les-emplois and DORA keep.
    PERSON: 365,
    # A file in which nothing ever happened (never reached): 60 days, as the Belgian contact tracing of 2020.
    UNUSED: 60,
    # After "keep_record" is withdrawn: at the latest within a month (GDPR article 12(3)).
    WISH: 30,
    # A call about nobody known: as long as a file.
    CALL: 365,
    # Who opened what: CNIL's recommendation on logging, 6 to 12 months (3 years at most for internal control).
    ACCESS: 365,
    # Keys of acts that came twice: no browser repeats a request after a week.
    KEY: 7,
}
LONGEST = {PERSON: 731, ACCESS: 1096}  # what the sources allow at most
WARN_DAYS = 30  # coordinators see a file so long before it goes


class BadPeriods(ValueError):
    """A period that is no number of days, or is longer than its source allows."""


def periods(replaced: Mapping[str, int] | None = None) -> dict[str, int]:
    """PERIODS with what the settings replace. Raises BadPeriods naming the kind."""
    for kind, days in (replaced or {}).items():
        if kind not in PERIODS:
            raise BadPeriods(f"RETENTION: {kind!r} is no kind; there are {', '.join(PERIODS)}")
        if not isinstance(days, int) or isinstance(days, bool) or days < 1:
            raise BadPeriods(f"RETENTION[{kind!r}]: whole days, 1 or more")
        if days > LONGEST.get(kind, days):
            raise BadPeriods(f"RETENTION[{kind!r}]: {LONGEST[kind]} days at most")
    return PERIODS | dict(replaced or {})


class File(NamedTuple):
    """A person's file as the retention sees it. `erase_on`: the day that was promised, None when nobody asked.

    `awaited`: the day of the last thing that somebody still has to do with the person; `closed`: when the last orientation
    ended.
    """

    created: date
    last_contact: date | None
    under_way: bool
    has_identity: bool
    has_history: bool
    erase_on: date | None = None
    awaited: date | None = None
    closed: date | None = None


class Due(NamedTuple):
    kind: str
    on: date


def falls_due(file: File, lasts: Mapping[str, int] = PERIODS) -> list[Due]:
    """When its parts go, the earliest first, if nothing more happens. PERSON, UNUSED and WISH take the whole file.

    An orientation under way holds everything but a wish: who asked to be forgotten is not kept because a service is slow.
    """
    due = [Due(WISH, file.erase_on)] if file.erase_on else []
    if not file.under_way:
        last = max(filter(None, (file.created, file.last_contact, file.awaited)))
        due.append(Due(PERSON, last + timedelta(days=lasts[PERSON])))
        if not file.has_history:
            due.append(Due(UNUSED, last + timedelta(days=lasts[UNUSED])))
        if file.has_identity:
            closed = max(last, file.closed or last)
            due.append(Due(IDENTITY, closed + timedelta(days=lasts[IDENTITY])))
    return sorted(due, key=lambda one: one.on)


def whole_file(file: File, lasts: Mapping[str, int] = PERIODS) -> Due | None:
    """What takes the whole file, and when; None while nothing does."""
    return next((one for one in falls_due(file, lasts) if one.kind != IDENTITY), None)


def due(file: File, today: date, lasts: Mapping[str, int] = PERIODS) -> str | None:
    """What is done about this file today: WISH, PERSON or UNUSED (all of it), IDENTITY (that only), or nothing."""
    whole = whole_file(file, lasts)
    if whole and whole.on <= today:
        return whole.kind
    if any(one.on <= today for one in falls_due(file, lasts)):
        return IDENTITY
    return None


def cutoff(kind: str, today: date, lasts: Mapping[str, int] = PERIODS) -> date:
    """What lies on this day or before is due."""
    return today - timedelta(days=lasts[kind])
