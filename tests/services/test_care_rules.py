"""When a listing is due, how urgent it is and what it lacks: the rules as tables, and what must never turn round."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.care import completeness, rules
from services.care.completeness import CRITERIA, Facts
from services.care.rhythms import DEFAULT_DAYS, STARTING_RHYTHMS
from services.care.words import LACKS
from services.verification import rules as verification

TODAY = date(2026, 11, 22)
DAYS_AGO = st.integers(0, 5000)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("own", "of_kind", "default", "expected"),
    [(30, 90, 365, 30), (None, 90, 300, 90), (None, None, 300, 300), (None, None, None, DEFAULT_DAYS)],
)
def test_the_rhythm_is_its_own_then_its_kinds_then_the_default(own, of_kind, default, expected):
    assert rules.rhythm_days(own, of_kind, default) == expected


def test_every_starting_rhythm_has_a_reason_and_stays_within_a_year():
    assert all(7 <= days <= DEFAULT_DAYS and why for days, why in STARTING_RHYTHMS.values())
    assert STARTING_RHYTHMS["food_aid"][0] < STARTING_RHYTHMS["general_practitioner"][0] < DEFAULT_DAYS


@pytest.mark.parametrize(
    ("verified_on", "due"),
    [(None, True), (ago(91), True), (ago(90), True), (ago(89), False), (TODAY, False)],
)
def test_due_on_the_day_the_rhythm_is_over(verified_on, due):
    assert rules.is_due(verified_on, 90, TODAY) is due
    assert rules.due_on(ago(90), 90) == TODAY
    assert rules.due_on(None, 90) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"verified_on": ago(89)}, 0.0),
        ({"verified_on": ago(90)}, 1.0),
        ({"verified_on": ago(180)}, 2.0),
        ({"verified_on": None}, 3.0),
        ({"verified_on": ago(90), "opened": 1}, 2.0),
        ({"verified_on": ago(90), "opened": 255}, 9.0),
        ({"verified_on": ago(90), "reports": 1}, 3.0),
        ({"verified_on": ago(1), "reports": 1}, 3.0),  # a report makes it due at once
        ({"verified_on": ago(90), "silent": True}, 1.5),
        ({"verified_on": ago(180), "opened": 3, "reports": 2, "silent": True}, 2 * 3 * 5 * 1.5),
        ({"verified_on": None, "lifecycle": "closed_permanently"}, 0.0),
        ({"verified_on": None, "lifecycle": "archived", "reports": 4}, 0.0),
        ({"verified_on": None, "lifecycle": "suspended"}, 3.0),
        ({"verified_on": None, "live": False}, 0.0),
    ],
)
def test_urgency_is_age_times_views_times_reports(values, expected):
    assert rules.urgency(days=90, today=TODAY, **values) == pytest.approx(expected)


@given(st.integers(7, 1500), DAYS_AGO, DAYS_AGO, st.integers(0, 10**6), st.integers(0, 500), st.booleans())
def test_urgency_never_falls_with_age_views_or_reports(days, one, other, opened, reports, silent):
    newer, older = sorted((one, other))

    def urgency(age, opened=opened, reports=reports, silent=silent):
        return rules.urgency(
            verified_on=ago(age), days=days, today=TODAY, opened=opened, reports=reports, silent=silent
        )

    assert urgency(older) >= urgency(newer)
    assert urgency(newer, opened=opened + 1) >= urgency(newer)
    assert urgency(newer, reports=reports + 1) >= urgency(newer)
    assert urgency(newer, silent=True) >= urgency(newer, silent=False)
    assert (urgency(newer) > 0) == (reports > 0 or rules.is_due(ago(newer), days, TODAY))


@given(DAYS_AGO, DAYS_AGO, st.integers(7, 1500), st.integers(7, 1500))
def test_a_later_verification_or_a_longer_rhythm_is_never_due_earlier(one, other, days, more):
    newer, older = sorted((one, other))
    assert rules.due_on(ago(newer), days) >= rules.due_on(ago(older), days)
    assert rules.due_on(ago(newer), max(days, more)) >= rules.due_on(ago(newer), min(days, more))


FULL = Facts(
    named_in=frozenset({"fr", "nl"}),
    told_in=frozenset({"fr", "nl"}),
    summary=True,
    description=True,
    needs=True,
    reachable=True,
    hours=True,
    somewhere=True,
    pointed=True,
    access=True,
    cost=True,
    languages=True,
    web=True,
)


def test_a_full_listing_has_100_and_an_empty_one_nothing():
    assert completeness.score(completeness.lacking(FULL)) == 100
    assert completeness.score(completeness.lacking(Facts())) == 0
    assert sum(criterion.weight for criterion in CRITERIA) == 100
    assert {criterion.code for criterion in CRITERIA} == set(LACKS)


@pytest.mark.parametrize("code", ["reachable", "hours", "needs", "somewhere", "cost"])
def test_what_lacks_costs_its_weight(code):
    from dataclasses import replace

    lacks = completeness.lacking(replace(FULL, **{code: False}))
    assert lacks == [code]
    assert completeness.score(lacks) == 100 - completeness.BY_CODE[code].weight


def test_two_languages_are_wanted_and_the_weightiest_comes_first():
    from dataclasses import replace

    assert completeness.lacking(replace(FULL, told_in=frozenset({"fr"}))) == ["both_languages"]
    weights = [completeness.BY_CODE[code].weight for code in completeness.lacking(Facts())]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize(
    ("result", "confirmed", "shown", "expected"),
    [
        ("verified", [], ["phone"], True),
        ("partly", ["phone", "hours"], ["name", "phone", "hours"], True),
        ("partly", ["phone"], ["name", "phone", "hours"], False),
        ("partly", ["name"], ["name"], True),
        ("partly", [], ["name"], False),
        ("unreachable", ["phone", "hours"], ["phone", "hours"], False),
        ("closed", ["phone", "hours"], ["phone", "hours"], False),
    ],
)
def test_what_counts_as_a_verification(result, confirmed, shown, expected):
    assert verification.counts(result, confirmed, shown) is expected


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (["unreachable"] * 3, True),
        (["unreachable"] * 2, False),
        (["unreachable", "unreachable", "partly"], False),
        (["verified", "unreachable", "unreachable", "unreachable"], False),
        ([], False),
    ],
)
def test_three_times_nobody_proposes_to_suspend(results, expected):
    assert verification.should_suspend(results) is expected
