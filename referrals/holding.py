"""Rows held for a write, always in the same order, so that two writers wait for each other and never for ever.

The order: calls, needs, orientations and their files, persons, then what hangs on a person (follow-ups, consents, numbers); of
each kind by primary key. Rows are held without their keys
(FOR NO KEY UPDATE): a row that only points to one that is held is written without waiting. SQLite has one writer
at a time and needs none of it.
"""

from collections.abc import Collection
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from .errors import Closed
from .models import Call, FollowUp, Need, Orientation, Person

Row = TypeVar("Row", bound=Model)


def held(rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """These rows (of one table, what is joined is not held), waiting for whoever holds one. Evaluate it in a transaction."""
    return rows.select_for_update(no_key=True, of=("self",)).order_by("pk")


def hold(rows: "QuerySet[Row]") -> list[int]:
    """Hold them now; their primary keys."""
    return [row.pk for row in held(rows.only("pk"))]


def person(pk: int | None) -> Person | None:
    """The person as they are now, held: whether they object does not change before the caller is done."""
    return None if pk is None else held(Person.objects.filter(pk=pk)).first()


def living(pk: int) -> Person:
    """The person, held, to whom something is added. Raises Closed when the file was merged or erased."""
    found = person(pk)
    if found is None or found.merged_into_id is not None or found.anonymised_at is not None:
        raise Closed("the file was merged or erased")
    return found


def everything_of(people: Collection[int]) -> None:
    """Whole files: all that is about these persons, for whoever merges or forgets them."""
    needs = Need.objects.filter(person__in=people)
    calls = hold(Call.objects.filter(Q(person__in=people) | Q(pk__in=needs.values("call"))))
    found = hold(Need.objects.filter(Q(person__in=people) | Q(call__in=calls)))
    hold(Orientation.objects.filter(Q(person__in=people) | Q(need__in=found)))
    hold(Person.objects.filter(pk__in=people))
    hold(FollowUp.objects.filter(person__in=people))
