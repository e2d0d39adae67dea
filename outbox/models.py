"""One message to one recipient, and how far it has got."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sealing.fields import SealedTextField


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class State(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("To be tried again")
    GIVEN_UP = "given_up", _("Given up")


# Those that a sender still has to do with.
UNDECIDED = (State.QUEUED, State.SENDING, State.FAILED)


class Messages(models.QuerySet):
    def resendable(self) -> "Messages":
        """Given up, and it is still known to whom it was."""
        return self.filter(state=State.GIVEN_UP, recipient__isnull=False)


class Message(models.Model):
    """The recipient is the only personal thing in it: sealed, and forgotten with the delivery.

    Kept while there is something to try; null from the moment it is sent, or refused for good. When the attempts ran
    out (the server was away), it is kept OUTBOX_KEEP_RECIPIENT_DAYS more, so that somebody can have it sent again once
    the server is mended; then `actions.forget_recipients` forgets it.
    Subject and text say nothing about a person. `about_*` name an object by uuid, without a foreign key.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.SlugField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    recipient = SealedTextField(null=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"))
    html = models.TextField(blank=True)
    language = models.CharField(_("language"), max_length=10)
    idempotency_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(
        help_text="when it may be taken; of a message that is being sent, the end of the sender's lease"
    )
    claim = models.UUIDField(null=True, editable=False, help_text="the sender that holds it")
    last_error = models.CharField(
        _("reason"), max_length=100, blank=True, help_text="the error's class, no more"
    )
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    given_up_at = models.DateTimeField(_("given up"), null=True)
    about_kind = models.SlugField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True)

    objects = Messages.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "not_before"], name="outbox_due"),
            models.Index(fields=["-created_at", "-id"], name="outbox_newest"),
            models.Index(fields=["state", "-created_at"], name="outbox_by_state"),
            models.Index(fields=["about_kind", "about_id"], name="outbox_about"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=State.SENT) | Q(recipient__isnull=True, sent_at__isnull=False),
                name="what_is_sent_has_forgotten_its_recipient",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=UNDECIDED) | Q(recipient__isnull=False),
                name="what_is_to_be_sent_has_a_recipient",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.GIVEN_UP) | Q(given_up_at__isnull=False),
                name="what_is_given_up_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid} ({self.state})"
