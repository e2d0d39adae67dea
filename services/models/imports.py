"""An import of a file, from its upload to its undoing: the run, and what it says of each row.

The file lies under IMPORT_ROOT, which nothing serves. Rows keep what is needed to tell, to go on after a killed worker
and to undo; the listings' own texts stay in the file and in the versions.
"""

import uuid

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from services import reasons


class PrivateStorage(FileSystemStorage):
    """Where imported files lie: without an address, readable by the site's own user only."""

    def __init__(self) -> None:
        super().__init__(base_url=None, file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self):
        return settings.IMPORT_ROOT

    @property
    def location(self):
        return str(settings.IMPORT_ROOT)

    def url(self, name):
        raise ValueError("an imported file has no URL")


def private_storage() -> PrivateStorage:
    return PrivateStorage()


def _file_name(run: "ImportRun", name: str) -> str:
    """Nothing of the name that somebody gave the file."""
    return str(run.uuid)


class ImportRun(models.Model):
    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Received")
        PLANNING = "planning", _("Being read")
        PLANNED = "planned", _("Waits for your decision")
        APPLYING = "applying", _("Being carried out")
        APPLIED = "applied", _("Carried out")
        FAILED = "failed", _("Not readable")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")

    # A worker is at it, or should be.
    WORKING = (State.UPLOADED, State.PLANNING, State.APPLYING, State.UNDOING)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(_("file"), storage=private_storage, upload_to=_file_name)
    name = models.CharField(_("file name"), max_length=200)
    format = models.CharField(_("format"), max_length=10)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="bytes")
    source = models.CharField(
        _("whose identifiers"),
        max_length=60,
        help_text=_("Where the file comes from: its identifiers are kept under this name."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    team = models.ForeignKey(
        "accounts.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team"),
        help_text=_("In charge of the new listings."),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UPLOADED)
    done = models.PositiveIntegerField(default=0, help_text="rows of the present step")
    total = models.PositiveIntegerField(default=0, help_text="rows of the present step; 0: not known yet")
    counts = models.JSONField(default=dict, help_text="by outcome")
    error = models.JSONField(null=True, help_text="services.reasons: why the file cannot be read")
    created_at = models.DateTimeField(_("received on"), auto_now_add=True)
    planned_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    # Who works on it now, and the last sign of life: one worker at a time, and another when that one died.
    worker = models.CharField(max_length=36, blank=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_working(self) -> bool:
        return self.state in self.WORKING

    @property
    def percent(self) -> int | None:
        """Of the present step; None while nobody knows how long it is."""
        return min(100, 100 * self.done // self.total) if self.total else None

    @property
    def error_words(self) -> str:
        return reasons.words(self.error)


class ImportRow(models.Model):
    """What a run does about one listing of the file (or one organisation that the file adds or renames)."""

    class Entity(models.TextChoices):
        SERVICE = "service"
        ORGANIZATION = "organization"

    class Action(models.TextChoices):
        CREATE = "create", pgettext_lazy("listings", "New")
        UPDATE = "update", pgettext_lazy("listings", "Changed")
        UNCHANGED = "unchanged", pgettext_lazy("listings", "Unchanged")
        REFUSED = "refused", pgettext_lazy("listings", "Refused")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        APPLIED = "applied", _("Done")
        REFUSED = "refused", pgettext_lazy("listings", "Refused")
        SKIPPED = "skipped", _("Left out")
        UNDONE = "undone", _("Undone")
        KEPT = "kept", _("Not undone")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    entity = models.CharField(max_length=12, choices=Entity.choices, default=Entity.SERVICE)
    line = models.PositiveIntegerField(_("line"), default=0)
    external_id = models.CharField(_("identifier"), max_length=200, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    action = models.CharField(max_length=10, choices=Action.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    reason = models.JSONField(null=True, help_text="services.reasons")
    object_uuid = models.UUIDField(null=True, help_text="the listing or organisation, once it is there")
    changes = models.JSONField(default=list, help_text="[column, before, after] as texts of the format")
    fingerprint = models.CharField(max_length=64, blank=True, help_text="of the changes that were shown")
    duplicates = models.JSONField(default=list, help_text="[uuid or null, name, score, [why], line or null]")
    skip = models.BooleanField(default=False, help_text="a possible duplicate that somebody left out")
    # For undoing: versions before and after, of the listing and of its places.
    was_live = models.BooleanField(default=False)
    before = models.JSONField(default=dict, help_text="services.imports.versions: versions before and after")
    applied_change = models.BigIntegerField(null=True, help_text="the change log's head when it was written")

    class Meta:
        ordering = ["line", "pk"]
        indexes = [
            models.Index(fields=["run", "entity", "action", "line"], name="import_rows_by_action"),
            models.Index(fields=["run", "state"], name="import_rows_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.action} {self.name or self.external_id}"

    @property
    def reason_words(self) -> str:
        return reasons.words(self.reason)

    @property
    def has_duplicates(self) -> bool:
        return bool(self.duplicates)
