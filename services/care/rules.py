"""When a listing is due and how urgent it is, as pure functions over plain values.

    urgency = age × views × reports × silence, and 0 while there is nothing to do

Each factor only grows with what it measures, so a listing never sinks in the list by getting older, busier or more
reported.
"""

from datetime import date, timedelta
from math import log2

from .rhythms import DEFAULT_DAYS

USE_DAYS = 90  # how far back views are counted
# Somebody has to look at these; what is closed for good or archived is found by nobody who would be misled.
VERIFIED_LIFECYCLES = frozenset({"published", "suspended"})

# Never verified counts as three missed rhythms: above what is merely late, below what is years late and much read.
NEVER = 3.0
# One report weighs as much as three times the age: somebody has been misled already.
PER_REPORT = 2.0
# The organisation was asked three times and has not answered: the team has to call.
SILENCE = 1.5


def rhythm_days(own: int | None, of_kind: int | None, default: int | None) -> int:
    """The listing's own rhythm, else its kind's, else the default row's, else DEFAULT_DAYS."""
    return own or of_kind or default or DEFAULT_DAYS


def due_on(verified_on: date | None, days: int) -> date | None:
    """The day on which it is to be verified again; None: it never was, and is due now."""
    return None if verified_on is None else verified_on + timedelta(days=days)


def is_due(verified_on: date | None, days: int, today: date) -> bool:
    due = due_on(verified_on, days)
    return due is None or due <= today


def age_factor(verified_on: date | None, days: int, today: date, *, reported: bool = False) -> float:
    """Rhythms since the last verification; 0 before the first is over, unless somebody reported: then it is due now."""
    if verified_on is None:
        return NEVER
    age = (today - verified_on).days / days
    if reported:
        return max(age, 1.0)
    return age if age >= 1.0 else 0.0


def views_factor(opened: int) -> float:
    """1 for a listing nobody opened; one more each time the views double, so that a busy one does not hide the rest."""
    return 1.0 + log2(1 + opened)


def reports_factor(reports: int) -> float:
    return 1.0 + PER_REPORT * reports


def urgency(
    *,
    verified_on: date | None,
    days: int,
    today: date,
    opened: int = 0,
    reports: int = 0,
    silent: bool = False,
    lifecycle: str = "published",
    live: bool = True,
) -> float:
    """How soon somebody should verify it; 0: not now. `days`: its rhythm, `opened`: views in USE_DAYS."""
    if not live or lifecycle not in VERIFIED_LIFECYCLES:
        return 0.0
    age = age_factor(verified_on, days, today, reported=reports > 0)
    silence = SILENCE if silent else 1.0
    return round(age * views_factor(opened) * reports_factor(reports) * silence, 4)
