"""All that is kept about a person, for the person (GDPR articles 15 and 20): plain types, nothing about others.

Driven by referrals.declared: every table whose rows belong to a person is in it, with every field.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

from outbox.models import Message

from . import models
from .declared import TABLES
from .models import AccessRow, Call, Need, Orientation, Person

KIND = "details_for_person"  # of a message to the person

# Numbers of rows say nothing; agents are named by the desk's own page, not in a file that leaves the house.
_LEFT_OUT = {"id", "number_hash", "person", "version", "merged_into"}
_AGENTS = {"agent", "author", "assignee", "by", "user", "recorded_by", "done_by"}


def of(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Table → rows, each a field → value. {"Person": [{…}], "PersonIdentity": […], …, "Message": [{"recipient", …}],
    "AccessRow": [{"at", "action", "object_kind", "team", "reason"}]}.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for name in ("Person", "PersonIdentity", "PersonPhone", "Consent", "Call", "Need", "Orientation",
                 "OrientationEvent", "TransmittedFile", "FollowUp", "Opening"):  # fmt: skip
        found[name] = [_plain(name, row) for row in _rows(name, person)]
    found["Message"] = [_message(row) for row in _messages(person)]
    found["AccessRow"] = [
        {
            "at": row.at.isoformat(timespec="seconds"),
            "action": row.action,
            "object_kind": row.object_kind,
            "team": row.team_id,
            "reason": row.reason,
        }
        for row in accesses(person)
    ]
    return found


def accesses(person: Person):
    """Who did what about this file and those merged into it, the newest first."""
    merged = Person.objects.filter(merged_into=person).values("uuid")
    return AccessRow.objects.filter(Q(object_uuid=person.uuid) | Q(object_uuid__in=merged)).order_by("-pk")


def _messages(person: Person):
    """What was to be sent to this person; of what has left or was given up only that it was."""
    about = Orientation.objects.filter(Q(person=person) | Q(person__merged_into=person)).values("uuid")
    return Message.objects.filter(kind=KIND, about_kind="orientation", about_id__in=about).order_by("pk")


def _message(row: Message) -> dict[str, Any]:
    names = ("channel", "state", "recipient", "subject", "body", "language", "created_at", "sent_at")
    return {"orientation": str(row.about_id)} | {name: _value(row, name) for name in names}


def _rows(name: str, person: Person):
    if name == "Person":
        return Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person)).order_by("pk")
    path = "orientation__person" if name in ("OrientationEvent", "TransmittedFile") else "person"
    return getattr(models, name)._default_manager.filter(**{path: person}).order_by("pk")


def _plain(name: str, row: Model) -> dict[str, Any]:
    kept = [one for one in TABLES[name].names if one not in _LEFT_OUT | _AGENTS]
    return {one: _value(row, one) for one in kept}


def _value(row: Model, name: str) -> Any:
    value = getattr(row, name)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (Call, Need, Orientation)):
        return str(value.uuid)
    if isinstance(value, Model):
        return str(value)
    return value
