"""Verifications of a listing, how often it needs one, and the questions sent to the organisation itself."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services import changes
from services.codes import (
    ConfirmedField,
    Taxonomy,
    VerificationChannel,
    VerificationRequestState,
    VerificationResult,
)
from services.fields import CodeListField

from .change import Change
from .service import Service
from .taxonomy import TaxonomyTerm


class Verification(models.Model):
    """Somebody checked a listing: when, how, with what result and which fields. Rows are added, never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="verifications")
    at = models.DateTimeField(_("when"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
        help_text=_("Empty: the organisation itself."),
    )
    channel = models.CharField(_("how"), max_length=10, choices=VerificationChannel.choices)
    result = models.CharField(_("result"), max_length=12, choices=VerificationResult.choices)
    fields = CodeListField(_("what was confirmed"), codes=ConfirmedField)
    note = models.CharField(_("note"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["service", "-at"], name="verifications_of_a_listing")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.get_channel_display()}: {self.get_result_display()}"


class VerificationRhythm(models.Model):
    """How many days a kind of organisation may go unverified. The row without a kind is the default."""

    kind = models.OneToOneField(
        "services.TaxonomyTerm",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        limit_choices_to={"taxonomy": Taxonomy.ORGANISATION_TYPE},
        related_name="verification_rhythm",
        verbose_name=_("kind of organisation"),
        help_text=_("Empty: every other kind."),
    )
    days = models.PositiveSmallIntegerField(
        _("verify every … days"), validators=[MinValueValidator(7), MaxValueValidator(1500)]
    )

    class Meta:
        verbose_name = _("rhythm of verification")
        verbose_name_plural = _("rhythms of verification")
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(kind__isnull=True), name="there_is_one_default_rhythm"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind or _('Every other kind')}: {self.days}"

    def save(self, *args, **kwargs):
        """The kind's listings are due at other dates now: their kind is in the change log, which all derived data follow."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            self._tell()

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            self._tell()
            return super().delete(*args, **kwargs)

    def _tell(self) -> None:
        kinds = TaxonomyTerm.objects.filter(taxonomy=Taxonomy.ORGANISATION_TYPE)
        touched = kinds.filter(pk=self.kind_id) if self.kind_id else kinds.filter(verification_rhythm=None)
        changes.append_many(
            [(TaxonomyTerm, pk, uuid, Change.Verb.UPDATED) for pk, uuid in touched.values_list("pk", "uuid")],
            action="verification_rhythm.changed",
        )


class VerificationRequest(models.Model):
    """A question to the organisation by e-mail, with a signed link to answer "still correct" or "changed"."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="verification_requests")
    step = models.PositiveSmallIntegerField(_("which reminder"), default=1)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=VerificationRequestState.choices,
        default=VerificationRequestState.SENT,
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    last_sent_at = models.DateTimeField(_("last reminder"), default=timezone.now)
    # The last e-mail about it: one that was given up says that the address is wrong.
    message = models.ForeignKey(
        "outbox.Message", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    expires_at = models.DateTimeField(_("valid until"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("question to an organisation")
        verbose_name_plural = _("questions to organisations")
        ordering = ["-sent_at"]
        indexes = [models.Index(fields=["state", "expires_at"], name="requests_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["service"],
                condition=models.Q(state=VerificationRequestState.SENT),
                name="a_listing_has_one_open_question",
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.sent_at:%Y-%m-%d}: {self.get_state_display()}"
