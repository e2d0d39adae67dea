"""Writes to the outbox: a message is queued, sent again by hand, and its recipient forgotten."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from audit.actions import record, record_many
from audit.actor import acting

from . import gateways
from .errors import BadMessage, NotToBeResent
from .models import Channel, Message, State

E164 = re.compile(r"\+[1-9]\d{6,14}")
SLUG = re.compile(r"[a-z0-9_-]{1,60}")
WITHDRAWN = "Withdrawn"  # as last_error: nobody wants it to go any more
# With the recipient goes the text: its signed link would still open something for whoever reads the table.
FORGOTTEN = {"recipient": None, "body": "", "html": ""}
KEY_LENGTH = SUBJECT_LENGTH = 200


@transaction.atomic
def enqueue(
    *,
    kind: str,
    channel: str,
    recipient: str,
    subject: str = "",
    body: str,
    html: str = "",
    language: str,
    idempotency_key: str,
    about_kind: str = "",
    about_id: UUID | None = None,
    not_before: datetime | None = None,
) -> Message:
    """Write a message in the caller's transaction: it is sent if, and only if, that commits.

    The same `idempotency_key` (200 characters, no personal data in it) gives the message that is there already,
    whatever else was passed: nothing is doubled by a repeated request. `recipient` is an e-mail address, or a phone in
    E.164 for an SMS. Subject and texts must not say anything about a person, nor repeat the recipient.
    Raises BadMessage naming the field, NoGateway when nothing could carry it.
    """
    gateways.for_channel(_checked_channel(channel))
    _check(kind, recipient, channel, subject, body, html, language, idempotency_key)
    message, is_new = Message.objects.get_or_create(
        idempotency_key=idempotency_key,
        defaults={
            "kind": kind,
            "channel": channel,
            "recipient": recipient,
            "subject": subject,
            "body": body,
            "html": html,
            "language": language,
            "about_kind": about_kind,
            "about_id": about_id,
            "not_before": not_before or timezone.now(),
        },
    )
    if is_new:
        note("message.queued", message)
    return message


def _checked_channel(channel: str) -> str:
    if channel not in Channel.values:
        raise BadMessage("channel", f"there is no channel {channel!r}, but {', '.join(Channel.values)}")
    return channel


def _check(kind, recipient, channel, subject, body, html, language, idempotency_key) -> None:
    if not SLUG.fullmatch(kind):
        raise BadMessage("kind", "small letters, digits, - and _, 60 at most")
    if not 0 < len(idempotency_key) <= KEY_LENGTH:
        raise BadMessage("idempotency_key", f"1 to {KEY_LENGTH} characters")
    if language not in dict(settings.LANGUAGES):
        raise BadMessage("language", f"{language!r} is not one of {', '.join(dict(settings.LANGUAGES))}")
    if not body.strip():
        raise BadMessage("body", "is empty")
    if channel == Channel.EMAIL:
        _check_mail(recipient, subject)
    elif not E164.fullmatch(recipient):
        raise BadMessage("recipient", "is no phone number in E.164 (+32…)")
    for name, text in (("subject", subject), ("body", body), ("html", html)):
        if recipient.casefold() in text.casefold():
            raise BadMessage(
                name, "repeats the recipient, which is kept sealed and forgotten once it is sent"
            )


def _check_mail(recipient: str, subject: str) -> None:
    try:
        validate_email(recipient)
    except ValidationError:
        raise BadMessage("recipient", "is no e-mail address") from None
    if not subject.strip() or len(subject) > SUBJECT_LENGTH or "\n" in subject or "\r" in subject:
        raise BadMessage("subject", f"one line of 1 to {SUBJECT_LENGTH} characters")


@transaction.atomic
def resend(*, message: Message, by) -> Message:
    """Queue a message that was given up once more. Raises NotToBeResent when there is nothing (or nobody) to send to."""
    message = Message.objects.select_for_update().defer("recipient").get(pk=message.pk)
    if not Message.objects.filter(pk=message.pk).resendable().exists():
        raise NotToBeResent(
            "only a message that was given up, and whose recipient is still known, is sent again"
        )
    message.state, message.attempts, message.last_error = State.QUEUED, 0, ""
    message.given_up_at, message.not_before = None, timezone.now()
    message.save(update_fields=["state", "attempts", "last_error", "given_up_at", "not_before"])
    with acting(by):
        note("message.resent", message)
    return message


@transaction.atomic
def withdraw(*, about_kind: str, about_ids: Collection[UUID], kind: str = "") -> int:
    """Do not send what is still waiting about these objects, and forget to whom; in the caller's transaction.

    `kind`: of this kind only. What a sender holds at this moment may still go, once; what was given up cannot be sent again. Returns how many are withdrawn.
    """
    about = Message.objects.filter(about_kind=about_kind, about_id__in=about_ids)
    waiting = about.exclude(state=State.SENT).filter(recipient__isnull=False)
    if kind:
        waiting = waiting.filter(kind=kind)
    found = list(waiting.select_for_update().defer("recipient"))
    Message.objects.filter(pk__in=[one.pk for one in found]).update(
        state=State.GIVEN_UP, given_up_at=timezone.now(), last_error=WITHDRAWN, claim=None, **FORGOTTEN
    )
    for one in found:
        note("message.withdrawn", one)
    return len(found)


@transaction.atomic
def forget_recipients(*, now: datetime | None = None) -> int:
    """Forget to whom messages were that were given up OUTBOX_KEEP_RECIPIENT_DAYS ago; returns how many."""
    before = (now or timezone.now()) - timedelta(days=settings.OUTBOX_KEEP_RECIPIENT_DAYS)
    old = Message.objects.filter(state=State.GIVEN_UP, given_up_at__lte=before, recipient__isnull=False)
    found = list(old.select_for_update().values_list("pk", "uuid", "kind", "channel"))
    Message.objects.filter(pk__in=[pk for pk, *_rest in found]).update(**FORGOTTEN)
    record_many(
        [
            ("message.recipient_forgotten", "message", str(uuid), {"kind": kind, "channel": channel})
            for _pk, uuid, kind, channel in found
        ]
    )
    return len(found)


def note(action: str, message: Message, **detail) -> None:
    """An audit entry about a message, in the caller's transaction."""
    record(
        action=action,
        object_kind="message",
        object_id=str(message.uuid),
        detail={"kind": message.kind, "channel": message.channel, **detail},
    )
