"""Merges two files of one person: everything moves to the one that is kept, the other's reference keeps finding it."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.actor import acting
from referrals import access, holding
from referrals.codes import AccessAction, CancelledBecause, FollowUpKind
from referrals.contact import may_be_contacted
from referrals.errors import BadValue, Closed
from referrals.models import (
    Call,
    Consent,
    FollowUp,
    Need,
    Opening,
    Orientation,
    Person,
    PersonIdentity,
    PersonPhone,
)
from sealing.fields import SealedTextField

from . import consents, follow_ups, persons

# Of the other file, what the kept one does not know.
_TAKEN = ("age_band", "year_of_birth", "commune_id", "postcode", "languages", "bim", "mobility", "audiences")
_EMPTY = ("", None, [])
IDENTITY = tuple(one.name for one in PersonIdentity._meta.fields if isinstance(one, SealedTextField))


@transaction.atomic
def merge(*, kept: Person, other: Person, by) -> Person:
    """Move everything of `other` to `kept`, in this team. Twice is once. Raises BadValue, Closed.

    The kept file's parts win; missing ones are taken. An objection of either holds, and so does the earlier promise to
    erase. Two who merge the same files crosswise wait for each other; the second is told (Closed).
    """
    if kept.pk == other.pk:
        raise BadValue("other", "the same file")
    holding.everything_of([kept.pk, other.pk])
    rows = Person.objects.in_bulk([kept.pk, other.pk])
    if len(rows) != 2:
        raise Closed("one of the files is gone")
    kept, other = rows[kept.pk], rows[other.pk]
    if kept.team_id != other.team_id:
        raise BadValue("other", "a file of another team")
    if other.merged_into_id == kept.pk:
        return kept
    if any(one.merged_into_id is not None or one.anonymised_at is not None for one in (kept, other)):
        raise Closed("one of the files was merged or erased meanwhile")
    _move(kept, other)
    _identity(kept, other)
    _own_parts(kept, other)
    with acting(by):
        for one in (kept, other):
            access.note(action=AccessAction.CHANGE, kind="person", uuid=one.uuid, team=one.team_id)
    return kept


def _move(kept: Person, other: Person) -> None:
    there = set(kept.phones.values_list("number_hash", flat=True))
    bad = other.phones.filter(is_bad=True).values_list("number_hash", flat=True)
    PersonPhone.objects.filter(person=kept, number_hash__in=list(bad)).update(is_bad=True)
    PersonPhone.objects.filter(person=other, number_hash__in=there).delete()
    for model in (Need, Call, Orientation, FollowUp, Consent, PersonPhone, Opening):
        model._base_manager.filter(person=other).update(person=kept)
    Person.objects.filter(merged_into=other).update(merged_into=kept)


def _identity(kept: Person, other: Person) -> None:
    theirs = PersonIdentity.objects.select_for_update().filter(person=other).first()
    if theirs is None:
        return
    ours = PersonIdentity.objects.select_for_update().filter(person=kept).first()
    if ours is None:
        PersonIdentity.objects.filter(pk=theirs.pk).update(person=kept)
        return
    for name in IDENTITY:
        setattr(ours, name, getattr(ours, name) or getattr(theirs, name))
    ours.save()
    theirs.delete()


def _own_parts(kept: Person, other: Person) -> None:
    for name in _TAKEN:
        if getattr(kept, name) in _EMPTY:
            setattr(kept, name, getattr(other, name))
    kept.contact_preference = kept.contact_preference or other.contact_preference
    # How it is safe to call is never lost: both are read before anybody dials.
    safety = [text for text in (kept.contact_safety, other.contact_safety) if text]
    kept.contact_safety = "\n".join(dict.fromkeys(safety)) or None
    kept.last_contact_on = max(
        (one.last_contact_on for one in (kept, other) if one.last_contact_on), default=None
    )
    kept.retention_due_on = min(
        (one.retention_due_on for one in (kept, other) if one.retention_due_on), default=None
    )
    kept.do_not_contact = kept.do_not_contact or other.do_not_contact
    kept.version += 1
    kept.save()
    if kept.do_not_contact:
        follow_ups.cancel(
            FollowUp.objects.filter(person=kept).exclude(kind=FollowUpKind.EXPIRY),  # as persons.oppose does
            because=CancelledBecause.OPPOSITION,
            at=timezone.now(),
        )
        persons.unsend([kept.pk])
    elif not may_be_contacted(kept):
        consents.leave_alone(kept)
    emptied = {name: Person._meta.get_field(name.removesuffix("_id")).get_default() for name in _TAKEN}
    Person.objects.filter(pk=other.pk).update(
        **emptied, contact_safety=None, merged_into=kept, version=F("version") + 1
    )
