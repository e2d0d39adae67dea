"""Writes that somebody saw or did something over a person's data, in the caller's transaction."""

from uuid import UUID

from audit.actor import current

from .models import AccessRow

# The reason of a row about a file of another team. What the agent typed stands in the Opening, which goes with the file.
OPENED = "opened with a reason"


def note(
    *,
    action: str,
    kind: str,
    uuid: UUID | None = None,
    count: int = 1,
    team: int | None = None,
    reason: str = "",
) -> AccessRow:
    """One row by the current actor. When it cannot be written, what it notes does not happen: call it inside `atomic`."""
    actor = current()
    return AccessRow.objects.create(
        actor_id=actor.id,
        actor_label=actor.label,
        team_id=team,
        action=action,
        object_kind=kind,
        object_uuid=uuid,
        count=count,
        reason=reason,
    )
