"""The states of an orientation (FHIR Task codes), who may set them, what each asks for, and the need's status. Pure.

The table is the vocabulary's. `may_go` is asked before every change; whoever writes one writes its row too.
"""

from collections.abc import Iterable
from typing import NamedTuple

DRAFT, REQUESTED, ON_HOLD, ACCEPTED, IN_PROGRESS = "draft", "requested", "on_hold", "accepted", "in_progress"
COMPLETED, REJECTED, FAILED, CANCELLED = "completed", "rejected", "failed", "cancelled"
ENTERED_IN_ERROR = "entered_in_error"
STATES = (
    DRAFT, REQUESTED, ON_HOLD, ACCEPTED, IN_PROGRESS, COMPLETED, REJECTED, FAILED, CANCELLED, ENTERED_IN_ERROR
)  # fmt: skip

AGENT, COORDINATOR, SERVICE, SYSTEM = "agent", "coordinator", "service", "system"

TRANSITIONS: dict[str, frozenset[str]] = {
    DRAFT: frozenset({REQUESTED, CANCELLED}),
    REQUESTED: frozenset({ON_HOLD, ACCEPTED, REJECTED, COMPLETED, FAILED, CANCELLED}),
    ON_HOLD: frozenset({ACCEPTED, REJECTED, CANCELLED}),
    ACCEPTED: frozenset({IN_PROGRESS, COMPLETED, FAILED, CANCELLED}),
    IN_PROGRESS: frozenset({COMPLETED, FAILED, ON_HOLD, CANCELLED}),
    COMPLETED: frozenset(),
    REJECTED: frozenset(),
    FAILED: frozenset({COMPLETED}),  # late
    CANCELLED: frozenset({COMPLETED}),  # late
    ENTERED_IN_ERROR: frozenset(),
}
# Who may set a state. A coordinator may what an agent may. "accepted" comes from the service or from the agent on its behalf.
SET_BY: dict[str, frozenset[str]] = {
    DRAFT: frozenset({AGENT}),
    REQUESTED: frozenset({AGENT}),
    ON_HOLD: frozenset({SERVICE}),
    ACCEPTED: frozenset({SERVICE, AGENT}),
    IN_PROGRESS: frozenset({SERVICE, AGENT}),
    COMPLETED: frozenset({AGENT}),
    REJECTED: frozenset({SERVICE}),
    FAILED: frozenset({AGENT, SERVICE}),
    CANCELLED: frozenset({AGENT, SYSTEM}),
    ENTERED_IN_ERROR: frozenset({AGENT}),
}
UNDER_WAY = frozenset({REQUESTED, ON_HOLD, ACCEPTED, IN_PROGRESS})
ENDED = frozenset(STATES) - UNDER_WAY - {DRAFT}
ERROR_HOURS = 24  # the author may say "entered in error" for so long, then a coordinator

SERVICE_REASONS = frozenset(
    "full waitlist outside_area not_eligible cost language no_home_visit closed_or_wrong_data documents_missing"
    " duplicate other".split()
)
PERSON_REASONS = frozenset(
    "unreachable did_not_come not_interested not_mobile solved_otherwise health moved deceased consent_withdrawn"
    " other".split()
)
EXPIRED = "expired"  # set by the system when nobody could say for a month what became of it
# reason → whether it must be given, and which may be.
REASONS: dict[str, frozenset[str]] = {
    REJECTED: SERVICE_REASONS,
    FAILED: SERVICE_REASONS | PERSON_REASONS,
    CANCELLED: SERVICE_REASONS | PERSON_REASONS | {EXPIRED},
    ON_HOLD: SERVICE_REASONS,
}
REASON_REQUIRED = frozenset({REJECTED, FAILED})
OUTCOMES = frozenset(
    "got_help partly no_help referred_elsewhere still_waiting did_not_contact unknown".split()
)
# "Aboutie" is said after asking the person; what helped them not at all is "non aboutie".
COMPLETED_OUTCOMES = frozenset({"got_help", "partly", "referred_elsewhere"})

# Person-side reasons after which nobody looks on: the need is withdrawn, not unsatisfied.
_WITHDRAWS = frozenset({"not_interested", "solved_otherwise", "deceased", "consent_withdrawn", "moved"})

OPEN, ORIENTED, SATISFIED, PARTLY, UNSATISFIED, WITHDRAWN = (
    "open", "oriented", "satisfied", "partly", "unsatisfied", "withdrawn"
)  # fmt: skip
NEED_STATUSES = (OPEN, ORIENTED, SATISFIED, PARTLY, UNSATISFIED, WITHDRAWN)
CLOSED_NEEDS = frozenset({SATISFIED, PARTLY, UNSATISFIED, WITHDRAWN})


class Move(NamedTuple):
    """A wish to change an orientation's state. `hours`: since it was made; `author`: whether who asks made it."""

    of: str
    to: str
    by: str
    reason: str = ""
    outcome: str = ""
    hours: float = 0.0
    author: bool = True


