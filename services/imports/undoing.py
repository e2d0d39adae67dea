"""Takes an import back: what it made is deleted, what it changed gets its version of before, unless somebody worked on it.

New listings that were edited since are unpublished, not deleted; changed ones that were edited since stay as they are.
Both are named with their editor. Chunk by chunk and marked in the same transaction, so that a killed worker's successor
goes on with the rest.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max, ProtectedError, RestrictedError
from django.utils.timezone import now
from django.utils.translation import gettext_noop as noop
from wagtail.models import Revision

from audit.actions import record
from audit.actor import acting
from services.models import Change, ImportRow, ImportRun, Location, Organization, Service
from services.reasons import Reason
from services.verification.actions import set_verified

from .working import Claim, claimed

State, Action, RowState, Entity = ImportRun.State, ImportRow.Action, ImportRow.State, ImportRow.Entity
CHUNK = 50

EDITED = noop("not undone: edited by %(who)s on %(day)s")
EDITED_UNPUBLISHED = noop("edited by %(who)s on %(day)s: unpublished, not deleted")
USED_UNPUBLISHED = noop("something refers to it: unpublished, not deleted")
STILL_USED = noop("not deleted: listings still name it")
NO_VERSION = noop("not undone: there is no version of before the import")
SOMEBODY = Reason(noop("somebody"))


def undo_run(run_pk: int) -> None:
    """Undo a run, or go on with one whose worker was killed."""
    with claimed(run_pk, (State.UNDOING,), State.UNDOING) as claim:
        if claim is None:
            return
        with acting(claim.run.user):
            _undo(claim)


def _undo(claim: Claim) -> None:
    run = claim.run
    rows = run.rows.filter(state=RowState.APPLIED, action__in=(Action.CREATE, Action.UPDATE))
    total, finished = rows.count(), 0
    claim.renew(done=0, total=total)
    for entity, undo in ((Entity.SERVICE, _undo_services), (Entity.ORGANIZATION, _undo_organizations)):
        pks = list(rows.filter(entity=entity).order_by("-line", "-pk").values_list("pk", flat=True))
        for start in range(0, len(pks), CHUNK):
            with transaction.atomic():
                chunk = list(
                    ImportRow.objects.filter(pk__in=pks[start : start + CHUNK], state=RowState.APPLIED)
                )
                undo(chunk)
                ImportRow.objects.bulk_update(chunk, ["state", "reason"])
                finished += len(chunk)
                claim.renew(done=finished)
    counts = {
        "undone": run.rows.filter(entity=Entity.SERVICE, state=RowState.UNDONE).count(),
        "kept": run.rows.filter(entity=Entity.SERVICE, state=RowState.KEPT).count(),
    }
    with transaction.atomic():
        claim.renew(state=State.UNDONE, undone_at=now(), counts=run.counts | counts, done=0, total=0)
        record(action="import.undone", object_kind="import", object_id=str(run.uuid), detail=counts)


def _undo_services(rows: list[ImportRow]) -> None:
    services = {one.uuid: one for one in Service.objects.filter(uuid__in=[row.object_uuid for row in rows])}
    editors = _edited_since(rows)
    to_delete: list[tuple[ImportRow, Service]] = []
    for row in rows:
        service = services.get(row.object_uuid)
        row.state, row.reason = RowState.UNDONE, None
        if service is None:  # somebody deleted it: there is nothing left to take back
            continue
        editor = editors.get(row.object_uuid)
        if row.action == Action.CREATE and editor is None:
            to_delete.append((row, service))
        elif row.action == Action.CREATE:
            service.unpublish()
            _keep(row, Reason(EDITED_UNPUBLISHED, editor))
        elif editor is not None:
            _keep(row, Reason(EDITED, editor))
        elif not _revert(service, row.before.get("object"), was_live=row.was_live):
            _keep(row, Reason(NO_VERSION))
        else:
            _revert_places(row)
            if "verified" in row.before:
                on, channel = row.before["verified"]
                set_verified(service=service, on=on and date.fromisoformat(on), channel=channel)
    _delete(to_delete)


def _keep(row: ImportRow, reason: Reason) -> None:
    row.state, row.reason = RowState.KEPT, reason.as_data()


def _delete(found: list[tuple[ImportRow, Service]]) -> None:
    """Delete new listings with the places that were made for them; one by one where something refers to one."""
    if not found:
        return
    pks = [service.pk for _row, service in found]
    places = set(Location.objects.filter(service_at_locations__service__in=pks).values_list("pk", flat=True))
    try:
        with transaction.atomic():
            Service.objects.filter(pk__in=pks).delete()
            Location.objects.filter(pk__in=places, service_at_locations=None).delete()
    except (ProtectedError, RestrictedError):
        if len(found) > 1:
            for one in found:
                _delete([one])
            return
        row, service = found[0]
        service.unpublish()
        _keep(row, Reason(USED_UNPUBLISHED))


def _revert(instance, versions: list | None, *, was_live: bool = True) -> bool:
    """Give an object its version of before as a new one, so that its history stays; False when there is none."""
    before = versions[0] if versions else None
    revision = Revision.objects.filter(pk=before).first() if before else None
    if revision is None:
        return False
    old = revision.as_object()
    if was_live:
        old.save_revision(user=None, previous_revision=revision).publish()
        return True
    if instance.live:
        instance.unpublish()
        old = Revision.objects.get(pk=revision.pk).as_object()  # the other one remembers a published listing
    old.save()
    old.save_revision(user=None, previous_revision=revision)
    return True


def _revert_places(row: ImportRow) -> None:
    changed = row.before.get("places", {})
    for place in Location.objects.filter(uuid__in=[UUID(uuid) for uuid in changed]):
        versions = changed[str(place.uuid)]
        if place.latest_revision_id == versions[1]:  # nobody moved it since
            _revert(place, versions)
    new = [UUID(uuid) for uuid in row.before.get("new_places", [])]
    Location.objects.filter(uuid__in=new, service_at_locations=None).delete()


def _undo_organizations(rows: list[ImportRow]) -> None:
    found = {one.uuid: one for one in Organization.objects.filter(uuid__in=[row.object_uuid for row in rows])}
    editors = _edited_since(rows)
    for row in rows:
        organization = found.get(row.object_uuid)
        row.state, row.reason = RowState.UNDONE, None
        if organization is None:
            continue
        editor = editors.get(row.object_uuid)
        if editor is not None:
            _keep(row, Reason(EDITED, editor))
        elif row.action == Action.UPDATE:
            if not _revert(organization, row.before.get("object")):
                _keep(row, Reason(NO_VERSION))
        else:
            try:
                with transaction.atomic():
                    organization.delete()
            except (ProtectedError, RestrictedError):
                _keep(row, Reason(STILL_USED))


def _edited_since(rows: Iterable[ImportRow]) -> dict[UUID, dict[str, str]]:
    """Object → who changed it last after the import wrote it, and when; objects nobody touched are not there.

    The change log knows every door, forms and commands alike.
    """
    applied = {row.object_uuid: row.applied_change or 0 for row in rows}
    if not applied:
        return {}
    last: dict[UUID, tuple[int | None, str]] = {}
    newest = (
        Change.objects.filter(uuid__in=applied, pk__gt=min(applied.values()))
        .values("uuid")
        .annotate(last=Max("pk"))
    )
    wanted = [row["last"] for row in newest if row["last"] > applied[row["uuid"]]]
    for uuid, actor, at in Change.objects.filter(pk__in=wanted).values_list("uuid", "actor_id", "at"):
        last[uuid] = (actor, at.date().isoformat())
    names: dict[int, str] = defaultdict(lambda: SOMEBODY)
    for user in get_user_model().objects.filter(pk__in={actor for actor, _day in last.values() if actor}):
        names[user.pk] = user.get_full_name() or user.get_username()
    return {
        uuid: {"who": names[actor] if actor else SOMEBODY, "day": day} for uuid, (actor, day) in last.items()
    }
