"""Opening hours as plain values: no Django, no database, no settings.

`values` says what hours are, `evaluate` when they are open, `osm` and `schedules` how they are exchanged and stored,
`words` how people say them, `vectorised` answers "open now?" for a whole index at once. Times are minutes after
local midnight in Europe/Brussels; weekdays count from 0 = Monday.
"""

from services.opening_hours.belgian_holidays import BELGIAN_HOLIDAYS
from services.opening_hours.canonical import canonical
from services.opening_hours.evaluate import OpenState, intervals_on, state_at
from services.opening_hours.osm import OpeningHoursError
from services.opening_hours.values import ALWAYS_CLOSED, ALWAYS_OPEN, UNKNOWN, Hours, InvalidRuleError, Rule

__all__ = [
    "ALWAYS_CLOSED",
    "ALWAYS_OPEN",
    "BELGIAN_HOLIDAYS",
    "UNKNOWN",
    "Hours",
    "InvalidRuleError",
    "OpenState",
    "OpeningHoursError",
    "Rule",
    "canonical",
    "intervals_on",
    "state_at",
]
