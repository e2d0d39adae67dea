"""What turned out to be wrong in a call, mended at once: in what is published and in the draft somebody is writing.

Nobody's draft is published by it: the published version gets the correction and is published again, the draft gets the
same correction and stays a draft. Where that cannot be (no right to publish, in review, scheduled), the correction is
kept in the draft and goes to review.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from wagtail.models import Revision

from audit import actions as audit
from audit.actor import acting
from services import rights
from services.codes import Lifecycle
from services.models import Phone, Service
from services.reports.actions import settle_by_closing

Outcome = Literal["nothing", "published", "draft", "review"]


@dataclass(frozen=True)
class Corrections:
    """`values`: fields of the service, by column (name_fr …); `phones`: new numbers by the phone's uuid."""

    values: Mapping[str, object] = field(default_factory=dict)
    phones: Mapping[UUID, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values or self.phones)


def source_language(service: Service) -> str:
    """The language in which the listing was written: as it says, else the first one that has a name."""
    codes = [code for code, _name in settings.LANGUAGES]
    return service.source_language or next(
        (code for code in codes if getattr(service, f"name_{code}")), codes[0]
    )


def phones_of(service: Service) -> list[Phone]:
    """The listing's own numbers and those of its places, as the objects that a save of `service` writes."""
    found = list(service.phones.get_object_list())
    for link in service.service_at_locations.get_object_list():
        found += link.phones.get_object_list()
    return found


def apply(service: Service, corrections: Corrections) -> None:
    """Put them into a version in memory. What the version has no more (a phone that a draft dropped) is left out."""
    for name, value in corrections.values.items():
        setattr(service, name, value)
    if "capacity" in corrections.values:
        service.capacity_updated_on = localdate()
    for phone in phones_of(service):
        if phone.uuid in corrections.phones:
            phone.number = corrections.phones[phone.uuid]


def is_locked(service: Service, user) -> bool:
    """Whether a lock (somebody's, or that of a review) keeps this user from changing it."""
    lock = service.get_lock()
    return lock is not None and lock.for_user(user)


@transaction.atomic
def correct(*, service: Service, corrections: Corrections, by) -> Outcome:
    """Mend a listing; says what became of it: "published", kept as "draft", or a draft sent for "review"."""
    if not corrections:
        return "nothing"
    live = Service.objects.select_for_update().get(pk=service.pk)
    with acting(by):
        audit.record(
            action="service.corrected_in_call",
            object_kind="service",
            object_id=str(live.uuid),
            detail={"fields": [*corrections.values, *(["phones"] if corrections.phones else [])]},
        )
        draft = live.get_latest_revision_as_object() if live.has_unpublished_changes else None
        if _may_publish(live, by):
            apply(live, corrections)
            live.save_revision(user=by, log_action=True).publish(user=by)
            if draft is not None:
                _keep(draft, corrections, by)
            return "published"
        _keep(draft or live, corrections, by)
        return _send_for_review(live, by)


def _keep(version: Service, corrections: Corrections, by) -> None:
    apply(version, corrections)
    version.save_revision(user=by, log_action=True)


def _may_publish(service: Service, by) -> bool:
    return (
        service.live
        and rights.may(by, "publish", service)
        and not service.workflow_in_progress
        and not Revision.objects.for_instance(service).filter(approved_go_live_at__isnull=False).exists()
    )


def _send_for_review(service: Service, by) -> Outcome:
    service.refresh_from_db()
    if service.workflow_in_progress:
        return "review"
    workflow = service.get_workflow()
    if rights.may(by, "publish", service) or workflow is None:
        return "draft"
    workflow.start(service, by)
    return "review"


@transaction.atomic
def set_lifecycle(*, service: Service, lifecycle: str, replaced_by: Service | None = None, by) -> Outcome:
    """Suspend a listing or close it for good, as the team decided after its calls."""
    values: dict[str, object] = {"lifecycle": Lifecycle(lifecycle).value}
    if replaced_by is not None:
        values["replaced_by_id"] = replaced_by.pk
    outcome = correct(service=service, corrections=Corrections(values=values), by=by)
    if outcome == "published" and lifecycle == Lifecycle.CLOSED_PERMANENTLY:
        with acting(by):
            settle_by_closing(service=service, by=by)
    return outcome
