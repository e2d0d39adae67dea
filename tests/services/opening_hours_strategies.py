"""Random opening hours and moments, for the property tests."""

from datetime import date, datetime

from hypothesis import settings
from hypothesis import strategies as st

from services.opening_hours import Hours, Rule
from services.opening_hours.evaluate import BRUSSELS

UNTIMED = settings(deadline=None)  # a busy machine is no failure

# The changes of clock of 2026 are on 29 March and 25 October; 29 February is in 2028.
DAYS = st.one_of(
    st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    st.sampled_from(
        [
            *(
                date(2026, 3, 28),
                date(2026, 3, 29),
                date(2026, 10, 24),
                date(2026, 10, 25),
                date(2026, 10, 26),
            ),
            *(date(2028, 2, 29), date(2026, 7, 21), date(2026, 7, 22), date(2026, 12, 25), date(2027, 1, 1)),
        ]
    ),
)
MOMENTS = st.builds(
    lambda day, minute: datetime(day.year, day.month, day.day, minute // 60, minute % 60),
    DAYS,
    st.one_of(st.integers(0, 1439), st.sampled_from([0, 1, 359, 360, 480, 720, 1320, 1439])),
)
AWARE_MOMENTS = st.builds(
    lambda moment, fold: moment.replace(tzinfo=BRUSSELS, fold=fold), MOMENTS, st.integers(0, 1)
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any valid rule, with few distinct times and dates so that rules meet each other."""
    on_holidays = draw(st.sampled_from(["regular", "regular", "off", "only"]))
    weekdays = draw(st.frozensets(st.integers(0, 6), max_size=4) | st.just(frozenset(range(5))))
    nth = frozenset()
    if weekdays and on_holidays != "only" and draw(st.booleans()):
        nth = draw(st.frozensets(st.sampled_from([1, 2, 3, 4, 5, -1]), max_size=2))
    closed = draw(st.integers(0, 4)) == 0
    opens = draw(st.sampled_from([0, 480, 540, 720, 780, 1320, 1380]) | st.integers(0, 1439))
    closes = draw(st.sampled_from([opens + 30, opens + 480, opens + 1440, 150, 360, 1440]))
    dates = draw(st.sampled_from(["none", "none", "none", "year", "yearly", "from", "to"]))
    near = st.sampled_from([date(2026, 7, 1), date(2026, 7, 21), date(2027, 1, 1), date(2026, 12, 24)])
    first, last = draw(near | DAYS), draw(near | DAYS)
    if dates == "year" and last < first:
        first, last = last, first
    return Rule(
        weekdays=weekdays,
        nth=nth,
        opens=None if closed else opens,
        closes=None if closed else closes,
        valid_from=first if dates in ("year", "yearly", "from") else None,
        valid_to=last if dates in ("year", "yearly", "to") else None,
        yearly=dates == "yearly",
        on_holidays=on_holidays,
        closed=closed,
    )


HOURS = st.lists(rules(), max_size=6).map(lambda found: Hours(tuple(found)))
