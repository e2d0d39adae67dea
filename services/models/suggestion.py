"""What somebody outside the teams says about a listing: corrections field by field, a new service, a report."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sealing.fields import SealedTextField
from services.codes import ReportReason, SuggestionChannel, SuggestionKind, SuggestionState
from services.fields import CodeListField

from .service import Service
from .verification import VerificationRequest


class Suggestion(models.Model):
    """One message from outside; a team decides about each of its changes.

    `changes` is a list of {"field", "language" | null, "part" | null, "before", "after", "state": "open" | "accepted" |
    "refused"}; `field` as in services.suggestions.fields. What says who sent it is kept apart (SuggestionSender), and the
    comment is emptied some time after the decision.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("service"),
        help_text=_("Empty: a new service is suggested."),
    )
    steward = models.ForeignKey(
        "accounts.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team that decides"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=SuggestionKind.choices)
    channel = models.CharField(_("from"), max_length=12, choices=SuggestionChannel.choices)
    reasons = CodeListField(_("what is wrong"), codes=ReportReason)
    language = models.CharField(_("language of the sender"), max_length=10, default=settings.LANGUAGE_CODE)
    changes = models.JSONField(_("changes"), default=list)
    comment = models.TextField(_("comment"), blank=True, max_length=2000)
    request = models.ForeignKey(
        VerificationRequest,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="suggestions",
        verbose_name=_("question it answers"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=SuggestionState.choices, default=SuggestionState.OPEN
    )
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    answer = models.TextField(_("answer to the sender"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["-created_at", "-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["steward", "state", "created_at"], name="suggestions_to_decide"),
            models.Index(fields=["service", "state"], name="suggestions_of_a_listing"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"


class SuggestionSender(models.Model):
    """Where the answer goes, for who asked for one: deleted when the answer is in the outbox, or after some months."""

    suggestion = models.OneToOneField(
        Suggestion, on_delete=models.CASCADE, primary_key=True, related_name="sender"
    )
    email = SealedTextField()
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.suggestion_id)


class RecentSubmission(models.Model):
    """What holds spam off, for a day: how often one address sent, which form was used, which text was sent already.

    Keyed hashes only (sealing.keys.keyed_hash), with a key that changes every day: neither the address nor the text
    can be read from them.
    """

    sender = models.CharField(max_length=64)
    form = models.CharField(max_length=64, unique=True)
    text = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["sender", "at"], name="submissions_of_a_sender"),
            models.Index(fields=["text"], name="submissions_of_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
