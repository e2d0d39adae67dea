"""An orientation towards a service, and each change of its state as a row."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from referrals.codes import ActorKind, Mode, Outcome, Reason, State


def _in_words(state: str, reason: str, why: str) -> str:
    if reason == Reason.EXPIRED:
        return why
    return f"{state} · {why}" if reason else state


class Orientation(models.Model):
    """A need directed to a service, with the listing as it was given (`snapshot`), whatever becomes of the listing.

    Its state changes through referrals.actions.orientations only; `version` tells two writers apart.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    need = models.ForeignKey("referrals.Need", on_delete=models.CASCADE, related_name="orientations")
    call = models.ForeignKey("referrals.Call", on_delete=models.CASCADE, related_name="orientations")
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        "referrals.Person", on_delete=models.SET_NULL, null=True, blank=True, related_name="orientations"
    )
    service = models.ForeignKey(
        "services.Service", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    service_uuid = models.UUIDField(db_index=True)
    snapshot = models.JSONField(help_text="name, organisation, phones, address and hours as they were given")
    mode = models.CharField(max_length=20, choices=Mode.choices, default=Mode.DETAILS_GIVEN)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(max_length=30, choices=Reason.choices, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    appointment_at = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", help_text="who follows it up"
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "failed"]) | ~Q(reason=""),
                name="what_was_declined_or_failed_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="completed") | ~Q(outcome=""),
                name="what_succeeded_says_how_it_helped",
            ),
        ]
        indexes = [
            models.Index(fields=["team", "state"], name="orientations_of_a_team"),
            models.Index(fields=["assignee", "state"], name="orientations_of_an_agent"),
        ]

    def __str__(self) -> str:
        return f"orientation {self.uuid}"

    @property
    def state_in_words(self) -> str:
        """With its reason; what the machine let go of is called expired, not cancelled."""
        return _in_words(self.get_state_display(), self.reason, self.get_reason_display())


class OrientationEvent(models.Model):
    """One change of state. Never changed; it goes only with its orientation."""

    orientation = models.ForeignKey(Orientation, on_delete=models.CASCADE, related_name="events")
    of = models.CharField(max_length=20, choices=State.choices, blank=True, help_text="empty: it was made")
    to = models.CharField(max_length=20, choices=State.choices)
    by_kind = models.CharField(max_length=12, choices=ActorKind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=30, choices=Reason.choices, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True, help_text="later than `at` when it was noted late")

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.of or '–'} → {self.to}"

    @property
    def state_in_words(self) -> str:
        return _in_words(self.get_to_display(), self.reason, self.get_reason_display())
