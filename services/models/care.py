"""What a listing's team has to know about it, kept beside it so that lists of 100,000 are sorted by an index.

Derived: `services.care.actions.refresh` recomputes a row from the listing, its verifications, uses and suggestions.
"""

from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from services.codes import TranslationState

from .service import Service


class ListingCare(models.Model):
    """One listing's need of care. Every column is derived; nothing here is typed by hand."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, primary_key=True, related_name="care")
    steward = models.ForeignKey(
        "accounts.Team",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("team in charge"),
    )
    listed = models.BooleanField(_("found by the public"), default=False)
    due_on = models.DateField(
        _("to verify on"), null=True, help_text=_("Last verification plus the rhythm; empty: never verified.")
    )
    views = models.PositiveIntegerField(_("opened in 90 days"), default=0)
    shown = models.PositiveIntegerField(_("shown in 90 days"), default=0)
    reports = models.PositiveIntegerField(_("open reports"), default=0)
    urgency = models.FloatField(
        _("urgency"), default=0, help_text=_("Age × views × reports; 0: nothing to do.")
    )
    completeness = models.PositiveSmallIntegerField(_("completeness (%)"), default=0)
    lacking = models.JSONField(_("what lacks"), default=list, help_text=_("Codes of services.completeness."))

    class Meta:
        verbose_name = _("care of a listing")
        verbose_name_plural = _("care of listings")
        indexes = [
            # What is not listed has no urgency.
            models.Index(fields=["steward", "-urgency"], name="care_by_urgency"),
            models.Index(fields=["-urgency"], name="care_of_all_by_urgency"),
            # Partial: SQLite does not use a boolean in the middle of an index.
            models.Index(
                fields=["steward", "due_on"], condition=models.Q(listed=True), name="care_by_due_date"
            ),
            models.Index(fields=["steward", "shown"], condition=models.Q(listed=True), name="care_by_shown"),
            models.Index(fields=["steward", "completeness"], name="care_by_completeness"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.urgency:.1f}"


class ListingLanguage(models.Model):
    """The state of one listing in one language that is not its source's (services.translating.following writes it).

    Team, listing and views stand here too, so that a team's board is sorted by one index.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="language_states")
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(
        _("state"), max_length=10, choices=TranslationState.choices, default=TranslationState.MISSING
    )
    # services.translating.states.Note by key: {"source": hash of the text it was translated from, "text": hash of the
    # translation, "machine": bool, …}
    texts = models.JSONField(default=dict)
    # Key → state of each text that somebody has to do something about.
    todo = models.JSONField(default=dict)
    since = models.DateTimeField(
        _("since"), default=now, help_text=_("It has been in this state since then.")
    )
    steward = models.ForeignKey(
        "accounts.Team",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("team in charge"),
    )
    listed = models.BooleanField(_("found by the public"), default=False)
    views = models.PositiveIntegerField(_("opened in 90 days"), default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("state of a translation")
        verbose_name_plural = _("states of translations")
        constraints = [
            models.UniqueConstraint(
                fields=["service", "language"], name="a_listing_has_one_state_in_a_language"
            )
        ]
        # Of what is listed alone: SQLite looks no boolean up in the middle of an index.
        indexes = [
            models.Index(
                fields=["language", "state", "steward"],
                condition=models.Q(listed=True),
                name="translations_by_state",
            ),
            models.Index(
                fields=["language", "-views", "since", "service"],
                condition=models.Q(listed=True),
                name="translations_by_views",
            ),
            models.Index(
                fields=["steward", "language", "-views", "since", "service"],
                condition=models.Q(listed=True),
                name="translations_of_a_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.language}: {self.state}"
