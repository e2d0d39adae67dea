"""What is derived from the catalogue inside this database follows the change log, as an index does.

Each follower has a row that says how far it has read. The row moves in the transaction that wrote what was derived, so
that whoever is killed leaves the rest to the next, and two who follow at once do not do it twice.
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from django.db import transaction

from . import selectors
from .models import Change, LogReader

BATCH = 500


class Row(NamedTuple):
    """One change: its number, the entity's code and its primary key."""

    number: int
    entity: str
    pk: int


def head() -> int:
    """The number of the newest change."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def read_up_to(name: str) -> int:
    """The number of the last change that this follower has dealt with; 0: it has not begun."""
    return LogReader.objects.filter(name=name).values_list("number", flat=True).first() or 0


def touched(rows: Sequence[Row], entities: Collection[str] | None = None) -> set[int]:
    """Primary keys of the services whose listing shows what these rows changed; `entities` beside services: None is all."""
    found: set[int] = set()
    for entity in {row.entity for row in rows}:
        if entity == Change.Entity.SERVICE or entities is None or entity in entities:
            found |= selectors.services_touched_by(entity, [row.pk for row in rows if row.entity == entity])
    return found


def follow(name: str, apply: Callable[[list[Row]], None], *, most: int = BATCH) -> int:
    """Let `apply` deal with the next changes, at most `most`; returns how many. 0: at the head, or another is at it."""
    if read_up_to(name) >= head():
        return 0
    with transaction.atomic():
        LogReader.objects.get_or_create(name=name)
        reader = LogReader.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if reader is None:
            return 0
        found = Change.objects.filter(pk__gt=reader.number).order_by("pk")
        rows = [Row(*values) for values in found.values_list("pk", "entity", "object_pk")[:most]]
        if rows:
            apply(rows)
            reader.number = rows[-1].number
            reader.save(update_fields=["number"])
        return len(rows)


def has_begun(name: str) -> bool:
    return LogReader.objects.filter(name=name).exists()


@transaction.atomic
def start_at_head(name: str) -> bool:
    """Begin to follow from here, for a follower that has looked at everything else; False when it had begun before."""
    _reader, is_new = LogReader.objects.get_or_create(name=name, defaults={"number": head()})
    return is_new
