"""When a place is open, in the words of the people who write opening hours down."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.opening_hours import (
    ALWAYS_CLOSED,
    BELGIAN_HOLIDAYS,
    UNKNOWN,
    Hours,
    InvalidRuleError,
    Rule,
    intervals_on,
    state_at,
)
from services.opening_hours.belgian_holidays import holidays_of
from services.opening_hours.evaluate import BRUSSELS
from services.opening_hours.osm import parse

MONDAY, TUESDAY, FRIDAY, SATURDAY = (
    date(2026, 11, 23),
    date(2026, 11, 24),
    date(2026, 11, 27),
    date(2026, 11, 28),
)
NATIONAL_DAY = date(2026, 7, 21)  # a Tuesday


def clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def opened(text: str, day: date) -> str:
    spans = intervals_on(parse(text), day, BELGIAN_HOLIDAYS)
    return " ".join(f"{clock(start)}-{clock(end)}" for start, end in spans)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def brussels(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS, fold=fold)


@pytest.mark.parametrize(
    ("text", "day", "expected"),
    [
        ("Mo-Fr 08:30-12:00,13:00-16:00", MONDAY, "8:30-12:00 13:00-16:00"),
        ("Mo-Fr 08:30-12:00,13:00-16:00", SATURDAY, ""),
        ("Mo-Fr 08:30-12:00,12:00-16:00", MONDAY, "8:30-16:00"),  # touching
        ("Mo-Fr 08:30-13:00,12:00-16:00", MONDAY, "8:30-16:00"),  # overlapping
        ("Fr-Mo 09:00-10:00", MONDAY, "9:00-10:00"),  # over the week-end
        ("Fr-Mo 09:00-10:00", TUESDAY, ""),
        ("09:00-10:00", SATURDAY, "9:00-10:00"),
        ("Fr 22:00-06:00", FRIDAY, "22:00-30:00"),
        ("Fr 22:00-06:00", SATURDAY, ""),  # belongs to the day it starts on
        ("Fr 09:00-09:00", FRIDAY, "9:00-33:00"),
        ("24/7", FRIDAY, "0:00-24:00"),
        ("off", FRIDAY, ""),
        # nth weekdays
        ("Sa[4] 10:00-12:00", SATURDAY, "10:00-12:00"),
        ("Sa[-1] 10:00-12:00", SATURDAY, "10:00-12:00"),
        ("Sa[1-3] 10:00-12:00", SATURDAY, ""),
        ("Mo[5] 10:00-12:00", date(2026, 11, 30), "10:00-12:00"),
        ("Mo[-1] 10:00-12:00", date(2026, 11, 30), "10:00-12:00"),
        ("Mo[-1] 10:00-12:00", MONDAY, ""),
        ("Mo-Fr 09:00-17:00; Fr[-1] off", FRIDAY, ""),
        ("Mo-Fr 09:00-17:00; Fr[-1] 13:00-14:00", FRIDAY, "13:00-14:00"),
        # a later rule replaces the days it names, and no others
        ("Mo-Fr 09:00-17:00; Mo 10:00-12:00", MONDAY, "10:00-12:00"),
        ("Mo-Fr 09:00-17:00; Mo 10:00-12:00", TUESDAY, "9:00-17:00"),
        ("Mo-Fr 09:00-17:00; Mo off", MONDAY, ""),
        # public holidays
        ("Mo-Fr 09:00-17:00", NATIONAL_DAY, "9:00-17:00"),  # nothing said: as usual
        ("Mo-Fr 09:00-17:00; PH off", NATIONAL_DAY, ""),
        ("Mo-Fr 09:00-17:00; PH 10:00-12:00", NATIONAL_DAY, "10:00-12:00"),
        ("Mo-Fr 09:00-17:00; PH 10:00-12:00", date(2026, 7, 20), "9:00-17:00"),
        ("Mo 09:00-17:00; PH,Sa 10:00-12:00", NATIONAL_DAY, "10:00-12:00"),
        ("Mo 09:00-17:00; PH,Sa 10:00-12:00", SATURDAY, "10:00-12:00"),
        ("Mo-Su 09:00-17:00; PH Sa,Su off", NATIONAL_DAY, "9:00-17:00"),
        ("Mo-Su 09:00-17:00; PH Sa,Su off", date(2026, 8, 15), ""),  # Assumption, a Saturday
        ("PH off; Mo-Fr 09:00-17:00", NATIONAL_DAY, ""),  # an exception holds wherever it stands
        # dates
        ("Mo-Fr 09:00-17:00; 2026 Nov 24 off", TUESDAY, ""),
        ("Mo-Fr 09:00-17:00; 2026 Nov 24 off", MONDAY, "9:00-17:00"),
        ("Mo-Fr 09:00-17:00; Nov 24 10:00-11:00", TUESDAY, "10:00-11:00"),
        ("Mo-Fr 09:00-17:00; Dec 20-Jan 05 off", date(2027, 1, 5), ""),  # over New Year
        ("Mo-Fr 09:00-17:00; Dec 20-Jan 05 off", date(2027, 1, 6), "9:00-17:00"),
        ("Mo-Fr 09:00-17:00; Jul-Aug Mo-We 10:00-12:00", date(2026, 8, 31), "10:00-12:00"),
        (
            "Mo-Fr 09:00-17:00; Jul-Aug Mo-We 10:00-12:00",
            date(2026, 8, 27),
            "9:00-17:00",
        ),  # a Thursday: not named
        ("Mo-Su 09:00-17:00; Feb 29 off", date(2028, 2, 29), ""),
        ("Mo-Su 09:00-17:00; Feb off", date(2027, 2, 28), ""),
        ("Mo-Su 09:00-17:00; Feb off", date(2027, 3, 1), "9:00-17:00"),
        ("Mo-Su 09:00-17:00; 2026 Nov 24+ off", MONDAY, "9:00-17:00"),
        ("Mo-Su 09:00-17:00; 2026 Nov 24+ off", FRIDAY, ""),
        ("Mo-Su 09:00-17:00; 1900 Jan 01-2026 Nov 24 off", TUESDAY, ""),
        ("Mo-Su 09:00-17:00; 1900 Jan 01-2026 Nov 24 off", FRIDAY, "9:00-17:00"),
        # dates and holidays: each rule replaces those before it, as written
        ("Mo-Fr 09:00-17:00; Jul-Aug Mo-Fr 10:00-14:00; PH off", NATIONAL_DAY, ""),
        ("Mo-Fr 09:00-17:00; PH off; Jul-Aug Mo-Fr 10:00-14:00", NATIONAL_DAY, "10:00-14:00"),
        ("Mo-Fr 09:00-17:00; Jul-Aug off; PH 10:00-12:00", NATIONAL_DAY, "10:00-12:00"),
        ("Mo-Fr 09:00-17:00; PH off; 2026 Jul 21 10:00-12:00", NATIONAL_DAY, "10:00-12:00"),
        # the narrower dates win, and this year wins from every year
        ("Jul-Aug off; 2026 Jul 20-2026 Jul 24 09:00-12:00", NATIONAL_DAY, "9:00-12:00"),
        ("2026 Jul 20-2026 Jul 24 09:00-12:00; Jul-Aug off", NATIONAL_DAY, "9:00-12:00"),
        ("Dec 24 off; 2026 Dec 24 09:00-12:00", date(2026, 12, 24), "9:00-12:00"),
        ("Dec 24 off; 2026 Dec 24 09:00-12:00", date(2027, 12, 24), ""),
    ],
)
def test_what_is_open_on_a_day(text: str, day: date, expected: str) -> None:
    assert opened(text, day) == expected


def test_rows_for_one_day_are_joined_whatever_their_order() -> None:
    morning, afternoon = Rule({0, 2}, opens=540, closes=720), Rule(opens=780, closes=1020)
    for rules in ((morning, afternoon), (afternoon, morning)):
        assert intervals_on(Hours(rules), MONDAY, ()) == [(540, 720), (780, 1020)]
        assert intervals_on(Hours(rules), TUESDAY, ()) == [(780, 1020)]


def test_a_row_off_on_holidays_gives_way_to_a_row_for_holidays() -> None:
    usual = Rule(range(5), opens=540, closes=1020, on_holidays="off")
    on_holidays = Rule(opens=600, closes=720, on_holidays="only")
    assert intervals_on(Hours((usual,)), NATIONAL_DAY, BELGIAN_HOLIDAYS) == []
    assert intervals_on(Hours((usual, on_holidays)), NATIONAL_DAY, BELGIAN_HOLIDAYS) == [(600, 720)]


def test_a_closed_row_wins_from_an_open_one_with_the_same_dates() -> None:
    hours = Hours((Rule({0}, closed=True), Rule(opens=540, closes=1020)))
    assert intervals_on(hours, MONDAY, ()) == []
    assert intervals_on(hours, TUESDAY, ()) == [(540, 1020)]


@pytest.mark.parametrize(
    ("text", "now", "is_open", "until", "opens_next"),
    [
        ("Mo-Fr 09:00-17:00", "2026-11-23T09:00", True, "2026-11-23T17:00", None),
        ("Mo-Fr 09:00-17:00", "2026-11-23T16:59:59", True, "2026-11-23T17:00", None),
        ("Mo-Fr 09:00-17:00", "2026-11-23T17:00", False, None, "2026-11-24T09:00"),
        ("Mo-Fr 09:00-17:00", "2026-11-27T18:00", False, None, "2026-11-30T09:00"),
        ("Mo-Fr 09:00-12:00,13:00-17:00", "2026-11-23T12:30", False, None, "2026-11-23T13:00"),
        ("Fr 22:00-06:00", "2026-11-28T05:59", True, "2026-11-28T06:00", None),
        ("Fr 22:00-06:00", "2026-11-27T05:59", False, None, "2026-11-27T22:00"),
        ("Fr 22:00-06:00; Sa off", "2026-11-28T02:00", True, "2026-11-28T06:00", None),
        ("Fr 22:00-24:00; Sa 00:00-06:00", "2026-11-27T23:00", True, "2026-11-28T06:00", None),  # joined
        ("24/7; 2026 Dec 25 off", "2026-11-27T23:00", True, "2026-12-25T00:00", None),
        ("24/7", "2026-11-27T23:00", True, None, None),
        ("off", "2026-11-27T23:00", False, None, None),
        (
            "Mo-Fr 09:00-17:00; PH off",
            "2026-12-24T18:00",
            False,
            None,
            "2026-12-28T09:00",
        ),  # over Christmas, a Friday
        ("2027 Jan 20 09:00-17:00", "2026-11-27T23:00", False, None, "2027-01-20T09:00"),
        ("2027 Jan 28 09:00-17:00", "2026-11-27T23:00", False, None, None),  # more than 60 days on
    ],
)
def test_the_state_at_a_moment(
    text: str, now: str, is_open: bool, until: str | None, opens_next: str | None
) -> None:
    state = state_at(parse(text), local(now), BELGIAN_HOLIDAYS)
    assert state.open is is_open
    assert state.until == (until and local(until))
    assert state.next == (opens_next and local(opens_next))


def test_unknown_is_not_closed() -> None:
    assert state_at(UNKNOWN, local("2026-11-23T10:00"), ()).open is None
    assert state_at(ALWAYS_CLOSED, local("2026-11-23T10:00"), ()).open is False
    assert not UNKNOWN.known
    assert ALWAYS_CLOSED.known


def test_closed_all_day_says_whether_anything_starts_today() -> None:
    hours = parse("Mo-Fr 09:00-17:00")
    assert state_at(hours, local("2026-11-28T10:00"), ()).closed_all_day
    assert not state_at(hours, local("2026-11-27T18:00"), ()).closed_all_day


def test_a_moment_in_another_zone_is_read_in_brussels() -> None:
    state = state_at(parse("Mo 09:00-17:00"), datetime(2026, 11, 23, 8, 0, tzinfo=UTC), ())
    assert state.open
    assert state.until == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


class TestTheNightsOfTheClock:
    """29 March 2026: 02:00 becomes 03:00. 25 October 2026: 02:00-03:00 happens twice."""

    def test_a_night_shelter_closes_at_six_by_the_clock(self) -> None:
        hours = parse("Sa 22:00-06:00")
        for night, length in (("2026-03-28", 7), ("2026-10-24", 9)):
            state = state_at(hours, brussels(f"{night}T22:00"), ())
            assert state.until.astimezone(UTC) - brussels(f"{night}T22:00").astimezone(UTC) == timedelta(
                hours=length
            )
            assert state.until.hour == 6

    def test_in_spring_a_time_that_does_not_exist_comes_at_three(self) -> None:
        state = state_at(parse("Sa 22:00-02:30"), brussels("2026-03-29T01:30"), ())
        assert state.until.astimezone(UTC) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
        assert state_at(parse("Sa 22:00-02:30"), brussels("2026-03-29T03:00"), ()).open is False
        assert state_at(parse("Su 02:30-04:00"), brussels("2026-03-29T03:00"), ()).open is True

    def test_in_autumn_a_place_that_closed_in_the_first_pass_stays_closed(self) -> None:
        hours = parse("Sa 22:00-02:30")
        assert state_at(hours, brussels("2026-10-25T02:15", fold=0), ()).open is True
        assert state_at(hours, brussels("2026-10-25T02:45", fold=0), ()).open is False
        assert state_at(hours, brussels("2026-10-25T02:15", fold=1), ()).open is False

    def test_in_autumn_a_place_that_opened_in_the_first_pass_stays_open(self) -> None:
        hours = parse("Su 02:30-03:30")
        assert state_at(hours, brussels("2026-10-25T02:15", fold=1), ()).open is True
        assert state_at(hours, brussels("2026-10-25T02:15", fold=0), ()).open is False


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"weekdays": {7}, "closed": True}, "weekdays"),
        ({"weekdays": {0}, "nth": {6}, "closed": True}, "nth"),
        ({"nth": {1}, "closed": True}, "nth"),
        ({"weekdays": {0}, "nth": {1}, "closed": True, "on_holidays": "only"}, "nth"),
        ({"opens": 540}, "closes"),
        ({"closes": 540}, "opens"),
        ({"opens": 1440, "closes": 1500}, "opens"),
        ({"opens": 540, "closes": 2000}, "closes"),
        ({"opens": 540, "closes": -1}, "closes"),
        ({"opens": 540, "closes": 600, "closed": True}, "closed"),
        ({"closed": True, "yearly": True, "valid_from": date(2026, 1, 1)}, "valid_to"),
        ({"closed": True, "valid_from": date(2026, 1, 2), "valid_to": date(2026, 1, 1)}, "valid_to"),
        ({"closed": True, "valid_from": date(1900, 1, 1)}, "valid_from"),
        ({"closed": True, "valid_from": datetime(2026, 1, 1)}, "valid_from"),
        ({"closed": True, "on_holidays": "never"}, "on_holidays"),
    ],
)
def test_a_rule_that_means_nothing_is_refused_by_field(fields: dict, wrong: str) -> None:
    with pytest.raises(InvalidRuleError) as caught:
        Rule(**fields)
    assert caught.value.field == wrong


def test_the_ten_legal_holidays_and_the_two_sundays() -> None:
    days = {day.strftime("%m-%d") for day in holidays_of(2026)}
    legal = {"01-01", "04-06", "05-01", "05-14", "05-25", "07-21", "08-15", "11-01", "11-11", "12-25"}
    assert days == legal | {"04-05", "05-24"}
    assert "2026-07-21" not in BELGIAN_HOLIDAYS
