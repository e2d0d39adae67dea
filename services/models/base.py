"""What all catalogue objects share: a public id, dates, drafts and review, and the one door for writes."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel, model_from_serializable_data
from modeltranslation.translator import NotRegistered, translator
from wagtail.log_actions import LogContext
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from services import changes, preview, publishing
from services.texts import has_html

from .dangling import without_what_is_gone

NAME_NEEDED = "name_needed"  # the error that a draft may have and a publication may not


class TranslatedFromRevision:
    """A revision restores the language columns, never the base column.

    The base column holds whatever language was active when it was saved; putting it back would fill a language that
    was added after the revision was made with another language's text.
    """

    @classmethod
    def from_serializable_data(cls, data, check_fks=True, strict_fks=False):
        from services.terms.versions import with_successors

        if check_fks:  # asked once, by the whole for all its parts
            data, check_fks = without_what_is_gone(cls, data), False
        try:
            base_names = set(translator.get_options_for_model(cls).all_fields)
        except NotRegistered:
            base_names = set()
        data = {key: value for key, value in data.items() if key not in base_names}
        data = with_successors(cls, data)
        inherited = getattr(super(), "from_serializable_data", None)
        if (
            inherited is None
        ):  # a part without children of its own; an AttributeError here would cost the whole its parts
            return model_from_serializable_data(cls, data, check_fks, strict_fks)
        return inherited(data, check_fks, strict_fks)


def refuse_html(instance) -> None:
    """Raises ValidationError naming each text that holds HTML (services.texts): the rule for forms, as files have it."""
    try:
        texts = translator.get_options_for_model(type(instance)).all_fields
    except NotRegistered:
        return
    # The language columns: those that forms have. The base column is one of them again.
    columns = [column.name for columns in texts.values() for column in columns]
    wrong = {
        column: _("Plain text only, without HTML.")
        for column in columns
        if has_html(getattr(instance, column))
    }
    if wrong:
        raise ValidationError(wrong)


class RecordedQuerySet(models.QuerySet):
    """Refuses the writes that would pass by the change log; `delete()` is recorded through its signals."""

    def update(self, **kwargs):
        changes.refuse_unless_recording(self.model, "update()")
        return super().update(**kwargs)

    def bulk_create(self, *args, **kwargs):
        changes.refuse_unless_recording(self.model, "bulk_create()")
        return super().bulk_create(*args, **kwargs)

    def bulk_update(self, *args, **kwargs):
        changes.refuse_unless_recording(self.model, "bulk_update()")
        return super().bulk_update(*args, **kwargs)


class Recorded(models.Model):
    """A catalogue object whose every write appends to the change log in the same transaction."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)

    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        with changes.recorded_save(self):
            super().save(*args, **kwargs)


class Listed(
    TranslatedFromRevision,
    Recorded,
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    ClusterableModel,
):
    """A catalogue object with drafts, revisions, review, locking and a preview in each language."""

    NAMED = True  # whether it must have a name of its own
    # No version brings back: a hand-over is not undone by publishing a draft that was begun before it.
    KEPT: tuple[str, ...] = ("steward_id",)
    PREVIEWED_BY: tuple[str, ...] = (preview.PUBLIC,)

    steward = models.ForeignKey(
        "accounts.Team",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("team in charge"),
        help_text=_("Who keeps it true, wherever it is and whomever it serves."),
    )
    is_example = models.BooleanField(
        _("invented example"),
        default=False,
        help_text=_("Made up for the demonstration; removed by one command."),
    )
    source = models.CharField(_("source"), max_length=500, blank=True)
    source_date = models.CharField(
        _("date of the source"), max_length=10, blank=True, help_text=_("2026, 2026-11 or 2026-11-22")
    )
    data_note = models.TextField(_("note about the data (editors only)"), blank=True)

    _revisions = GenericRelation(
        "wagtailcore.Revision", content_type_field="content_type", object_id_field="object_id"
    )
    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        refuse_html(self)
        if self.NAMED and not any(getattr(self, f"name_{code}", None) for code, _label in settings.LANGUAGES):
            message = _("A name is needed, in one language at least.")
            raise ValidationError(
                {f"name_{settings.LANGUAGES[0][0]}": ValidationError(message, code=NAME_NEEDED)}
            )

    @property
    def revisions(self):
        return self._revisions

    def save_revision(self, *args, **kwargs):
        """As Wagtail's, but what was imported without a revision is kept as the first version before it is changed."""
        if self.pk is not None and self.latest_revision_id is None and not self._revisions.exists():
            imported = type(self)._default_manager.get(pk=self.pk)
            if imported.live:  # a form saves what is new as a draft first
                with LogContext():  # nobody's edit; in the history, so that one can go back to it
                    first = super(Listed, imported).save_revision(clean=False, log_action="wagtail.create")
                # Without it Wagtail takes a version scheduled for later for the first one, and unpublishes until then.
                with changes.bulk_recording():
                    type(self)._default_manager.filter(pk=self.pk).update(live_revision=first)
                self.refresh_from_db(fields=["latest_revision", "live_revision"])
        return super().save_revision(*args, **kwargs)

    def with_content_json(self, content):
        """A version of the object; what belongs to the object and not to a version stays as it is now."""
        version = super().with_content_json(content)
        # From the database: the object in hand may have been read before a hand-over.
        kept = type(self)._default_manager.filter(pk=self.pk).values_list(*self.KEPT).first()
        for name, value in zip(self.KEPT, kept or (), strict=False):
            setattr(version, name, value)
        return version

    def publish(self, revision, *args, **kwargs):
        """As Wagtail's, for a version that is complete. Raises services.publishing.NotPublishable."""
        faults = publishing.faults(revision.as_object())
        if faults:
            raise publishing.NotPublishable("; ".join(faults))
        return super().publish(revision, *args, **kwargs)

    @property
    def preview_modes(self):
        return preview.modes(self.PREVIEWED_BY)

    def serve_preview(self, request, mode_name):
        return preview.render(request, self, mode_name)
