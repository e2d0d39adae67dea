"""What a verification is worth, and when an organisation is asked: pure functions over plain values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

ASK_BEFORE_DAYS = 14  # a listing due so soon is asked about, so that the answer comes before it is late
REMIND_AFTER_DAYS = 14
TELL_TEAM_AFTER_DAYS = 28
LINK_DAYS = 45
QUIET_DAYS = 14  # an organisation gets one mail in so many days, whatever it has
DIGEST_DAYS = 7
LISTINGS_A_MAIL = 10  # more would not be read; the rest waits for the next mail
TRIES = 3  # unreachable so often in a row: the team is asked to suspend it

FIRST, REMINDER, TEAM = 1, 2, 3

# A call that did not settle these leaves people before a closed door: partly verified then is not verified.
ESSENTIAL = frozenset({"phone", "hours"})


def counts(result: str, confirmed: Collection[str], shown: Collection[str]) -> bool:
    """Whether the listing may say "checked today" after this.

    `shown`: what there was to confirm; `confirmed`: what was right, or was corrected in the call.
    """
    if result == "verified":
        return True
    return result == "partly" and bool(confirmed) and (ESSENTIAL & set(shown)) <= set(confirmed)


def should_suspend(results: Sequence[str]) -> bool:
    """`results`: the newest first. Nobody reached TRIES times in a row."""
    return len(results) >= TRIES and all(result == "unreachable" for result in results[:TRIES])


def is_closed(results: Sequence[str]) -> bool:
    """`results`: the newest first."""
    return bool(results) and results[0] == "closed"


@dataclass(frozen=True)
class Asked:
    """An open question: which step was the last, when the first and the last mail were sent."""

    step: int
    sent_at: datetime
    last_sent_at: datetime


def next_step(asked: Asked, now: datetime) -> int | None:
    """The step that is due now: REMINDER to the organisation, TEAM to its team, None."""
    if asked.step < TEAM and now >= asked.sent_at + timedelta(days=TELL_TEAM_AFTER_DAYS):
        return TEAM
    if asked.step < REMINDER and now >= asked.last_sent_at + timedelta(days=REMIND_AFTER_DAYS):
        return REMINDER
    return None


def expires_at(sent_at: datetime) -> datetime:
    return sent_at + timedelta(days=LINK_DAYS)


def ask_from(due_on: date | None, today: date) -> bool:
    """Whether a listing due on this day (None: never verified) is asked about today."""
    return due_on is None or due_on <= today + timedelta(days=ASK_BEFORE_DAYS)
