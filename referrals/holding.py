"""Rows held for a write, always in the same order, so that two writers wait for each other and never for ever.

The order: call, needs, orientations, person, follow-ups; of each kind by primary key. Rows are held without their keys
(FOR NO KEY UPDATE): a row that only points to one that is held is written without waiting. SQLite has one writer
at a time and needs none of it.
"""

from typing import TypeVar

from django.db.models import Model, QuerySet

from .models import Person

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
