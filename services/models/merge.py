"""A merge of two listings: which was kept, which went into it, and the versions that take it back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .service import Service


class Merge(models.Model):
    kept = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="merges", verbose_name=_("kept"))
    other = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="merged_into", verbose_name=_("merged into it")
    )
    # Wagtail's revisions, by number: they may be purged, and a merge stays told.
    kept_before = models.BigIntegerField()
    other_before = models.BigIntegerField()
    applied_change = models.BigIntegerField(help_text="the change log's head when it was written")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("on"), auto_now_add=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.other_id} → {self.kept_id}"
