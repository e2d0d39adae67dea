"""Sends what is due: claim, send, write down. Any number of senders, none of which needs to know the others.

A claim is a committed row: state `sending`, a token of this sender, and the end of its lease in `not_before`. A sender
that dies holds its message until then; the next one sends it again under the same id (see gateways.email: the receiver
can tell that it is the same). Nothing is held open while the network is waited for.
"""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.actor import acting

from . import gateways
from .actions import FORGOTTEN, note
from .backoff import delay
from .errors import NoGateway, Refused
from .models import UNDECIDED, Message, State

log = logging.getLogger(__name__)

LEASE_ENDED = "LeaseEnded"  # its sender was killed each time


@dataclass
class Delivered:
    """How many messages became what in one run."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.failed} to be tried again, {self.given_up} given up"


class _Clock:
    """`now` as it was passed, going on with real time: a long run must not give out leases that have ended."""

    def __init__(self, now: datetime | None) -> None:
        self._now, self._started = now or timezone.now(), time.monotonic()

    def now(self) -> datetime:
        return self._now + timedelta(seconds=time.monotonic() - self._started)


def deliver_due(now: datetime | None = None, limit: int = 200) -> Delivered:
    """Send what is due at `now`, at most `limit` messages, the longest waiting first. Not within a transaction.

    Never raises for a message: what a gateway raised becomes a later attempt, or the end of it.
    """
    clock, done = _Clock(now), Delivered()
    with acting("outbox"):
        for _number in range(limit):
            message = _claim(clock.now())
            if message is None:
                break
            if message.attempts > settings.OUTBOX_ATTEMPTS:
                _give_up(message, LEASE_ENDED, clock.now(), done)
                continue
            try:
                gateways.for_channel(message.channel).send(_letter(message))
            except Refused as refusal:
                _give_up(message, refusal.reason, clock.now(), done, forget=True)
            except Exception as error:
                _fail(message, error, clock.now(), done)
            else:
                _sent(message, clock.now(), done)
    return done


def _letter(message: Message) -> gateways.Letter:
    return gateways.Letter(
        id=str(message.uuid),
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
        html=message.html,
        language=message.language,
    )


def _claim(now: datetime) -> Message | None:
    """Take the next message that is due; committed before it returns. SQLite's transactions begin with the write lock."""
    with transaction.atomic(durable=True):
        due = Message.objects.filter(state__in=UNDECIDED, not_before__lte=now).order_by("not_before", "pk")
        # A recipient that no key opens must not keep the others waiting: it is read where errors become attempts.
        message = due.defer("recipient").select_for_update(skip_locked=True).first()
        if message is None:
            return None
        message.state, message.claim = State.SENDING, uuid.uuid4()
        message.attempts += 1
        message.not_before = now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
        _update(
            message,
            message.claim,
            state=message.state,
            attempts=message.attempts,
            not_before=message.not_before,
        )
        return message


def _update(message: Message, claim: uuid.UUID | None, **values) -> None:
    Message.objects.filter(pk=message.pk).update(claim=claim, **values)


def _still_ours(message: Message) -> bool:
    """Whether nobody took it while we were sending; locks the row until the transaction ends."""
    held = Message.objects.select_for_update().filter(pk=message.pk, state=State.SENDING, claim=message.claim)
    return held.values_list("pk", flat=True).first() is not None


@transaction.atomic
def _sent(message: Message, now: datetime, done: Delivered) -> None:
    """Also when the lease had ended: it is sent, and another sender's attempt has to know."""
    rows = Message.objects.filter(pk=message.pk, state__in=UNDECIDED)
    done.sent += rows.update(**FORGOTTEN, state=State.SENT, sent_at=now, claim=None, last_error="")


@transaction.atomic
def _fail(message: Message, error: Exception, now: datetime, done: Delivered) -> None:
    if not _still_ours(message):
        return
    reason = type(error).__name__[:100]
    if message.attempts >= settings.OUTBOX_ATTEMPTS:
        _give_up(message, reason, now, done)
        return
    _update(message, None, state=State.FAILED, last_error=reason, not_before=now + delay(message.attempts))
    done.failed += 1
    log.warning(
        "message %s (%s) was not sent, attempt %d: %s", message.uuid, message.kind, message.attempts, reason
    )
    if isinstance(error, NoGateway):
        log.error("%s", error)


@transaction.atomic
def _give_up(message: Message, reason: str, now: datetime, done: Delivered, *, forget: bool = False) -> None:
    """`forget`: the address itself was refused, nobody can have it sent again."""
    if not _still_ours(message):
        return
    attempts = min(message.attempts, settings.OUTBOX_ATTEMPTS)
    values = {"state": State.GIVEN_UP, "given_up_at": now, "last_error": reason, "attempts": attempts}
    if forget or settings.OUTBOX_KEEP_RECIPIENT_DAYS == 0:
        values |= FORGOTTEN
    _update(message, None, **values)
    note("message.given_up", message, reason=reason, attempts=attempts)
    done.given_up += 1
    log.error(
        "message %s (%s) is given up after %d attempts: %s", message.uuid, message.kind, attempts, reason
    )
