"""What is left when persons are forgotten: that they were, and counts by month."""

import uuid

from django.db import models


class RetentionRun(models.Model):
    """One run of the retention; a killed one is gone on with by the next."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"retention of {self.started_at:%Y-%m-%d}"


class DeletionRecord(models.Model):
    """An object that was erased or anonymised, without anything of it; replayed over a restored database."""

    kind = models.CharField(max_length=30)
    object_uuid = models.UUIDField(db_index=True)
    what = models.CharField(max_length=12, choices=[("erased", "erased"), ("anonymised", "anonymised")])
    reason = models.CharField(max_length=30)
    run = models.ForeignKey(
        RetentionRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="records"
    )
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_uuid", "what"], name="something_is_forgotten_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_uuid} {self.what}"


class MonthlyCount(models.Model):
    """Anonymised: how many needs of this kind, from this commune and age, ended so in this month."""

    team = models.ForeignKey(
        "accounts.Team",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="empty: counted when teams were not kept",
    )
    month = models.DateField(help_text="its first day")
    age_band = models.CharField(max_length=10, blank=True)
    commune_nis5 = models.CharField(max_length=5, blank=True)
    bassin = models.CharField(max_length=60, blank=True)
    need = models.CharField(max_length=60, help_text="code of the need")
    status = models.CharField(max_length=12)
    outcome = models.CharField(max_length=20, blank=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["team", "month", "age_band", "commune_nis5", "bassin", "need", "status", "outcome"],
                name="one_count_for_each_combination",
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.need} {self.count}"


class MonthlyBarrier(models.Model):
    """Anonymised: in how many needs of this month and bassin somebody met this barrier."""

    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="its first day")
    bassin = models.CharField(max_length=60, blank=True)
    barrier = models.CharField(max_length=30)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["team", "month", "bassin", "barrier"], name="one_count_for_each_barrier"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.barrier} {self.count}"
