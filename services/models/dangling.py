"""Versions that refer to what was deleted since: such a reference is emptied, or its part left out, in a query a model.

modelcluster asks once for every reference, and ends in an error where a deletion would be refused (PROTECT), which it
is for published rows but not for drafts.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.db.models import ForeignKey
from modelcluster.fields import ParentalKey
from modelcluster.models import get_all_child_relations


def without_what_is_gone(model, data: Mapping) -> dict:
    """A copy of a version's data (as `serializable_data` writes it) that refers only to rows that are there."""
    wanted: dict[type, set] = defaultdict(set)
    for target, key in _references(model, data):
        wanted[target].add(key)
    known = {
        target: set(target._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
        for target, keys in wanted.items()
    }
    return _cleared(model, data, known, is_part=False) or {}


def _foreign_keys(model) -> list[ForeignKey]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey) and not isinstance(field, ParentalKey)
    ]


def _references(model, data: Mapping) -> Iterator[tuple[type, object]]:
    for field in _foreign_keys(model):
        if data.get(field.name) is not None:
            yield field.related_model, data[field.name]
    for relation in get_all_child_relations(model):
        for part in data.get(relation.get_accessor_name()) or ():
            yield from _references(relation.related_model, part)


def _cleared(model, data: Mapping, known: Mapping[type, set], *, is_part: bool) -> dict | None:
    """None: a part that cannot be without what it refers to."""
    kept = dict(data)
    for field in _foreign_keys(model):
        key = kept.get(field.name)
        if key is not None and field.to_python(key) not in known[field.related_model]:
            if is_part and not field.null:
                return None
            kept[field.name] = None
    for relation in get_all_child_relations(model):
        name = relation.get_accessor_name()
        if name in kept:
            parts = (_cleared(relation.related_model, part, known, is_part=True) for part in kept[name] or ())
            kept[name] = [part for part in parts if part is not None]
    return kept
