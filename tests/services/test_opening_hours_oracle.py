"""Our reading of the OSM syntax, beside that of an independent library, opening-hours-py.

Where the two differ on purpose:
- The night after. We let 22:00-06:00 run to 06:00 whatever the next day's rules say; the library cuts it at midnight
  when another rule names the next day. Times past midnight are compared with strings of a single regular rule.
- Whit Sunday is a holiday here, and not in the library's Belgian calendar.
- `PH Mo` means the holidays that are Mondays in the OSM specification and here; the library reads "holidays and Mondays".
- An exception before the general rule holds here and is cancelled there; two exceptions of the same width that overlap;
  a 4th or 5th weekday that is the last as well (see `services.opening_hours.osm`). The strings are built without them.
"""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.opening_hours import BELGIAN_HOLIDAYS, state_at
from services.opening_hours.evaluate import BRUSSELS
from services.opening_hours.osm import format as osm_format
from services.opening_hours.osm import parse
from tests.services.opening_hours_strategies import MOMENTS, UNTIMED

oracle = pytest.importorskip("opening_hours", reason="pip install opening-hours-py: the independent oracle")

WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
DAYTIME = [
    "09:00-12:00",
    "08:30-12:00,13:00-16:00",
    "10:00-12:15,12:00-14:00",
    "00:00-24:00",
    "18:00-24:00",
    "00:00-00:30",
]
WHIT_SUNDAYS = {date(2026, 5, 24), date(2027, 5, 16), date(2028, 6, 4)}

hours_or_off = st.sampled_from([*DAYTIME, "off"])
day = st.sampled_from(WEEKDAYS)
days = st.one_of(
    st.sampled_from(["Mo-Fr", "Mo-Su", "Sa,Su", "Fr-Mo"]),
    st.lists(day, min_size=1, max_size=3, unique=True).map(",".join),
)
weekly = st.lists(st.tuples(days, hours_or_off).map(" ".join), min_size=1, max_size=3)
nth = st.lists(
    st.builds("{}[{}] {}".format, day, st.sampled_from(["1", "2,3", "1-3", "3", "-1"]), hours_or_off),
    max_size=2,
)
holidays = st.lists(hours_or_off.map("PH {}".format), max_size=1)
# From wide to narrow; none overlaps another of its width.
dated = st.tuples(
    st.sampled_from(["", "2027 Jan 10+"]),
    st.sampled_from(["", "Jul 01-Aug 31", "Dec 01-Jan 31", "2026 Nov 01-2026 Dec 15"]),
    st.sampled_from(["", "Dec 20-Jan 05", "2026 Jul 15-2026 Jul 31"]),
    st.sampled_from(["", "Jul 21", "Dec 24", "Dec 25,Jan 01"]),
    st.sampled_from(["", "2026 Jul 21", "2026 Dec 24"]),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Rules from the general to the exceptional, in the middle of which holidays may be spoken of."""
    exceptions = [
        " ".join(filter(None, [dates, draw(st.just("") | days), draw(hours_or_off)]))
        for dates in draw(dated)
        if dates
    ]
    spoken = draw(holidays)
    place = draw(st.integers(0, len(exceptions)))
    return "; ".join([*draw(weekly), *draw(nth), *exceptions[:place], *spoken, *exceptions[place:]])


def theirs(text: str, moment: datetime) -> bool:
    return oracle.OpeningHours(text, country="BE").is_open(moment)


def ours(text: str, moment: datetime) -> bool:
    return state_at(parse(text), moment, BELGIAN_HOLIDAYS).open is True


@UNTIMED
@given(texts(), MOMENTS)
def test_both_say_the_same_by_day(text: str, moment: datetime) -> None:
    assume(moment.date() not in WHIT_SUNDAYS)
    assert ours(text, moment) == theirs(text, moment)


@UNTIMED
@given(texts(), MOMENTS)
def test_the_text_that_we_write_says_the_same_to_others(text: str, moment: datetime) -> None:
    assume(moment.date() not in WHIT_SUNDAYS)
    written = osm_format(parse(text))
    assume("PH Mo" not in written and not any(f"PH {name}" in written for name in WEEKDAYS))
    assert theirs(written, moment) == ours(text, moment)


@UNTIMED
@given(
    st.builds(
        "{} {}".format,
        days | day.map("{}[1]".format),
        st.sampled_from(["22:00-06:00", "20:00-26:00", "09:00-09:00"]),
    ),
    MOMENTS,
)
def test_both_say_the_same_past_midnight(text: str, moment: datetime) -> None:
    assert ours(text, moment) == theirs(text, moment)


@UNTIMED
@given(st.builds("{} {}".format, days, st.sampled_from(["09:00-17:00", "22:00-06:00"])), MOMENTS)
def test_both_announce_the_same_change(text: str, moment: datetime) -> None:
    state = state_at(parse(text), moment, BELGIAN_HOLIDAYS)
    assert (state.until or state.next) == oracle.OpeningHours(text, country="BE").next_change(moment)


@pytest.mark.parametrize(
    "now", ["2026-03-29T01:30", "2026-03-29T03:30", "2026-10-25T01:30", "2026-10-25T05:00"]
)
def test_both_close_at_the_same_instant_on_the_nights_of_the_clock(now: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=BRUSSELS)
    state = state_at(parse("Sa 22:00-06:00"), moment, BELGIAN_HOLIDAYS)
    theirs_until = oracle.OpeningHours("Sa 22:00-06:00", country="BE", timezone=BRUSSELS).next_change(moment)
    assert abs(state.until - theirs_until) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "now", "we_say"),
    [
        ("Mo-Su 22:00-06:00; Tu off", "2026-11-24T02:00", True),  # Monday's night
        ("Mo-Su 22:00-06:00; PH off", "2026-07-21T02:00", True),  # the night before the National Day
        ("PH off; Mo-Fr 09:00-17:00", "2026-07-21T10:00", False),  # the exception holds
        ("Mo-Fr 09:00-17:00; PH Mo off", "2026-11-23T10:00", True),  # a Monday, and no holiday
        ("Mo-Su 09:00-17:00; PH off", "2026-05-24T10:00", False),  # Whit Sunday
        ("2026 Nov 23 10:00-12:00; Nov 20-Nov 30 off", "2026-11-23T10:00", True),  # the narrower holds
        ("Mo[5] 09:00-10:00; Mo[-1] 10:00-11:00", "2026-11-30T09:30", True),  # both are true
    ],
)
def test_where_we_differ_on_purpose(text: str, now: str, we_say: bool) -> None:
    moment = datetime.fromisoformat(now)
    assert ours(text, moment) is we_say
    assert theirs(text, moment) is not we_say
