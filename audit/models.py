"""The append-only record of who did what to which object; it never holds the content itself."""

from django.db import models

from .errors import AppendOnly


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise AppendOnly("audit entries are never changed")

    def delete(self):
        raise AppendOnly("audit entries are never deleted")


class AuditEntry(models.Model):
    """One act. The actor is kept by value: the record outlives the account, and audit/ imports nobody."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_id = models.BigIntegerField(null=True, help_text="accounts.User; empty for the system itself")
    actor_label = models.CharField(max_length=150)
    action = models.CharField(max_length=60, help_text="verb, e.g. service.updated")
    object_kind = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict, help_text="codes and counts only: no texts, no personal data")
    reason = models.CharField(max_length=200, blank=True, help_text="why, in the words of who did it")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["object_kind", "object_id"], name="audit_by_object")]

    def __str__(self) -> str:
        return (
            f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.action} {self.object_kind} {self.object_id}"
        )

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise AppendOnly("audit entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("audit entries are never deleted")
