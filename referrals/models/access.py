"""Who saw what of whom: append-only rows, written in the transaction of the read. And doors opened across teams."""

from django.conf import settings
from django.db import models

from audit.errors import AppendOnly
from referrals.codes import AccessAction
from sealing.fields import SealedTextField


class AccessRows(models.QuerySet):
    def update(self, **kwargs):
        raise AppendOnly("access rows are never changed")

    def delete(self):
        raise AppendOnly("access rows are never deleted; their retention is referrals.retention's")

    def forget(self) -> int:
        """For the retention only (referrals.actions.retention): they are past their period."""
        return self._raw_delete(self.db)


class AccessRow(models.Model):
    """One read or act over persons' data. Kept by value: it outlives the person and the account. No name, no number."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    actor_label = models.CharField(max_length=150)
    team_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=10, choices=AccessAction.choices)
    object_kind = models.CharField(max_length=30)
    object_uuid = models.UUIDField(null=True, db_index=True)
    count = models.PositiveIntegerField(default=1)
    reason = models.CharField(
        max_length=200, blank=True, help_text="one of referrals.access, never typed words"
    )

    objects = AccessRows.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.action} {self.object_kind}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise AppendOnly("access rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("access rows are never deleted; their retention is referrals.retention's")


class Opening(models.Model):
    """A person of another team, opened with a reason until `until`; reported to both teams' coordinators."""

    person = models.ForeignKey("referrals.Person", on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(
        "accounts.Team", on_delete=models.PROTECT, related_name="+", help_text="the user's"
    )
    reason = SealedTextField(help_text="as it was typed: it may tell of the person, and goes with the file")
    opened_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="when a coordinator of the user's team has read the report"
    )
    owner_seen_at = models.DateTimeField(
        null=True, blank=True, help_text="when a coordinator of the person's team has read it"
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["user", "until"], name="openings_of_a_user")]

    def __str__(self) -> str:
        return f"opening {self.pk}"
