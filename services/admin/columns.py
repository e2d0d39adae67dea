"""The state of publication in a list, from two subqueries instead of two queries a row."""

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as wagtail_word  # Wagtail's own messages, in its own catalogues
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.models import Revision, WorkflowState


def with_status(queryset: QuerySet) -> QuerySet:
    """Adds `is_scheduled` and `is_in_review` to each row."""
    kind = ContentType.objects.get_for_model(queryset.model)
    same = {"content_type": kind, "object_id": Cast(OuterRef("pk"), CharField())}
    return queryset.annotate(
        is_scheduled=Exists(Revision.objects.filter(approved_go_live_at__isnull=False, **same)),
        is_in_review=Exists(WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS, **same)),
    )


def status_words(instance) -> str:
    """As Wagtail's status_string, from the annotations."""
    if not instance.live:
        if instance.expired:
            return wagtail_word("expired")
        if instance.is_scheduled:
            return wagtail_word("scheduled")
        return wagtail_word("in moderation") if instance.is_in_review else wagtail_word("draft")
    if instance.is_scheduled:
        return wagtail_word("live + scheduled")
    if instance.is_in_review:
        return wagtail_word("live + in moderation")
    return wagtail_word("live + draft") if instance.has_unpublished_changes else wagtail_word("live")


def completeness_column() -> Column:
    """How complete a service is, of 100; needs `select_related("care")`."""
    return Column("completeness", label=_("Complete"), accessor=_completeness, sort_key="care__completeness")


def _completeness(service) -> str:
    care = getattr(service, "care", None)
    return "" if care is None else f"{care.completeness} %"


def status_column(sort_key: str | None = "live") -> StatusTagColumn:
    return StatusTagColumn(
        "status",
        label=_("Status"),
        accessor=status_words,
        sort_key=sort_key,
        primary=lambda instance: instance.live,
    )
