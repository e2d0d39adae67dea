"""What may be done with a term of a tree, and in which order its terms stand; plain values, no Django."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Refusal = Literal[
    "same_term",
    "other_table",
    "retired",
    "target_retired",
    "into_own_part",
    "parts_have_no_parts",
    "has_parts",
    "audience_in_use",
    "not_retired",
    "was_merged",
    "already_undone",
    "merged_on",
    "no_neighbour",
]
ROOM = 100  # places in the order for a term and its parts; as in fixtures/taxonomy.json


class TermRefused(Exception):
    """Something that may not be done with a term; `reason` is a Refusal, `services.terms.words` says it."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Node:
    """A term as its place in the tree is decided: primary keys only."""

    pk: int
    taxonomy: str
    parent: int | None = None
    retired: bool = False
    has_parts: bool = False


def may_merge(old: Node, new: Node) -> None:
    """Raises TermRefused when `old` cannot become `new`.

    Parts of the old term become parts of the new one, so a term with parts goes only into a term of the first level.
    """
    if old.pk == new.pk:
        raise TermRefused("same_term")
    if old.taxonomy != new.taxonomy:
        raise TermRefused("other_table")
    if old.retired:
        raise TermRefused("retired")
    if new.retired:
        raise TermRefused("target_retired")
    if new.parent == old.pk:
        raise TermRefused("into_own_part")
    if old.has_parts and new.parent is not None:
        raise TermRefused("parts_have_no_parts")


def may_stand_under(term: Node, parent: Node | None) -> None:
    """Raises TermRefused when `term` cannot be part of `parent` (None: of the first level)."""
    if term.retired:
        raise TermRefused("retired")
    if parent is None:
        return
    if term.pk == parent.pk:
        raise TermRefused("same_term")
    if term.taxonomy != parent.taxonomy:
        raise TermRefused("other_table")
    if parent.retired:
        raise TermRefused("target_retired")
    if parent.parent is not None or term.has_parts:
        raise TermRefused("parts_have_no_parts")


def swapped(siblings: Sequence[int], pk: int, step: int) -> list[int]:
    """The siblings' keys with `pk` moved by `step` places. Raises TermRefused at either end."""
    place = list(siblings).index(pk)
    target = place + step
    if not 0 <= target < len(siblings):
        raise TermRefused("no_neighbour")
    moved = [other for other in siblings if other != pk]
    moved.insert(target, pk)
    return moved


def numbered(tree: Iterable[tuple[int, Sequence[int]]]) -> dict[int, int]:
    """{key: place in the order} for (term, its parts) in the order they are shown.

    One number sorts the whole table as a tree: a term has a multiple of ROOM (more, where it has more parts), its
    parts follow it.
    """
    places: dict[int, int] = {}
    place = 0
    for pk, parts in tree:
        places[pk] = place
        for offset, part in enumerate(parts, start=1):
            places[part] = place + offset
        place += ROOM * (1 + len(parts) // ROOM)
    return places


def followed(pk: int, successors: dict[int, int]) -> int:
    """The last successor of `pk`; a circle ends where it began to repeat."""
    seen = {pk}
    while pk in successors and successors[pk] not in seen:
        pk = successors[pk]
        seen.add(pk)
    return pk
