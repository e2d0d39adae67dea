"""A saved version of a listing speaks today's terms: codes that were merged away resolve in it too.

Without this, publishing a draft that was begun before a merge would bring the old term back.
"""

from functools import cache

from django.db.models import ForeignKey, ManyToManyField

from services.models import taxonomy

from .rules import followed

STRICTEST_FIRST = ("exclusive", "preferential", "unconditional")


def with_successors(model, data: dict) -> dict:
    """The serialised fields of `model`, with the keys of replaced terms made those of their last successors.

    One small query where the model holds terms, none elsewhere. `data` itself is left alone.
    """
    single, many, parts = _places(model)
    if not (single or many or parts):
        return data
    successors = dict(
        taxonomy.TaxonomyTerm.objects.filter(retired=True, replaced_by__isnull=False).values_list(
            "pk", "replaced_by"
        )
    )
    if not successors:
        return data
    data = dict(data)
    for name in single:
        if data.get(name) is not None:
            data[name] = followed(data[name], successors)
    for name in many:
        if data.get(name):
            data[name] = list(dict.fromkeys(followed(pk, successors) for pk in data[name]))
    for name, column in parts:
        data[name] = _parts(data.get(name) or [], column, successors)
    return data


def _parts(rows: list[dict], column: str, successors: dict[int, int]) -> list[dict]:
    """Rows with the successor's key; of several with one term the first stays, with the strictest welcome."""
    kept: dict[int, dict] = {}
    others = []
    for row in rows:
        if row.get(column) is None:
            others.append(row)
            continue
        row = {**row, column: followed(row[column], successors)}
        first = kept.setdefault(row[column], row)
        if first is not row and "welcome" in row:
            first["welcome"] = min(first["welcome"], row["welcome"], key=STRICTEST_FIRST.index)
    return [*kept.values(), *others]


@cache
def _places(model) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """(foreign keys to terms, many-to-many fields of them, (child relation, its foreign key))."""
    from modelcluster.models import get_all_child_relations

    def fields(of, kind):
        return tuple(
            field.name
            for field in of._meta.get_fields()
            if isinstance(field, kind) and field.related_model is taxonomy.TaxonomyTerm
        )

    parts = tuple(
        (relation.get_accessor_name(), column)
        for relation in get_all_child_relations(model)
        for column in fields(relation.related_model, ForeignKey)
    )
    return fields(model, ForeignKey), fields(model, ManyToManyField), parts
