"""The change log: one row a write, in the order of commits; indexes and `modified_after` read it."""

from django.db import models


class Change(models.Model):
    """Something about one catalogue object changed; what it is now stands in the object's own row."""

    class Entity(models.TextChoices):
        ORGANIZATION = "organization"
        SERVICE = "service"
        LOCATION = "location"
        TAXONOMY_TERM = "taxonomy_term"

    class Verb(models.TextChoices):
        CREATED = "created"
        UPDATED = "updated"
        DELETED = "deleted"

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    entity = models.CharField(max_length=20, choices=Entity.choices)
    object_pk = models.BigIntegerField()
    uuid = models.UUIDField(db_index=True)
    verb = models.CharField(max_length=10, choices=Verb.choices)
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.id} {self.entity} {self.uuid} {self.verb}"


class LogReader(models.Model):
    """How far something that is derived from the catalogue has read the change log (services.following)."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.number}"
