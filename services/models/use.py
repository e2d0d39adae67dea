"""How often people met a listing: counts a week, of nobody in particular."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .service import Service


class ListingUse(models.Model):
    """Counts of one listing in one week (`week` is its Monday, Europe/Brussels): in a result list, opened."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="uses")
    week = models.DateField(_("week"), db_index=True)
    shown = models.PositiveIntegerField(_("shown in results"), default=0)
    opened = models.PositiveIntegerField(_("opened"), default=0)

    class Meta:
        verbose_name = _("use of a listing")
        verbose_name_plural = _("use of listings")
        constraints = [
            models.UniqueConstraint(fields=["service", "week"], name="a_listing_is_counted_once_a_week")
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.week}: {self.shown}/{self.opened}"
