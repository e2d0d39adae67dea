"""Messages in a few words, written straight into the table in whatever state a test wants."""

import itertools
from datetime import datetime, timedelta

from django.utils import timezone

from outbox.models import Message

_numbers = itertools.count(1)


def message(*, state: str = "queued", due: datetime | timedelta = timedelta(0), **values) -> Message:
    """A message to somebody; `due` is a moment, or how far from now."""
    number = next(_numbers)
    now = timezone.now()
    values.setdefault("recipient", None if state == "sent" else f"somebody{number}@example.org")
    if state == "sent":
        values.setdefault("sent_at", now)
    if state == "given_up":
        values.setdefault("given_up_at", now)
    defaults = {
        "kind": "verification",
        "channel": "email",
        "subject": f"Vérification {number}",
        "body": "Est-ce toujours juste ?",
        "language": "fr",
        "idempotency_key": f"built-{number}-{now.timestamp()}",
        "not_before": due if isinstance(due, datetime) else now + due,
    }
    return Message.objects.create(state=state, **(defaults | values))
