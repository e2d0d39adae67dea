"""How long an agent's report stands, who is another agent, and what settles it: the rules as tables."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.codes import ConfirmedField, ReportReason, SuggestionState, VerificationResult
from services.reports import rules

TODAY = date(2026, 11, 22)
CLOSED, WRONG, SILENT, FULL = rules.REASONS
FIELDS = st.frozensets(st.sampled_from(ConfirmedField.values))
REASONS = st.sampled_from(rules.REASONS)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_the_codes_are_those_of_the_catalogue():
    assert set(rules.REASONS) <= set(ReportReason.values)
    assert set(rules.ANSWERED_BY.values()) <= set(ConfirmedField.values)
    assert set(rules.OPENS_AGAIN) <= set(SuggestionState.values)


@pytest.mark.parametrize(
    ("reason", "age", "expected"),
    [
        (FULL, 0, True),
        (FULL, 14, True),
        (FULL, 15, False),
        (SILENT, 14, True),
        (SILENT, 15, False),
        (WRONG, 15, True),
        (WRONG, 4000, True),
        (CLOSED, 4000, True),
    ],
)
def test_how_long_a_report_stands(reason, age, expected):
    assert rules.stands(reason, ago(age), TODAY) is expected


@pytest.mark.parametrize(
    ("reason", "capacity_on", "expected"),
    [
        (FULL, None, True),
        (FULL, ago(3), True),
        (FULL, ago(2), True),
        (FULL, ago(1), False),
        (WRONG, ago(1), True),
    ],
)
def test_the_teams_later_word_on_its_places_answers_full(reason, capacity_on, expected):
    assert rules.stands(reason, ago(2), TODAY, capacity_on=capacity_on) is expected


def test_an_installation_chooses_its_own_days():
    assert not rules.stands(FULL, ago(4), TODAY, {FULL: 3})
    assert rules.stands(SILENT, ago(400), TODAY, {FULL: 3})


@pytest.mark.parametrize(
    ("reporters", "people", "banner"),
    [
        ([], 0, False),
        ([1], 1, False),
        ([1, 1, 1], 1, False),  # the same agent three days in a row
        ([1, 2], 2, True),
        ([None, None], 1, False),  # two accounts that are gone: perhaps the same person
        ([None, 7], 2, True),
        ([1, 2, 3, 1], 3, True),
    ],
)
def test_two_different_agents_make_a_banner(reporters, people, banner):
    assert rules.people(reporters) == people
    assert rules.is_banner(reporters) is banner


@pytest.mark.parametrize(
    ("reason", "result", "fields", "settled"),
    [
        (CLOSED, "verified", ["name"], True),
        (WRONG, "verified", ["phone"], True),
        (SILENT, "verified", ["phone"], True),
        (FULL, "verified", [], True),
        (CLOSED, "partly", list(ConfirmedField.values), False),
        (WRONG, "partly", ["phone"], True),
        (WRONG, "partly", ["hours", "capacity"], False),
        (SILENT, "partly", ["phone"], True),
        (SILENT, "partly", ["name"], False),
        (FULL, "partly", ["capacity"], True),
        (FULL, "partly", ["phone", "hours"], False),
        *[(reason, "unreachable", [], False) for reason in rules.REASONS],
        *[(reason, "closed", [], False) for reason in rules.REASONS],
    ],
)
def test_which_verification_settles_what(reason, result, fields, settled):
    found = rules.settled_by_verification(reason, ago(1), result=result, fields=fields, on=TODAY, today=TODAY)
    assert found is settled


@pytest.mark.parametrize(
    ("reported", "checked", "settled"),
    [
        (ago(3), ago(2), True),
        (ago(3), ago(3), False),  # nobody knows which came first
        (ago(3), ago(4), False),
        (TODAY, TODAY, True),  # it was open when the verification was written down
    ],
)
def test_a_check_of_an_earlier_day_settles_what_was_said_before_it(reported, checked, settled):
    found = rules.settled_by_verification(
        WRONG, reported, result="verified", fields=[], on=checked, today=TODAY
    )
    assert found is settled


@pytest.mark.parametrize(
    ("reasons", "state", "from_agent", "settled"),
    [
        ([WRONG], "accepted", True, {WRONG}),
        ([WRONG], "refused", True, {WRONG}),
        ([CLOSED], "accepted", True, set(rules.REASONS)),
        ([CLOSED], "refused", True, {CLOSED}),
        ([WRONG, "wrong_hours"], "accepted", False, {WRONG}),
        ([WRONG], "refused", False, set()),
        ([WRONG], "partly", False, set()),
        ([FULL], "spam", True, set()),
        (["other"], "accepted", False, set()),
        ([], "accepted", False, set()),
    ],
)
def test_which_decision_settles_what(reasons, state, from_agent, settled):
    assert rules.settled_by_decision(reasons, state, from_agent=from_agent) == settled


@given(REASONS, st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 60))
def test_a_report_that_fell_never_stands_again(reason, age, later, days):
    shelf = {FULL: days, SILENT: days}
    day = TODAY - timedelta(days=age)
    if not rules.stands(reason, day, TODAY, shelf):
        assert not rules.stands(reason, day, TODAY + timedelta(days=later), shelf)
    if reason in (WRONG, CLOSED):
        assert rules.stands(reason, day, TODAY + timedelta(days=later), shelf)


@given(
    REASONS,
    st.sampled_from(VerificationResult.values),
    FIELDS,
    FIELDS,
    st.integers(-30, 30),
    st.integers(0, 30),
)
def test_confirming_more_settles_no_less_and_nothing_but_a_verification_settles(
    reason, result, fields, more, distance, age
):
    reported = TODAY - timedelta(days=age)
    on = min(TODAY, reported + timedelta(days=distance))

    def settled(result, fields):
        return rules.settled_by_verification(
            reason, reported, result=result, fields=fields, on=on, today=TODAY
        )

    assert settled(result, fields) <= settled(result, fields | more) <= settled("verified", [])
    if result in ("unreachable", "closed") or on < reported:
        assert not settled(result, fields)
    if reason == CLOSED:
        assert not settled("partly", fields)


@given(st.lists(st.integers(1, 9) | st.none()), st.integers(1, 9) | st.none())
def test_the_same_agent_again_changes_nothing_and_another_only_adds(reporters, one):
    more = [*reporters, one]
    assert rules.people(more) == rules.people(reporters) + (one not in reporters)
    assert rules.is_banner(reporters) <= rules.is_banner(more)


@given(st.lists(st.sampled_from(ReportReason.values)), st.sampled_from(SuggestionState.values), st.booleans())
def test_a_decision_settles_reports_only_and_never_more_for_the_public_than_for_an_agent(
    reasons, state, from_agent
):
    settled = rules.settled_by_decision(reasons, state, from_agent=from_agent)
    assert settled <= set(rules.REASONS)
    assert settled <= rules.settled_by_decision(reasons, state, from_agent=True)
    if state not in ("accepted", "refused"):
        assert not settled
