"""What holds a term, and how it is given another one: services and organisations here, concepts by registration.

Every use is replaced and restored in batches, inside `bulk_recording`, and each touched service and organisation gets
its row in the change log, so that the indexes follow. Memory is that of one batch, however many listings there are.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from services import changes, codes
from services.models import Change, Organization, Service, ServiceAudience, TermMerge, TermUse

BATCH = 500
_STRICTEST_FIRST = (codes.Welcome.EXCLUSIVE, codes.Welcome.PREFERENTIAL, codes.Welcome.UNCONDITIONAL)


class Use(Protocol):
    """One way in which something holds a term."""

    kind: str  # at most 20 characters, kept in TermUse
    taxonomies: frozenset[str]
    label: Any  # what is counted, plural, translated

    def count(self, term_pk: int) -> int:
        """How many objects hold the term."""

    def replace(self, merge: TermMerge) -> int:
        """Give all that hold `merge.old` the term `merge.new`; how many. Notes each in TermUse."""

    def restore(self, merge: TermMerge) -> tuple[int, int]:
        """Give it back to what still holds the new term: (how many, how many were left as they are)."""


_registered: list[Use] = []


def register(use: Use) -> None:
    """Called by the ready() of an app that holds terms."""
    if all(other.kind != use.kind for other in _registered):
        _registered.append(use)


def of(taxonomy: str) -> list[Use]:
    return [use for use in _registered if taxonomy in use.taxonomies]


def noted(merge: TermMerge, kind: str) -> Iterator[list[TermUse]]:
    """The uses of one kind that the merge replaced, a batch at a time."""
    last = 0
    while True:
        batch = list(merge.uses.filter(kind=kind, pk__gt=last).order_by("pk")[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1].pk


def edited_since(model, pks: Sequence[int], merge: TermMerge) -> set[int]:
    """Of these objects, those with a version that is newer than the merge: somebody has seen and kept the new term."""
    return set(
        Revision.objects.filter(
            content_type=ContentType.objects.get_for_model(model),
            object_id__in=[str(pk) for pk in pks],
            created_at__gt=merge.at,
        ).values_list(Cast("object_id", BigIntegerField()), flat=True)
    )


def _touch(model, pks: Sequence[int], action: str) -> None:
    """These objects changed: their date, the change log and the audit record."""
    found = model.objects.filter(pk__in=pks)
    found.update(modified_at=timezone.now())
    rows = [(model, pk, uuid, Change.Verb.UPDATED) for pk, uuid in found.values_list("pk", "uuid")]
    changes.append_many(rows, action=f"{changes.entity_of(model)}.{action}")


REPLACED, RESTORED = "term_replaced", "term_restored"


class NeedUse:
    kind = "service.need"
    taxonomies = frozenset({codes.Taxonomy.NEED})
    label = _("services that answer this need")

    def count(self, term_pk: int) -> int:
        return Service.needs.through.objects.filter(taxonomyterm=term_pk).count()

    def replace(self, merge: TermMerge) -> int:
        links, total = Service.needs.through.objects, 0
        while rows := list(
            links.filter(taxonomyterm=merge.old_id).order_by("pk").values_list("pk", "service")[:BATCH]
        ):
            services = [service for _pk, service in rows]
            both = set(
                links.filter(taxonomyterm=merge.new_id, service__in=services).values_list(
                    "service", flat=True
                )
            )
            TermUse.objects.bulk_create(
                TermUse(
                    merge=merge, kind=self.kind, object_pk=pk, kept={"both": True} if pk in both else None
                )
                for pk in services
            )
            links.filter(pk__in=[pk for pk, service in rows if service in both]).delete()
            links.filter(pk__in=[pk for pk, service in rows if service not in both]).update(
                taxonomyterm=merge.new_id
            )
            _touch(Service, services, REPLACED)
            total += len(rows)
        return total

    def restore(self, merge: TermMerge) -> tuple[int, int]:
        links, restored, left = Service.needs.through.objects, 0, 0
        for batch in noted(merge, self.kind):
            pks = [use.object_pk for use in batch]
            since = edited_since(Service, pks, merge)
            has = dict(links.filter(taxonomyterm=merge.new_id, service__in=pks).values_list("service", "pk"))
            mine = [use for use in batch if use.object_pk in has and use.object_pk not in since]
            links.filter(pk__in=[has[use.object_pk] for use in mine if not use.kept]).update(
                taxonomyterm=merge.old_id
            )
            links.bulk_create(
                Service.needs.through(service_id=use.object_pk, taxonomyterm_id=merge.old_id)
                for use in mine
                if use.kept
            )
            _touch(Service, [use.object_pk for use in mine], RESTORED)
            restored += len(mine)
            left += len(batch) - len(mine)
        return restored, left


class TypeUse:
    """The kind of a service or of an organisation: a foreign key."""

    taxonomies = frozenset({codes.Taxonomy.ORGANISATION_TYPE})

    def __init__(self, model, label) -> None:
        self.model, self.label = model, label
        self.kind = f"{model._meta.model_name}.type"

    def count(self, term_pk: int) -> int:
        return self.model.objects.filter(organisation_type=term_pk).count()

    def replace(self, merge: TermMerge) -> int:
        total = 0
        while pks := list(
            self.model.objects.filter(organisation_type=merge.old_id)
            .order_by("pk")
            .values_list("pk", flat=True)[:BATCH]
        ):
            TermUse.objects.bulk_create(TermUse(merge=merge, kind=self.kind, object_pk=pk) for pk in pks)
            self.model.objects.filter(pk__in=pks).update(organisation_type=merge.new_id)
            _touch(self.model, pks, REPLACED)
            total += len(pks)
        return total

    def restore(self, merge: TermMerge) -> tuple[int, int]:
        restored = left = 0
        for batch in noted(merge, self.kind):
            pks = [use.object_pk for use in batch]
            since = edited_since(self.model, pks, merge)
            mine = list(
                self.model.objects.filter(pk__in=pks, organisation_type=merge.new_id)
                .exclude(pk__in=since)
                .values_list("pk", flat=True)
            )
            self.model.objects.filter(pk__in=mine).update(organisation_type=merge.old_id)
            _touch(self.model, mine, RESTORED)
            restored += len(mine)
            left += len(batch) - len(mine)
        return restored, left


class AudienceUse:
    """An audience of a service. Where it has both, one row stays, with the stricter of the two welcomes."""

    kind = "service.audience"
    taxonomies = frozenset({codes.Taxonomy.AUDIENCE})
    label = _("services for this audience")

    def count(self, term_pk: int) -> int:
        return ServiceAudience.objects.filter(term=term_pk).values("service").distinct().count()

    def replace(self, merge: TermMerge) -> int:
        rows, total = ServiceAudience.objects, 0
        while batch := list(rows.filter(term=merge.old_id).order_by("pk")[:BATCH]):
            services = {row.service_id for row in batch}
            stays = {
                row.service_id: row
                for row in rows.filter(term=merge.new_id, service__in=services).order_by("-pk")
            }
            notes, gone, changed, renamed = [], [], [], []
            for row in batch:
                other = stays.get(row.service_id)
                if other is None:
                    stays[row.service_id] = row
                    renamed.append(row.pk)
                    notes.append(TermUse(merge=merge, kind=self.kind, object_pk=row.pk))
                    continue
                kept = {"service": row.service_id, "welcome": row.welcome, "sort_order": row.sort_order}
                kept |= {"stays": other.pk, "stays_welcome": other.welcome}
                notes.append(TermUse(merge=merge, kind=self.kind, object_pk=row.pk, kept=kept))
                gone.append(row.pk)
                strictest = min(row.welcome, other.welcome, key=_STRICTEST_FIRST.index)
                if strictest != other.welcome:
                    other.welcome = strictest
                    changed.append(other)
            TermUse.objects.bulk_create(notes)
            rows.filter(pk__in=gone).delete()
            rows.filter(pk__in=renamed).update(term=merge.new_id)
            rows.bulk_update(changed, ["welcome"])
            _touch(Service, sorted(services), REPLACED)
            total += len(batch)
        return total

    def restore(self, merge: TermMerge) -> tuple[int, int]:
        rows, restored, left = ServiceAudience.objects, 0, 0
        for batch in noted(merge, self.kind):
            wanted = {use.kept["stays"] if use.kept else use.object_pk for use in batch}
            there = {row.pk: row for row in rows.filter(pk__in=wanted, term=merge.new_id)}
            since = edited_since(Service, [row.service_id for row in there.values()], merge)
            mine = [
                use
                for use in batch
                if (row := there.get(use.kept["stays"] if use.kept else use.object_pk)) is not None
                and row.service_id not in since
            ]
            back = []
            # The last noted first: each says how the row that stayed was welcoming before it.
            for use in reversed([use for use in mine if use.kept]):
                there[use.kept["stays"]].welcome = use.kept["stays_welcome"]
                back.append(
                    ServiceAudience(
                        service_id=use.kept["service"],
                        term_id=merge.old_id,
                        welcome=use.kept["welcome"],
                        sort_order=use.kept["sort_order"],
                    )
                )
            rows.bulk_create(reversed(back))
            rows.bulk_update([there[use.kept["stays"]] for use in mine if use.kept], ["welcome"])
            rows.filter(pk__in=[use.object_pk for use in mine if not use.kept]).update(term=merge.old_id)
            touched = {there[use.kept["stays"] if use.kept else use.object_pk].service_id for use in mine}
            _touch(Service, sorted(touched), RESTORED)
            restored += len(mine)
            left += len(batch) - len(mine)
        return restored, left


for use in (
    NeedUse(),
    TypeUse(Service, _("services of this kind")),
    TypeUse(Organization, _("organisations of this kind")),
    AudienceUse(),
):
    register(use)
