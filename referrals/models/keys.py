"""A request that came twice is done once."""

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """The key that the page made for one act, and what that act made. Kept for some days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField()
    act = models.CharField(max_length=40)
    object_uuid = models.UUIDField(null=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="an_act_is_done_once")]

    def __str__(self) -> str:
        return f"{self.act} {self.key}"
