"""The file of a person that was sent to a service, and the service's answer."""

import uuid

from django.db import models

from sealing.fields import SealedTextField


class TransmittedFile(models.Model):
    """What a service reads behind its link (referrals.links). The content goes when the orientation ends or the time is over.

    `reference` is the file's own, not the person's: two services that talk do not find out that it is the same person.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    orientation = models.OneToOneField("referrals.Orientation", on_delete=models.CASCADE, related_name="file")
    reference = models.CharField(max_length=12, unique=True)
    content = SealedTextField(null=True, blank=True, help_text="JSON of referrals.file_content")
    language = models.CharField(max_length=10)
    sent_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="when the service first read it")
    answered_at = models.DateTimeField(null=True, blank=True, help_text="the last answer")
    answer_note = SealedTextField(null=True, blank=True, help_text="what the service adds for the agent")
    reminded_at = models.DateTimeField(null=True, blank=True)
    undelivered_at = models.DateTimeField(null=True, blank=True, help_text="when the mail was given up")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"file {self.reference}"
