"""Searches that found nothing: words, language, territory and week, counted; never who, when exactly or from where."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchWithoutResult(models.Model):
    """How often these words found nothing in one week. `search.query.privacy` says which words may stand here."""

    words = models.CharField(_("words"), max_length=120)
    language = models.CharField(_("language"), max_length=10)
    bassin = models.CharField(
        _("bassin"),
        max_length=60,
        blank=True,
        default="",
        help_text=_("Code; empty: no place was asked for."),
    )
    week = models.DateField(_("week"), help_text=_("Its Monday."))
    relaxed = models.BooleanField(
        _("answered without some filters"),
        default=False,
        help_text=_("Nothing was found as asked, something was found after filters were left out."),
    )
    count = models.PositiveIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("search without a result")
        verbose_name_plural = _("searches without a result")
        ordering = ["-week", "-count", "words"]
        constraints = [
            models.UniqueConstraint(
                fields=["week", "bassin", "language", "words", "relaxed"],
                name="words_that_found_nothing_are_counted_once_a_week",
            )
        ]

    def __str__(self) -> str:
        return f"{self.words} ({self.count} ×)"
