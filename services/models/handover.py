"""Listings that one team offers to another; they change hands when the other accepts."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from services.codes import HandoverState

from .service import Service


class Handover(models.Model):
    """One offer of some listings, by a member of the team that has them, decided by a member of the other."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    from_team = models.ForeignKey(
        "accounts.Team", on_delete=models.PROTECT, related_name="+", verbose_name=_("from")
    )
    to_team = models.ForeignKey(
        "accounts.Team", on_delete=models.PROTECT, related_name="+", verbose_name=_("to")
    )
    services = models.ManyToManyField(Service, related_name="handovers", verbose_name=_("listings"))
    reason = models.CharField(_("why"), max_length=400, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=HandoverState.choices, default=HandoverState.OFFERED
    )
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    offered_at = models.DateTimeField(_("offered"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["-offered_at"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_team=models.F("to_team")), name="a_team_offers_to_another"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_team} → {self.to_team}"
