"""The columns say of every listing what its own hours say."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.opening_hours import BELGIAN_HOLIDAYS, Hours, Rule, canonical, state_at
from services.opening_hours.osm import parse
from services.opening_hours.vectorised import Columns, pack
from tests.services.opening_hours_strategies import AWARE_MOMENTS, HOURS, MOMENTS, UNTIMED


@UNTIMED
@given(
    st.lists(HOURS, max_size=8),
    MOMENTS | AWARE_MOMENTS,
    st.sampled_from(["belgian", "every day", "even days"]),
)
def test_columns_agree_with_each_listing(listings: list[Hours], moment: datetime, calendar: str) -> None:
    def even(day: date) -> bool:
        return day.day % 2 == 0

    holidays = {"belgian": BELGIAN_HOLIDAYS, "every day": lambda day: True, "even days": even}[calendar]
    expected = [state_at(hours, moment, holidays).open for hours in listings]
    columns = Columns.of(listings)
    assert columns.known.tolist() == [state is not None for state in expected]
    assert columns.open_at(moment, holidays).tolist() == [bool(state) for state in expected]
    in_one_shape = Columns.of(canonical(hours) for hours in listings)
    assert in_one_shape.open_at(moment, holidays).tolist() == [bool(state) for state in expected]


def test_the_order_and_the_unknown_are_kept() -> None:
    texts = [
        "Mo 09:00-17:00",
        "",
        "off",
        "Su 22:00-10:00; Sa[1] 08:00-09:00",
        "24/7; PH off",
        "2026 Nov 23 off; Mo 09:00-17:00",
    ]
    columns = Columns([pack(parse(text)) for text in texts])
    moment = datetime(2026, 11, 23, 9, 30)  # a Monday
    assert columns.known.tolist() == [True, False, True, True, True, True]
    assert columns.open_at(moment, BELGIAN_HOLIDAYS).tolist() == [True, False, False, True, True, False]
    assert len(columns) == 6


def test_off_on_holidays_of_an_nth_weekday_closes_every_holiday_on_that_weekday() -> None:
    first_saturdays = Rule({5}, {1}, 600, 720, on_holidays="off")
    saturdays = Rule({5}, opens=540, closes=1020)
    assumption, the_week_after = datetime(2026, 8, 15, 11), datetime(2026, 8, 22, 11)  # the third Saturday
    for moment, expected in ((assumption, False), (the_week_after, True)):
        hours = Hours((first_saturdays, saturdays))
        assert state_at(hours, moment, BELGIAN_HOLIDAYS).open is expected
        assert Columns.of([hours]).open_at(moment, BELGIAN_HOLIDAYS).tolist() == [expected]


def test_no_listing_at_all() -> None:
    assert Columns([]).open_at(datetime(2026, 11, 23, 9, 30), ()).tolist() == []


def test_bytes_that_are_not_hours_name_the_listing() -> None:
    with pytest.raises(ValueError, match="listing 1 has 3 bytes"):
        Columns([b"", b"abc"])
