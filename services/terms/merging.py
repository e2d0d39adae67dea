"""One term becomes another: all that had it gets the new one, in one transaction; and the way back.

The old code stays as a retired term that names its successor, so that addresses, files and saved versions keep
resolving. Chains are flattened: what the old term had replaced is replaced by the new one from now on.
"""

from dataclasses import dataclass

from django.utils import timezone

from audit.actor import acting, current
from services import changes
from services.models import TaxonomyTerm, TermMerge

from . import rules, selectors, uses
from .actions import locked, record
from .rules import TermRefused


@dataclass(frozen=True)
class Undone:
    """What an undone merge gave back, and what it left: edited or changed since."""

    restored: int
    left: int


def merge(*, old: TaxonomyTerm, new: TaxonomyTerm, by) -> TermMerge:
    """Everything that has `old` gets `new`, and `old` is retired. Raises TermRefused."""
    with acting(by), changes.bulk_recording():
        found = locked(old.pk, new.pk)
        old, new = found[old.pk], found[new.pk]
        rules.may_merge(selectors.node(old), selectors.node(new))
        actor = current()
        made = TermMerge.objects.create(
            taxonomy=old.taxonomy,
            old=old,
            new=new,
            at=timezone.now(),
            actor_id=actor.id,
            actor_label=actor.label,
        )
        for child in old.children.exclude(pk=new.pk).order_by("sort_order", "code"):
            made.children.append(child.pk)
            child.parent = new
            child.sort_order = selectors.last_place(old.taxonomy, new)
            child.save()
        for follower in old.replaces.order_by("pk"):
            made.followers.append(follower.pk)
            follower.replaced_by = new
            follower.save()
        made.counts = {use.kind: use.replace(made) for use in uses.of(old.taxonomy)}
        old.retired, old.replaced_by = True, new
        old.save()
        made.at = timezone.now()
        made.save()
        record(old, "merged", {"into": new.code, "counts": made.counts})
    return made


def undo(*, merge: TermMerge, by) -> Undone:
    """Take the merge back: the old term is in use again, where it was and nobody has edited the listing since.

    Raises TermRefused when it was undone before, or when its new term was merged or retired since.
    """
    with acting(by), changes.bulk_recording():
        merge = TermMerge.objects.select_for_update().get(pk=merge.pk)
        found = locked(merge.old_id, merge.new_id)
        old, new = found[merge.old_id], found[merge.new_id]
        if merge.undone_at is not None:
            raise TermRefused("already_undone")
        if new.retired or old.replaced_by_id != new.pk:
            raise TermRefused("merged_on")
        old.retired, old.replaced_by = False, None
        old.save()
        for child in TaxonomyTerm.objects.filter(pk__in=merge.children, parent=new):
            child.parent = old
            child.save()
        for follower in TaxonomyTerm.objects.filter(pk__in=merge.followers, replaced_by=new):
            follower.replaced_by = old
            follower.save()
        counted = [use.restore(merge) for use in uses.of(old.taxonomy)]
        done = Undone(sum(one for one, _left in counted), sum(left for _one, left in counted))
        merge.undone_at, merge.undone_by = timezone.now(), current().label
        merge.save()
        record(old, "unmerged", {"from": new.code, "restored": done.restored, "left": done.left})
    return done
