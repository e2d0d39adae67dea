"""Opening hours as OSM text, as HSDS rows and as bytes come back as they went, and what is wrong is named."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.opening_hours import (
    BELGIAN_HOLIDAYS,
    UNKNOWN,
    Hours,
    OpeningHoursError,
    Rule,
    canonical,
    intervals_on,
    osm,
)
from services.opening_hours.schedules import FIELDS, ScheduleRowError, from_schedule_rows, to_schedule_rows
from services.opening_hours.vectorised import pack, unpack
from tests.services.opening_hours_strategies import DAYS, HOURS, UNTIMED


@UNTIMED
@given(HOURS)
def test_hours_come_back_from_their_text(hours: Hours) -> None:
    assert osm.parse(osm.format(hours)) == canonical(hours)
    assert osm.parse(osm.format(canonical(hours))) == canonical(hours)


@UNTIMED
@given(HOURS, DAYS)
def test_canonical_hours_open_when_the_hours_do(hours: Hours, day: date) -> None:
    for holidays in (BELGIAN_HOLIDAYS, {day}):
        assert intervals_on(canonical(hours), day, holidays) == intervals_on(hours, day, holidays)
    assert canonical(hours).known == hours.known
    assert canonical(canonical(hours)) == canonical(hours)


@UNTIMED
@given(HOURS)
def test_hours_come_back_from_their_rows(hours: Hours) -> None:
    rows = to_schedule_rows(hours)
    assert from_schedule_rows(rows) == hours
    assert all(tuple(row) == FIELDS for row in rows)
    as_stored = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in rows
    ]
    assert from_schedule_rows(as_stored) == hours


@UNTIMED
@given(HOURS)
def test_hours_come_back_from_their_bytes(hours: Hours) -> None:
    assert unpack(pack(hours)) == hours
    assert len(pack(hours)) == 15 * len(hours.rules)


@UNTIMED
@given(st.text(alphabet='MoTuSa FrPH0129:-;,[]+24/7ofJanDc"é\x00', max_size=40) | st.text(max_size=20))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    refused = None
    try:
        hours = osm.parse(text)
    except OpeningHoursError as error:
        refused = error
    if refused:
        assert text[refused.position : refused.position + len(refused.token)] == refused.token
        assert refused.message
    else:
        assert osm.parse(osm.format(hours)) == hours


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("mo-fr 9:00-12:00 ,  13:00–17:00 ;", "Mo-Fr 09:00-12:00,13:00-17:00"),
        ("Mo-Fr 08:30-16:00; PH off", "Mo-Fr 08:30-16:00; PH off"),
        ("PH off; Mo-Fr 08:30-16:00", "Mo-Fr 08:30-16:00; PH off"),
        ("Mo-Su 00:00-24:00", "24/7"),
        ("closed", "off"),
        ("Mo 22:00-30:00", "Mo 22:00-06:00"),
        ("Mo-Fr 09:00-17:00; We off", "Mo,Tu,Th,Fr 09:00-17:00; We off"),
        ("Th[-1] 10:00-12:00; Mo-Fr 09:00-10:00", "Mo-Fr 09:00-10:00; Th[-1] 10:00-12:00"),
        ("Dec 24-26,Dec 31 off", "Dec 24-Dec 26 off; Dec 31 off"),
        ("2026 Jul 15-Aug 15: off", "2026 Jul 15-2026 Aug 15 off"),
        (
            "Mo-Fr 09:00-17:00; Sa 10:00-12:00; PH Mo-Fr off",
            "Mo-Fr 09:00-17:00; Sa 10:00-12:00; PH Mo-Fr off",
        ),
        ("", ""),
    ],
)
def test_the_text_that_we_write(text: str, written: str) -> None:
    assert osm.format(osm.parse(text)) == written


def test_one_line_with_a_holiday_closing_is_one_row() -> None:
    (row,) = to_schedule_rows(osm.parse("Mo-Fr 08:30-16:00; PH off"))
    shown = {name: row[name] for name in ("freq", "byday", "opens_at", "closes_at", "on_holidays", "closed")}
    assert shown == {
        "freq": "WEEKLY",
        "byday": "MO,TU,WE,TH,FR",
        "opens_at": "08:30",
        "closes_at": "16:00",
        "on_holidays": "off",
        "closed": False,
    }


@pytest.mark.parametrize(
    ("text", "position", "token", "says"),
    [
        ("Mo-Fr", 5, "", "hours are expected"),
        ("Mo-Fr 9h-12h", 7, "h", "not understood"),
        ("Lu 09:00-12:00", 0, "Lu", "days are Mo"),
        ("Mo-Fr 09:00", 11, "", "closing time"),
        ("Mo 09:00-25:61", 9, "25:61", "not a time"),
        ("Mo 24:00-26:00", 3, "24:00", "next day"),
        ("Mo 09:00-48:00", 9, "48:00", "more than a day"),
        ("Mo 09:00-17:00+", 14, "+", "open end"),
        ("Mo 09:00-12:00, Sa 10:00-12:00", 16, "Sa", "separate rules with ';'"),
        ("Mo 09:00-12:00 PH off", 15, "PH", "separated by ';'"),
        ("Mo[6] 09:00-12:00", 3, "6", "1 to 5"),
        ("Mo[-2] 09:00-12:00", 3, "-", "only the last one"),
        ("Mo–Fr 09:00–", 12, "", "closing time"),
        ("–", 0, "–", "hours are expected"),
        ("Mo-Fr[1] 09:00-12:00", 5, "[", "one weekday"),
        ("PH Mo[1] off", 9, "off", "nth"),
        ("Feb 30 off", 0, "Feb", "no day 30"),
        ("2026 Dec 20-Jan 05 off", 12, "Jan", "write the year"),
        ("Jul 01-2026 Aug 31 off", 0, "Jul", "every year"),
        ("Jul 01+ off", 6, "+", "need a year"),
        ("1800 Jan 01 off", 0, "1800", "year"),
        ("SH off", 0, "SH", "school holidays"),
        ('Mo 09:00-12:00 "sur rendez-vous"', 15, '"sur', "comments"),
        ("sunrise-sunset", 0, "sunrise", "sun"),
        ("Mo 09:00-12:00 || off", 15, "||", "alternatives"),
    ],
)
def test_a_wrong_text_is_refused_with_its_place_and_reason(
    text: str, position: int, token: str, says: str
) -> None:
    with pytest.raises(OpeningHoursError) as caught:
        osm.parse(text)
    assert (caught.value.position, caught.value.token) == (position, token)
    assert says in caught.value.message
    assert says in str(caught.value)


def test_rows_of_others_are_read() -> None:
    rows = [
        {"freq": "MONTHLY", "byday": "1SA,-1TH", "opens_at": time(9), "closes_at": "12:00:00"},
        {
            "freq": "WEEKLY",
            "byday": "mo, TU",
            "opens_at": "22:00",
            "closes_at": "24:00",
            "dtstart": "2026-07-01",
        },
    ]
    assert from_schedule_rows(rows) == Hours(
        (
            Rule({5}, {1}, 540, 720),
            Rule({3}, {-1}, 540, 720),
            Rule({0, 1}, opens=1320, closes=1440, valid_from=date(2026, 7, 1)),
        )
    )
    assert from_schedule_rows([]) == UNKNOWN


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"byday": "XX", "closed": True}, "byday"),
        ({"byday": "6SA", "closed": True}, "byday"),
        ({"freq": "DAILY", "closed": True}, "freq"),
        ({"interval": 2, "closed": True}, "interval"),
        ({"bymonthday": "15", "closed": True}, "bymonthday"),
        ({"opens_at": "9h", "closes_at": "12:00"}, "opens_at"),
        ({"opens_at": "09:00", "closes_at": "24:30"}, "closes_at"),
        ({"opens_at": "09:00"}, "closes_at"),
        ({"closed": True, "valid_from": "1 July"}, "valid_from"),
        ({"closed": True, "valid_from": "2026-07-02", "until": "2026-07-01"}, "valid_to"),
        ({"closed": True, "on_holidays": "sometimes"}, "on_holidays"),
    ],
)
def test_a_wrong_row_is_refused_by_number_and_field(row: dict, field: str) -> None:
    with pytest.raises(ScheduleRowError) as caught:
        from_schedule_rows([{"closed": True}, row])
    assert (caught.value.row, caught.value.field) == (1, field)


def test_bytes_that_are_not_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 15"):
        unpack(b"x")
