"""Merges two listings that are one: what is kept of each is chosen, nothing that others know it by is lost, and it can be
taken back.

The other listing is archived and replaced by the kept one, so that its page leads there; its identifiers elsewhere move.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext_noop as noop
from wagtail.models import Revision

from audit.actions import record

from .codes import Lifecycle
from .errors import CatalogueError
from .likeness import folded
from .models import Change, DuplicatePair, Merge, Service, ServiceAtLocation
from .reasons import Reason
from .rules import phone_e164

KEPT, OTHER, BOTH = "kept", "other", "both"
_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
_TEXTS = (
    "name",
    "alternate_name",
    "summary",
    "description",
    "eligibility_description",
    "application_process",
    "fees_description",
)
# A field of several columns is chosen as one: ages without a gap, a capacity with its date.
SINGLE: dict[str, tuple[str, ...]] = {
    **{f"{name}_{code}": (f"{name}_{code}",) for name in _TEXTS for code in _LANGUAGES},
    "organization": ("organization_id",),
    "organisation_type": ("organisation_type_id",),
    "ages": ("minimum_age", "maximum_age"),
    "website": ("website",),
    "email": ("email",),
    "lifecycle": ("lifecycle",),
    "visibility": ("visibility",),
    "capacity": ("capacity", "capacity_updated_on"),
    "verified_on": ("verified_on", "verification_channel"),
    "data_note": ("data_note",),
}
# Lists of codes, and related terms.
LISTS = ("languages", "access_modes", "access_steps", "mobilisable_by", "needs")


def _text_of(part: Any, name: str) -> str:
    return folded(" ".join(getattr(part, f"{name}_{code}") or "" for code in _LANGUAGES))


def _place(link: Any) -> Any:
    place = link.location
    street = _text_of(place, "street")
    return (place.postcode, street, folded(place.house_number)) if street else place.pk


# Parts of a listing, and when two of them say the same. Hours are chosen as one: a union of two weeks is neither's.
PARTS: dict[str, Callable[[Any], Any]] = {
    "phones": lambda part: phone_e164(part.number) or part.number,
    "contacts": lambda part: (folded(part.name), part.email, part.phone),
    "audiences": lambda part: part.term_id,
    "cost_options": lambda part: part.option,
    "required_documents": lambda part: _text_of(part, "document"),
    "service_areas": lambda part: part.territory_id,
    "notices": lambda part: (part.kind, part.starts_on, _text_of(part, "text")),
    "service_at_locations": _place,
}
WHOLE_PARTS = ("schedules",)


class CannotMerge(CatalogueError):
    """Why two listings cannot be merged, or a merge not taken back; `reason` is a services.reasons.Reason."""

    def __init__(self, msgid: str, params: dict[str, Any] | None = None) -> None:
        self.reason = Reason(msgid, params)
        super().__init__(self.reason)


@dataclass(frozen=True)
class Difference:
    """One thing to choose about. `options` of KEPT, OTHER, BOTH; `default` is one of them."""

    name: str
    kept: Any
    other: Any
    options: tuple[str, ...]
    default: str


def differences(kept: Service, other: Service) -> list[Difference]:
    """What the two do not have in common, in the order of the form."""
    found = []
    for name, columns in SINGLE.items():
        here, there = (tuple(getattr(one, column) for column in columns) for one in (kept, other))
        if here != there and any(there):
            found.append(Difference(name, here, there, (KEPT, OTHER), KEPT if any(here) else OTHER))
    for name in LISTS:
        here, there = (_listed(one, name) for one in (kept, other))
        if set(there) - set(here):
            found.append(Difference(name, here, there, (BOTH, KEPT, OTHER), BOTH))
    for name, same in PARTS.items():
        here, there = list(getattr(kept, name).all()), list(getattr(other, name).all())
        if {same(part) for part in there} - {same(part) for part in here}:
            found.append(Difference(name, here, there, (BOTH, KEPT, OTHER), BOTH))
    for name in WHOLE_PARTS:
        here, there = list(getattr(kept, name).all()), list(getattr(other, name).all())
        if there and [_plain(part) for part in here] != [_plain(part) for part in there]:
            found.append(Difference(name, here, there, (KEPT, OTHER), KEPT if here else OTHER))
    return found


def _listed(service: Service, name: str) -> list:
    return list(service.needs.all()) if name == "needs" else list(getattr(service, name))


def _plain(part: Any) -> dict[str, Any]:
    """Its columns, without those that say whose it is."""
    skipped = {"id", "uuid", "sort_order", "service", "organization", "service_at_location"}
    return {
        item.attname: getattr(part, item.attname) for item in part._meta.fields if item.name not in skipped
    }


def refuse_unless_mergeable(kept: Service, other: Service) -> None:
    """Raises CannotMerge."""
    if kept.pk == other.pk:
        raise CannotMerge(noop("these are one and the same listing"))
    for one in (kept, other):
        if one.lifecycle == Lifecycle.ARCHIVED:
            raise CannotMerge(noop("“%(name)s” is archived already"), {"name": str(one)})
        if one.locked:
            raise CannotMerge(noop("“%(name)s” is locked by an editor"), {"name": str(one)})
        if one.live and one.has_unpublished_changes:
            raise CannotMerge(
                noop("changes to “%(name)s” wait for publication: publish or discard them first"),
                {"name": str(one)},
            )
    if other.live and not kept.live:
        raise CannotMerge(noop("“%(name)s” is not published: keep the published one"), {"name": str(kept)})


@transaction.atomic
def merge(*, kept: Service, other: Service, choices: Mapping[str, str], by) -> Merge:
    """Put `other` into `kept`. `choices`: difference's name → KEPT, OTHER or BOTH; defaults where none is given.

    Raises CannotMerge; then nothing is changed. The audit record has both uuids.
    """
    kept, other = (Service.objects.select_for_update().get(pk=one.pk) for one in (kept, other))
    refuse_unless_mergeable(kept, other)
    found = differences(kept, other)
    before = [_version(one) for one in (kept, other)]
    for one in (kept, other):
        one.refresh_from_db()
    for difference in found:
        choice = choices.get(difference.name, difference.default)
        if choice not in difference.options:
            raise CannotMerge(noop("“%(choice)s” is no choice here"), {"choice": choice[:20]})
        _take(kept, other, difference.name, choice)
    moved = [_copy(part) for part in other.external_identifiers.all()]
    other.external_identifiers = []
    other.lifecycle, other.replaced_by = Lifecycle.ARCHIVED, kept
    _save(other, by)
    kept.external_identifiers = [*kept.external_identifiers.all(), *moved]
    _save(kept, by)
    record(
        action="service.merged",
        object_kind="service",
        object_id=str(kept.uuid),
        detail={"merged": str(other.uuid)},
    )
    DuplicatePair.objects.filter(first=min(kept.pk, other.pk), second=max(kept.pk, other.pk)).update(
        state=DuplicatePair.State.MERGED, decided_by=by, decided_at=now()
    )
    return Merge.objects.create(
        kept=kept, other=other, kept_before=before[0], other_before=before[1], applied_change=_head(), by=by
    )


def _version(service: Service) -> int:
    """A version of the listing as it is, to come back to."""
    return service.save_revision(user=None).pk


def _save(service: Service, by) -> None:
    if service.live:
        service.save_revision(user=by).publish(user=by)
    else:
        service.save()
        service.save_revision(user=by)


def _take(kept: Service, other: Service, name: str, choice: str) -> None:
    if choice == KEPT:
        return
    if name in SINGLE:
        for column in SINGLE[name]:
            setattr(kept, column, getattr(other, column))
    elif name in LISTS:
        here = _listed(kept, name) if choice == BOTH else []
        setattr(kept, name, list(dict.fromkeys([*here, *_listed(other, name)])))
    else:
        same = PARTS.get(name, lambda part: part.pk)
        here = list(getattr(kept, name).all()) if choice == BOTH else []
        known = {same(part) for part in here}
        fresh = [_copy(part) for part in getattr(other, name).all() if same(part) not in known]
        parts = [*here, *fresh]
        for order, part in enumerate(parts):
            part.sort_order = order
        setattr(kept, name, parts)


def _copy(part: Any) -> Any:
    """The part for another listing; the first one keeps its own in its history."""
    made = type(part)(**_plain(part))
    made.sort_order = part.sort_order
    if isinstance(part, ServiceAtLocation):
        for relation in ("phones", "schedules", "notices"):
            setattr(made, relation, [_copy(child) for child in getattr(part, relation).all()])
    return made


@transaction.atomic
def undo(*, merge: Merge, by) -> None:
    """Give both listings their versions of before. Raises CannotMerge when somebody has edited one of them since."""
    merge = Merge.objects.select_for_update().select_related("kept", "other").get(pk=merge.pk)
    if merge.undone_at is not None:
        raise CannotMerge(noop("this merge was taken back already"))
    for one in (merge.kept, merge.other):
        if Change.objects.filter(uuid=one.uuid, pk__gt=merge.applied_change).exists():
            raise CannotMerge(
                noop("“%(name)s” was edited since: mend it by hand, its history has every version"),
                {"name": str(one)},
            )
    # The kept one first: an identifier has one owner at a time.
    for pk in (merge.kept_before, merge.other_before):
        revision = Revision.objects.filter(pk=pk).first()
        if revision is None:
            raise CannotMerge(noop("the versions of before the merge are gone"))
        _save(revision.as_object(), by)
    merge.undone_at = now()
    merge.save(update_fields=["undone_at"])
    DuplicatePair.objects.filter(
        first=min(merge.kept_id, merge.other_id), second=max(merge.kept_id, merge.other_id)
    ).update(state=DuplicatePair.State.OPEN, decided_by=None, decided_at=None)
    record(
        action="service.merge_undone",
        object_kind="service",
        object_id=str(merge.kept.uuid),
        detail={"merged": str(merge.other.uuid)},
    )


@transaction.atomic
def say_distinct(*, first: Service, second: Service, by) -> DuplicatePair:
    """Remember that two listings are two; they are not shown as possible duplicates again."""
    lower, higher = sorted((first, second), key=lambda one: one.pk)
    if lower.pk == higher.pk:
        raise CannotMerge(noop("these are one and the same listing"))
    pair, _created = DuplicatePair.objects.update_or_create(
        first=lower,
        second=higher,
        defaults={"state": DuplicatePair.State.DISTINCT, "decided_by": by, "decided_at": now()},
        create_defaults={
            "score": 0,
            "state": DuplicatePair.State.DISTINCT,
            "decided_by": by,
            "decided_at": now(),
        },
    )
    record(
        action="service.distinct",
        object_kind="service",
        object_id=str(lower.uuid),
        detail={"other": str(higher.uuid)},
    )
    return pair


def _head() -> int:
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
