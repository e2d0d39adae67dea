"""What an agent's report says, how long it stands, who counts as another agent, and what settles it. Pure.

A report's reason is a code of services.codes.ReportReason. What is told by one agent is shown to agents; what two
independent agents tell is a banner for everybody, because one may have misdialled or called in the lunch break.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType

CLOSED, WRONG_NUMBER, NO_ANSWER, FULL = "closed", "wrong_number", "no_answer", "full"
# The gravest first: what makes going there useless stands above what makes calling useless.
REASONS = (CLOSED, WRONG_NUMBER, NO_ANSWER, FULL)

BANNER_FROM = 2  # independent agents who say the same

# Days for which a report stands when nobody settles it; what is not here stands until the team decides or verifies.
#   full: places come free every week; a caller sent elsewhere by a report of last month lost a place that was there.
#   no_answer: a holiday or a busy week passes by itself; after two weeks it says nothing about today.
# A number does not become right and a closed service does not open by waiting.
SHELF_DAYS: Mapping[str, int] = MappingProxyType({FULL: 14, NO_ANSWER: 14})

# Which confirmed field (services.codes.ConfirmedField) answers a report when a listing was verified in part. That a
# service exists is not one of them: what is closed for good is settled by "all is right" or by the team alone.
ANSWERED_BY: Mapping[str, str] = MappingProxyType(
    {WRONG_NUMBER: "phone", NO_ANSWER: "phone", FULL: "capacity"}
)

# States of a suggestion (services.codes.SuggestionState) after which the same agent, meeting the same trouble on the
# same day, opens the report again. What the team refused today is not asked again today.
OPENS_AGAIN = frozenset({"verified", "accepted"})


def first_day(reason: str, today: date, shelf: Mapping[str, int] = SHELF_DAYS) -> date | None:
    """The oldest day of which a report still stands today; None: it does not expire."""
    return today - timedelta(days=shelf[reason]) if reason in shelf else None


def stands(
    reason: str,
    day: date,
    today: date,
    shelf: Mapping[str, int] = SHELF_DAYS,
    *,
    capacity_on: date | None = None,
) -> bool:
    """Whether a report of this day may still be believed today, as long as nobody settled it.

    `capacity_on`: when the listing's team last wrote down its capacity; what it says later answers "full".
    """
    if reason == FULL and capacity_on is not None and capacity_on > day:
        return False
    first = first_day(reason, today, shelf)
    return first is None or day >= first


def people(reporters: Iterable[int | None]) -> int:
    """How many independent agents: users, whatever their teams; the same user twice is one.

    None: somebody whose account is gone. All of them count as one, for nobody can tell them apart.
    """
    return len(set(reporters))


def is_banner(reporters: Iterable[int | None]) -> bool:
    """Whether so many agents say the same that everybody is told."""
    return people(reporters) >= BANNER_FROM


def settled_by_verification(
    reason: str, reported_on: date, *, result: str, fields: Collection[str], on: date, today: date
) -> bool:
    """Whether a verification answers a report that was open when it was written down.

    `result`, `fields`: codes of VerificationResult and of ConfirmedField; `on`: the day the listing was checked. A check
    of an earlier day, written down later, answers only what was reported before that day: nobody knows the hour.

        verified     everything
        partly       what its confirmed fields answer (ANSWERED_BY)
        unreachable  nothing: it is the same experience
        closed       nothing: the listing is not closed yet; closing it settles everything (settled_by_decision)
    """
    if on != today and on <= reported_on:
        return False
    if result == "verified":
        return True
    return result == "partly" and ANSWERED_BY.get(reason) in fields


def settled_by_decision(reasons: Collection[str], state: str, *, from_agent: bool) -> frozenset[str]:
    """The reasons that are settled together with a suggestion about the same listing.

    `reasons`: of the suggestion that was decided about; `state`: what became of it; `from_agent`: an agent's report.
    A listing closed for good has no number that could be right. What is refused to an agent is refused to all agents who
    said the same; a correction of the public that is refused says nothing about what agents found.
    """
    told = frozenset(reasons) & frozenset(REASONS)
    if state == "accepted":
        return frozenset(REASONS) if CLOSED in told else told
    return told if state == "refused" and from_agent else frozenset()
