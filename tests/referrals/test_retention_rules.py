"""When a file falls due: the table of periods, and what holds whatever the dates are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals import retention
from referrals.retention import CALL, IDENTITY, PERIODS, PERSON, UNUSED, WISH, BadPeriods, File

DAY = date(2026, 3, 1)


def file(**changed) -> File:
    return File(
        **{
            "created": DAY,
            "last_contact": DAY,
            "under_way": False,
            "has_identity": True,
            "has_history": True,
            "erase_on": None,
        }
        | changed
    )


def after(days: int) -> date:
    return DAY + timedelta(days=days)


@pytest.mark.parametrize(
    ("what", "days", "expected"),
    [
        ({}, 182, None),
        ({}, 183, IDENTITY),
        ({}, 364, IDENTITY),
        ({}, 365, PERSON),
        ({"has_identity": False}, 364, None),
        ({"has_history": False}, 59, None),
        ({"has_history": False}, 60, UNUSED),
        ({"under_way": True}, 5000, None),
        ({"under_way": True, "erase_on": after(30)}, 29, None),
        ({"under_way": True, "erase_on": after(30)}, 30, WISH),
        ({"last_contact": None}, 365, PERSON),
        ({"closed": after(100)}, 282, None),  # help came late: it may be asked about
        ({"closed": after(100)}, 283, IDENTITY),
        ({"closed": after(300)}, 365, PERSON),
        (
            {"awaited": after(300)},
            482,
            None,
        ),  # somebody will call back: the number is there then, and the file
        ({"awaited": after(300)}, 665, PERSON),
        ({"last_contact": DAY - timedelta(days=400)}, 364, IDENTITY),  # no file is older than its first day
    ],
)
def test_the_table(what, days, expected):
    assert retention.due(file(**what), after(days)) == expected


def test_settings_replace_a_period():
    lasts = retention.periods({PERSON: 100})
    assert (retention.due(file(), after(100), lasts), lasts[IDENTITY]) == (PERSON, PERIODS[IDENTITY])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"persons": 3}, "'persons' is no kind"),
        ({PERSON: 0}, "1 or more"),
        ({PERSON: 1.5}, "whole days"),
        ({PERSON: True}, "whole days"),
        ({PERSON: 732}, "731 days at most"),
        ({retention.ACCESS: 1097}, "1096 days at most"),
    ],
)
def test_a_period_that_cannot_be_is_refused(wrong, told):
    with pytest.raises(BadPeriods, match=told):
        retention.periods(wrong)


dates = st.dates(date(2024, 1, 1), date(2030, 1, 1))
files = st.builds(
    File,
    created=dates,
    last_contact=st.none() | dates,
    under_way=st.booleans(),
    has_identity=st.booleans(),
    has_history=st.booleans(),
    erase_on=st.none() | dates,
    awaited=st.none() | dates,
    closed=st.none() | dates,
)
lasts = st.fixed_dictionaries({kind: st.integers(1, 700) for kind in PERIODS})


@given(files, dates, lasts)
def test_nothing_under_way_is_forgotten_unless_it_was_promised(one, today, periods):
    kind = retention.due(one, today, periods)
    if one.under_way:
        assert kind == (WISH if one.erase_on and one.erase_on <= today else None)


@given(files, dates, st.integers(0, 400), lasts)
def test_what_is_due_stays_due(one, today, later, periods):
    whole = {WISH, PERSON, UNUSED}
    before, afterwards = (retention.due(one, day, periods) for day in (today, today + timedelta(days=later)))
    if before:
        assert afterwards
    if before in whole:
        assert afterwards in whole


@given(files, dates, lasts)
def test_nothing_is_forgotten_before_its_day_nor_kept_after(one, today, periods):
    kind = retention.due(one, today, periods)
    days = {due.kind: due.on for due in retention.falls_due(one, periods)}
    if kind:
        assert days[kind] <= today
    else:
        assert all(on > today for on in days.values())


@given(files, dates, lasts)
def test_a_contact_puts_it_off(one, today, periods):
    spoken = one._replace(last_contact=today, created=min(one.created, today), erase_on=None)
    assert retention.due(spoken, today, periods) is None


@given(dates, lasts)
def test_the_cutoff_is_the_same_rule(today, periods):
    day = retention.cutoff(CALL, today, periods)
    assert day + timedelta(days=periods[CALL]) == today
