"""Something to do about an orientation on a day: ask the person, remind the service, call back."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from referrals.codes import CancelledBecause, FollowUpKind


class FollowUp(models.Model):
    """Pending until it is done or cancelled. `due_at` is a moment (Europe/Brussels on screen)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=FollowUpKind.choices)
    person = models.ForeignKey(
        "referrals.Person", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups"
    )
    need = models.ForeignKey(
        "referrals.Need", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups"
    )
    orientation = models.ForeignKey(
        "referrals.Orientation", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_ups"
    )
    declined = models.ForeignKey(
        "referrals.Orientation",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="a service declined it: the person is told, and another way is looked for",
    )
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=20, choices=CancelledBecause.choices, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(cancelled_at=None), name="done_or_cancelled_not_both"
            ),
            models.UniqueConstraint(
                fields=["orientation", "kind"],
                name="an_orientation_waits_for_each_kind_once",
                condition=Q(done_at=None, cancelled_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["assignee", "due_at"],
                name="what_is_due_for_an_agent",
                condition=Q(done_at=None, cancelled_at=None),
            ),
            models.Index(
                fields=["team", "due_at"],
                name="what_is_due_in_a_team",
                condition=Q(done_at=None, cancelled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d}"

    @property
    def is_pending(self) -> bool:
        return self.done_at is None and self.cancelled_at is None
