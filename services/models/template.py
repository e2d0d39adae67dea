"""What similar services have in common, kept to begin a new one from."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceTemplate(models.Model):
    """A name and what `services.templating.content_of` kept of a service; it is no listing and is never published."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name of the template"), max_length=120)
    steward = models.ForeignKey(
        "accounts.Team",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="service_templates",
        verbose_name=_("team"),
        help_text=_("Empty: for every team."),
    )
    content = models.JSONField(default=dict, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def live(self) -> bool:
        """Whether members of other teams read it."""
        return self.steward_id is None
