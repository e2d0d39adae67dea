"""The states of an orientation against the vocabulary's table, and what a need is from its orientations. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals import states
from referrals.states import Answer, Move, need_status, refusal

# The vocabulary, row by row: state, where it may go.
TABLE = {
    "draft": "requested cancelled",
    "requested": "on_hold accepted rejected completed failed cancelled",
    "on_hold": "accepted rejected cancelled",
    "accepted": "in_progress completed failed cancelled",
    "in_progress": "completed failed on_hold cancelled",
    "completed": "",
    "rejected": "",
    "failed": "completed",
    "cancelled": "completed",
    "entered_in_error": "",
}


def full(of: str, to: str, by: str) -> Move:
    """A move with everything that its target asks for."""
    reason = "full" if to in states.REASON_REQUIRED else ""
    return Move(of=of, to=to, by=by, reason=reason, outcome="got_help" if to == "completed" else "")


@pytest.mark.parametrize("of", states.STATES)
@pytest.mark.parametrize("to", [state for state in states.STATES if state != "entered_in_error"])
def test_every_pair_of_states(of, to):
    allowed = {by for by in ("agent", "service", "system") if refusal(full(of, to, by)) is None}
    assert bool(allowed) == (to in TABLE[of].split())
    if allowed:
        assert allowed == states.SET_BY[to]


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (Move("requested", "rejected", "service"), "reason_missing"),
        (Move("requested", "rejected", "agent", "full"), "actor"),
        (
            Move("requested", "rejected", "service", "did_not_come"),
            "reason",
        ),  # it cannot speak for the person
        (Move("requested", "failed", "agent"), "reason_missing"),
        (Move("requested", "failed", "agent", "bad luck"), "reason"),
        (Move("requested", "failed", "agent", "did_not_come", "no_help"), None),
        (Move("requested", "failed", "agent", "did_not_come", "got_help"), "outcome"),
        (Move("requested", "completed", "agent"), "outcome_missing"),
        (Move("requested", "completed", "agent", outcome="no_help"), "outcome"),
        (Move("failed", "completed", "agent", outcome="partly"), None),
        (Move("failed", "completed", "service", outcome="partly"), "actor"),
        (Move("requested", "cancelled", "system", "expired"), None),
        (Move("requested", "cancelled", "agent", "expired"), "reason"),
        (Move("requested", "cancelled", "agent"), None),
        (Move("requested", "accepted", "coordinator"), None),
        (Move("completed", "entered_in_error", "agent", hours=23.9), None),
        (Move("completed", "entered_in_error", "agent", hours=24.1), "too_late"),
        (Move("completed", "entered_in_error", "agent", author=False), "actor"),
        (Move("completed", "entered_in_error", "coordinator", hours=900.0, author=False), None),
        (Move("entered_in_error", "entered_in_error", "coordinator"), "transition"),
        (Move("nonsense", "completed", "agent", outcome="partly"), "transition"),
    ],
)
def test_what_a_move_asks_for(move, code):
    found = refusal(move)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([], "open"),
        ([("draft", "", "")], "open"),
        ([("entered_in_error", "", "")], "open"),
        ([("requested", "", "")], "oriented"),
        ([("failed", "full", ""), ("requested", "", "")], "oriented"),  # under way wins over a failed one
        ([("failed", "full", "")], "unsatisfied"),
        ([("rejected", "not_eligible", "")], "unsatisfied"),
        ([("cancelled", "expired", "")], "unsatisfied"),
        ([("cancelled", "", "")], "open"),
        ([("cancelled", "", ""), ("failed", "full", "")], "unsatisfied"),
        ([("cancelled", "solved_otherwise", "")], "withdrawn"),
        ([("failed", "deceased", "")], "withdrawn"),
        ([("completed", "", "got_help"), ("requested", "", "")], "satisfied"),
        ([("completed", "", "partly"), ("requested", "", "")], "oriented"),
        ([("completed", "", "partly"), ("failed", "full", "")], "partly"),
        ([("completed", "", "referred_elsewhere")], "partly"),
    ],
)
def test_what_became_of_a_need(answers, status):
    assert need_status([Answer(*one) for one in answers]) == status
    assert need_status([Answer(*one) for one in reversed(answers)]) == status
    helped = [outcome for state, _reason, outcome in answers if state == "completed"]
    later = "withdrawn" if not helped else "satisfied" if "got_help" in helped else "partly"
    assert need_status([Answer(*one) for one in answers], withdrawn=True) == later, (
        "help that came is counted"
    )


ANSWERS = st.builds(
    Answer,
    st.sampled_from(states.STATES),
    st.sampled_from(["", "expired", *sorted(states.SERVICE_REASONS | states.PERSON_REASONS)]),
    st.sampled_from(["", *sorted(states.OUTCOMES)]),
)


@given(st.lists(ANSWERS, max_size=6))
def test_a_need_has_a_status_whatever_its_orientations_are(answers):
    status = need_status(answers)
    assert status in states.NEED_STATUSES
    if any(one.state in states.UNDER_WAY for one in answers):
        assert status in ("oriented", "satisfied")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(states.STATES),
            st.sampled_from(["agent", "coordinator", "service", "system"]),
            st.sampled_from(["", "expired", "full", "did_not_come", "nonsense"]),
            st.sampled_from(["", "got_help", "partly", "no_help", "nonsense"]),
        ),
        max_size=40,
    )
)
def test_whatever_is_tried_the_state_stays_on_the_table(tries):
    state = "requested"
    for to, by, reason, outcome in tries:
        if refusal(Move(state, to, by, reason, outcome, 1.0, True)) is None:
            assert to == "entered_in_error" or to in TABLE[state].split()
            assert not (to in ("rejected", "failed") and not reason)
            assert (to == "completed") <= bool(outcome)
            state = to


def test_help_from_what_was_only_looked_into_was_accepted_before():
    assert states.way("on_hold", "completed", "agent") == ("accepted", "completed")
    assert states.way("requested", "completed", "agent") == ("completed",)
    assert states.way("on_hold", "failed", "agent") == ()
    assert states.way("on_hold", "completed", "service") == ()
    assert states.reachable("on_hold", "agent") == ("accepted", "completed", "cancelled")


@given(
    st.sampled_from(states.STATES),
    st.sampled_from(states.STATES),
    st.sampled_from(["agent", "service", "system"]),
)
def test_each_step_of_a_way_is_on_the_table(of, to, by):
    for step in states.way(of, to, by):
        assert step in states.next_states(of, by)
        of = step


@pytest.mark.parametrize(
    ("ended", "outcome"),
    [
        ([("cancelled", "expired", "")], "unknown"),
        ([("cancelled", "expired", ""), ("entered_in_error", "", "")], "unknown"),
        ([("cancelled", "expired", ""), ("rejected", "full", "")], ""),
        ([("cancelled", "expired", "still_waiting")], "still_waiting"),
        ([("cancelled", "expired", ""), ("requested", "", "")], ""),
    ],
)
def test_what_nobody_could_say_is_an_outcome_of_its_own(ended, outcome):
    assert states.need_outcome([Answer(*one) for one in ended]) == outcome


@pytest.mark.parametrize(
    ("heard", "outcome"),
    [
        ([], ""),
        ([("failed", "no_help")], "no_help"),
        ([("completed", "got_help"), ("failed", "no_help")], "got_help"),
        ([("failed", "no_help"), ("completed", "partly"), ("failed", "did_not_contact")], "partly"),
        ([("failed", "no_help"), ("failed", "did_not_contact")], "did_not_contact"),
        ([("entered_in_error", "got_help"), ("cancelled", "")], ""),
    ],
)
def test_what_helped_is_what_was_heard_of_a_need_else_the_last(heard, outcome):
    assert states.need_outcome([states.Answer(state, "", one) for state, one in heard]) == outcome
