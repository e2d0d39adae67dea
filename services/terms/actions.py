"""Writes of a tree of terms: order, place, retirement. Merging is in `merging`.

Order is in no index and in no listing, so a new order leaves no row in the change log, only an audit entry: ten clicks
on "up" must not have a hundred thousand listings read again.
"""

from django.db import transaction

from audit import actions as audit
from audit.actor import acting
from services import changes
from services.models import TaxonomyTerm, TermMerge

from . import rules, selectors
from .rules import TermRefused


def move(*, term: TaxonomyTerm, step: int, by) -> None:
    """Among its siblings in use, `step` places down (negative: up). Raises TermRefused at either end."""
    with acting(by), transaction.atomic():
        term = locked(term.pk)[term.pk]
        if term.retired:
            raise TermRefused("retired")
        tree = _order(term.taxonomy)
        siblings = [pk for pk, _parts in tree] if term.parent_id is None else dict(tree)[term.parent_id]
        live = set(selectors.live(term.taxonomy).values_list("pk", flat=True))
        moved = rules.swapped([pk for pk in siblings if pk in live], term.pk, step)
        moved += [pk for pk in siblings if pk not in live]
        if term.parent_id is None:
            parts = dict(tree)
            tree = [(pk, parts[pk]) for pk in moved]
        else:
            tree = [(pk, moved if pk == term.parent_id else parts) for pk, parts in tree]
        _number(term.taxonomy, tree)
        record(term, "ordered", {"step": step})


def place_under(*, term: TaxonomyTerm, parent: TaxonomyTerm | None, by) -> None:
    """Make it part of `parent`, or of the first level, as the last there. Raises TermRefused."""
    with acting(by), transaction.atomic():
        found = locked(term.pk, *([parent.pk] if parent else []))
        term, parent = found[term.pk], found[parent.pk] if parent else None
        rules.may_stand_under(selectors.node(term), selectors.node(parent) if parent else None)
        before = term.parent.code if term.parent else None
        term.parent = parent
        term.sort_order = selectors.last_place(term.taxonomy, parent)
        term.save()
        _number(term.taxonomy, _order(term.taxonomy))
        record(term, "moved", {"from": before, "to": parent.code if parent else None})


def retire(*, term: TaxonomyTerm, by) -> None:
    """Offer it no more, with nothing in its place; listings keep it, but show and find it no longer.

    Raises TermRefused: an audience that listings name cannot go without another (who is "only for" nobody in
    particular would be for everybody), nor a term with parts in use.
    """
    with acting(by), transaction.atomic():
        term = locked(term.pk)[term.pk]
        if term.retired:
            raise TermRefused("retired")
        if term.children.filter(retired=False).exists():
            raise TermRefused("has_parts")
        if selectors.is_named_audience(term):
            raise TermRefused("audience_in_use")
        term.retired, term.replaced_by = True, None
        term.save()
        record(term, "retired", {})


def bring_back(*, term: TaxonomyTerm, by) -> None:
    """Offer a retired term again. Raises TermRefused: what was merged away comes back by undoing the merge."""
    with acting(by), transaction.atomic():
        term = locked(term.pk)[term.pk]
        if not term.retired:
            raise TermRefused("not_retired")
        if TermMerge.objects.filter(old=term, undone_at=None).exists():
            raise TermRefused("was_merged")
        if term.parent is not None and term.parent.retired:
            raise TermRefused("target_retired")
        term.retired, term.replaced_by = False, None
        term.save()
        record(term, "brought_back", {})


def locked(*pks: int) -> dict[int, TaxonomyTerm]:
    """The terms as they are now, kept from others until the transaction ends; in one order, against deadlocks."""
    found = TaxonomyTerm.objects.select_for_update(of=("self",)).select_related("parent")
    return {term.pk: term for term in found.filter(pk__in=pks).order_by("pk")}


def _order(taxonomy: str) -> list[tuple[int, list[int]]]:
    """(term, its parts) as shown, retired ones included."""
    return [(top.pk, [part.pk for part in parts]) for top, parts in selectors.nested(taxonomy)]


def _number(taxonomy: str, tree: list[tuple[int, list[int]]]) -> None:
    places = rules.numbered(tree)
    terms = TaxonomyTerm.objects.filter(taxonomy=taxonomy).only("pk", "sort_order")
    changed = [term for term in terms if places.get(term.pk, term.sort_order) != term.sort_order]
    for term in changed:
        term.sort_order = places[term.pk]
    with changes.bulk_recording():
        TaxonomyTerm.objects.bulk_update(changed, ["sort_order"])


def record(term: TaxonomyTerm, verb: str, detail: dict) -> None:
    """One entry of the audit record; codes and counts only."""
    audit.record(
        action=f"taxonomy_term.{verb}",
        object_kind="taxonomy_term",
        object_id=str(term.uuid),
        detail={"taxonomy": term.taxonomy, "code": term.code, **detail},
    )
