"""A file that came back from a translator: what it holds, and what became of each of its texts."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TranslationFile(models.Model):
    """An import of translations. It is kept after it was applied: its texts and its report are never lost.

    `texts`: a list of services.translating.exchange.plan.Line as dictionaries, in the order of the file.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("read on"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    name = models.CharField(_("file"), max_length=200)
    language = models.CharField(_("language"), max_length=10)
    texts = models.JSONField(default=list)
    applied_at = models.DateTimeField(_("applied on"), null=True)

    class Meta:
        verbose_name = _("file of translations")
        verbose_name_plural = _("files of translations")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name
