"""The one way to add to the audit record."""

from .actor import current, told
from .models import AuditEntry


def record(*, action: str, object_kind: str, object_id: str, detail: dict | None = None) -> AuditEntry:
    """Append one entry by the current actor, inside the caller's transaction."""
    actor, why = current(), told()
    return AuditEntry.objects.create(
        actor_id=actor.id,
        actor_label=actor.label,
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        detail=_with_fields(detail or {}),
        reason=why.reason,
    )


def record_many(entries: list[tuple[str, str, str, dict]]) -> None:
    """Append many (action, object_kind, object_id, detail) at once; for imports."""
    actor, why = current(), told()
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                actor_id=actor.id,
                actor_label=actor.label,
                action=action,
                object_kind=kind,
                object_id=str(object_id),
                detail=_with_fields(detail),
                reason=why.reason,
            )
            for action, kind, object_id, detail in entries
        ],
        batch_size=500,
    )


def _with_fields(detail: dict) -> dict:
    fields = told().fields
    return detail | {"fields": list(fields)} if fields else detail
