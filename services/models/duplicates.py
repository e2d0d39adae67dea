"""What finds possible duplicates, and what people said of them: keys that listings share, and pairs."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .service import Service


class MatchKey(models.Model):
    """One number that two listings which are one would share (services.likeness.keys). Derived: it can be remade."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="match_keys")
    key = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["key", "service"], name="match_key_lookup")]

    def __str__(self) -> str:
        return f"{self.key}"


class DuplicatePair(models.Model):
    """Two listings that may be one. `first` has the lower primary key, so that a pair stands once."""

    class State(models.TextChoices):
        OPEN = "open", _("To be looked at")
        DISTINCT = "distinct", _("Not the same")
        MERGED = "merged", _("Merged")

    first = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="pairs_as_first")
    second = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="pairs_as_second")
    score = models.PositiveSmallIntegerField(_("how alike, of 100"))
    why = models.CharField(
        max_length=60, blank=True, help_text="parts that speak for it, separated by spaces"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        indexes = [models.Index(fields=["state", "-score", "id"], name="pairs_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="a_pair_stands_once"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="a_pair_is_two_listings_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.second_id}"
