"""When a message that could not be sent is tried again. No Django in here."""

from datetime import timedelta

FIRST = timedelta(minutes=1)
# Sixteen attempts (OUTBOX_ATTEMPTS) are spread over 77 hours: a server that is away from Friday evening to Monday
# morning loses nothing. RFC 5321 §4.5.4.1 asks senders for days, too.
LONGEST = timedelta(hours=12)


def delay(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts (1 or more): 1, 2, 4 … 512 minutes, then 12 hours each."""
    if attempts < 1:
        raise ValueError("there is nothing to wait for before the first attempt")
    doublings = min(attempts - 1, 16)  # beyond that it is LONGEST anyway
    return min(FIRST * (1 << doublings), LONGEST)
