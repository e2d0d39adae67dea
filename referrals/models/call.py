"""A call, and the needs noted in it."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from referrals.codes import Direction, NeedStatus, Outcome, Urgency
from sealing.fields import SealedTextField

NOTED_LATE = timedelta(hours=4)  # no call lasts so long: what is noted by then happened when it began


class Call(models.Model):
    """Who called whom, and the situation that the search counts with. Open until `ended_at`.

    `situation`: codes only (referrals.situation says which); the place is a commune or a postcode, never an address.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        "referrals.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="calls"
    )
    direction = models.CharField(max_length=10, choices=Direction.choices, default=Direction.OUTGOING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    situation = models.JSONField(default=dict, blank=True)
    bassin = models.CharField(
        max_length=60, blank=True, help_text="code of the bassin of that place; empty: not known"
    )
    note = SealedTextField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["agent", "-started_at"], name="calls_of_an_agent"),
            models.Index(fields=["team", "-started_at"], name="calls_of_a_team"),
        ]

    def __str__(self) -> str:
        return f"call {self.uuid}"

    def happened_at(self, now: datetime) -> datetime | None:
        """When what is noted in it now took place, if that is not now: the call is noted late, or was opened again."""
        return self.started_at if now - self.started_at > NOTED_LATE else None


class Need(models.Model):
    """One thing somebody needs. Its status is computed from its orientations (states.need_status), never typed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="needs")
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        "referrals.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="needs"
    )
    term = models.ForeignKey("services.TaxonomyTerm", on_delete=models.PROTECT, related_name="+")
    urgency = models.CharField(max_length=10, choices=Urgency.choices, blank=True)
    status = models.CharField(max_length=12, choices=NeedStatus.choices, default=NeedStatus.OPEN)
    outcome = models.CharField(
        max_length=20, choices=Outcome.choices, blank=True, help_text="computed: states.need_outcome"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    barriers = models.JSONField(default=list, blank=True, help_text="codes of Barrier, as met so far")
    note = SealedTextField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sort_order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions = ()
        ordering = ["sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "term"], name="a_call_has_a_need_once")]
        indexes = [
            models.Index(fields=["team", "status"], name="needs_of_a_team"),
            models.Index(fields=["team", "created_at"], name="needs_of_a_team_by_month"),
        ]

    def __str__(self) -> str:
        return f"need {self.uuid}"