class Refusal(NamedTuple):
    """Why a move is not made: `code` of transition, actor, reason_missing, reason, outcome_missing, outcome, too_late."""

    code: str
    field: str = ""


def refusal(move: Move) -> Refusal | None:
    """None: it may be made."""
    if move.to == ENTERED_IN_ERROR:
        return _error_refusal(move)
    if move.to not in TRANSITIONS.get(move.of, frozenset()):
        return Refusal("transition")
    by = AGENT if move.by == COORDINATOR else move.by
    if by not in SET_BY[move.to]:
        return Refusal("actor")
    if move.reason == EXPIRED and move.by != SYSTEM:
        return Refusal("reason", "reason")
    if move.to in REASON_REQUIRED and not move.reason:
        return Refusal("reason_missing", "reason")
    allowed = _reasons(move.to, move.by)
    if move.reason and move.reason not in allowed:
        return Refusal("reason", "reason")
    if move.to == COMPLETED:
        if not move.outcome:
            return Refusal("outcome_missing", "outcome")
        if move.outcome not in COMPLETED_OUTCOMES:
            return Refusal("outcome", "outcome")
    elif move.outcome and (move.outcome not in OUTCOMES or move.outcome == "got_help"):
        return Refusal("outcome", "outcome")
    return None


def _reasons(to: str, by: str) -> frozenset[str]:
    """A service gives its own side's reasons; it cannot speak for the person."""
    allowed = REASONS.get(to, frozenset())
    return allowed & SERVICE_REASONS if by == SERVICE else allowed


def _error_refusal(move: Move) -> Refusal | None:
    if move.of == ENTERED_IN_ERROR:
        return Refusal("transition")
    if move.by == COORDINATOR:
        return None
    if move.by != AGENT or not move.author:
        return Refusal("actor")
    return None if move.hours <= ERROR_HOURS else Refusal("too_late")


def next_states(of: str, by: str) -> tuple[str, ...]:
    """Where it may go from here by this actor, in the vocabulary's order; without "entered in error"."""
    who = AGENT if by == COORDINATOR else by
    return tuple(to for to in STATES if to in TRANSITIONS[of] and who in SET_BY[to])


def way(of: str, to: str, by: str) -> tuple[str, ...]:
    """The states through which it gets there, the last is `to`; () when it cannot. Help that came from what was only
    looked into was accepted before, whoever did not say so.
    """
    if to in next_states(of, by):
        return (to,)
    if to == COMPLETED and ACCEPTED in next_states(of, by) and to in next_states(ACCEPTED, by):
        return (ACCEPTED, COMPLETED)
    return ()


def reachable(of: str, by: str) -> tuple[str, ...]:
    """Where `way` leads from here by this actor, in the vocabulary's order."""
    return tuple(to for to in STATES if way(of, to, by))


def heard_of_failure(reason: str) -> str:
    """What a person who was asked said by this reason of a failure; "": nothing about help."""
    if reason == "did_not_come":
        return "did_not_contact"
    return "no_help" if reason in SERVICE_REASONS | {"not_mobile", "health"} else ""


class Answer(NamedTuple):
    """One orientation as the need sees it."""

    state: str
    reason: str = ""
    outcome: str = ""


def need_status(answers: Iterable[Answer], *, withdrawn: bool = False) -> str:
    """What became of a need, from its orientations: help that came wins, then what is under way, then what failed."""
    counted = [one for one in answers if one.state not in (DRAFT, ENTERED_IN_ERROR)]
    helped = {one.outcome for one in counted if one.state == COMPLETED}
    if "got_help" in helped:
        return SATISFIED
    if withdrawn:
        return PARTLY if helped else WITHDRAWN
    if any(one.state in UNDER_WAY for one in counted):
        return ORIENTED
    if helped:
        return PARTLY
    ended = [one for one in counted if one.state in (FAILED, REJECTED, CANCELLED)]
    if not ended:
        return OPEN
    if any(one.state != CANCELLED or one.reason == EXPIRED for one in ended if one.reason not in _WITHDRAWS):
        return UNSATISFIED
    return WITHDRAWN if all(one.reason in _WITHDRAWS for one in ended) else OPEN


def need_outcome(answers: Iterable[Answer]) -> str:
    """What was heard of a need, of its orientations from the first to the last: what helped most, else the last.

    "unknown": all have expired, and nobody could say; "": nothing yet.
    """
    counted = [one for one in answers if one.state not in (DRAFT, ENTERED_IN_ERROR)]
    heard = [one.outcome for one in counted if one.outcome]
    for best in ("got_help", "partly"):
        if best in heard:
            return best
    if counted and not heard and all((one.state, one.reason) == (CANCELLED, EXPIRED) for one in counted):
        return "unknown"
    return heard[-1] if heard else ""
