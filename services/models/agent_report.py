"""Who said it, beside an agent's report: the report itself is a Suggestion that its team decides about."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.codes import ReportReason

from .service import Service
from .suggestion import Suggestion


class AgentReport(models.Model):
    """One reason, told by one agent on one day about one listing (services.reports).

    Whether it is open, its note and its answer stand in the suggestion. `by` and `team` are never shown to the public.
    """

    suggestion = models.OneToOneField(
        Suggestion, on_delete=models.CASCADE, primary_key=True, related_name="agent_report"
    )
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="agent_reports", verbose_name=_("service")
    )
    reason = models.CharField(_("what is wrong"), max_length=20, choices=ReportReason.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    team = models.ForeignKey(
        "accounts.Team",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
    )
    day = models.DateField(_("day of the call"))
    at = models.DateTimeField(_("reported"), default=timezone.now)

    class Meta:
        verbose_name = _("report of an agent")
        verbose_name_plural = _("reports of agents")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["service", "by", "reason", "day"], name="an_agent_reports_a_reason_once_a_day"
            )
        ]
        indexes = [
            models.Index(fields=["by", "-at"], name="reports_of_an_agent"),
            models.Index(fields=["reason", "day"], name="reports_that_expire"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.day}: {self.get_reason_display()}"
