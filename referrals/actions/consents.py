"""Writes about consent and contact on a person's page: withdrawn, safe ways to call, numbers that are wrong."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.timezone import localdate

from audit.actor import acting
from referrals import access, holding, retention, states
from referrals.codes import (
    AccessAction,
    CancelledBecause,
    ConsentKind,
    ContactPreference,
    FollowUpKind,
    Mode,
)
from referrals.contact import may_be_contacted
from referrals.errors import BadValue, Closed
from referrals.models import Consent, FollowUp, Orientation, Person, PersonPhone
from referrals.texts import checked

from . import follow_ups, orientations, persons
from .retention import lasting

SAFETY_LENGTH = 2 * 300 + 1  # of two files that were merged, both texts


@transaction.atomic
def withdraw(*, consent: Consent, by) -> Consent:
    """The person takes it back. Twice is once. Raises Closed when the file was erased.

    "transmit": what was transmitted to that service and is under way is cancelled. "keep_record": the file is erased
    after RETENTION["wish"] days. "contact": planned calls to the person are cancelled.
    """
    holding.everything_of([consent.person_id])
    found = holding.held(Consent.objects.filter(pk=consent.pk)).select_related("person").first()
    if found is None:
        raise Closed("the file was erased")
    if found.withdrawn_at is not None:
        return found
    now, person = timezone.now(), found.person
    found.withdrawn_at = now
    found.save(update_fields=["withdrawn_at"])
    if found.kind == ConsentKind.TRANSMIT:
        _stop_transmitted(found, by)
    elif found.kind == ConsentKind.KEEP_RECORD:
        plan_erasure(person=person)
    else:  # of two files that were merged, both
        person.consents.filter(kind=ConsentKind.CONTACT, withdrawn_at=None).update(withdrawn_at=now)
        leave_alone(person)
    with acting(by):
        access.note(action=AccessAction.CHANGE, kind="consent", uuid=person.uuid, team=person.team_id)
    return found


def leave_alone(person: Person) -> None:
    """Nobody calls or writes to them; what concerns the services goes on."""
    theirs = FollowUp.objects.filter(person=person, kind__in=[FollowUpKind.PERSON, FollowUpKind.CALL_BACK])
    follow_ups.cancel(theirs, because=CancelledBecause.OPPOSITION, at=timezone.now())
    persons.unsend([person.pk])


def _look_after(person: Person) -> None:
    """Who may be asked again is asked about what is under way."""
    rows = Orientation.objects.filter(person=person, state__in=states.UNDER_WAY)
    for one in rows.exclude(need__status__in=states.CLOSED_NEEDS):
        follow_ups.plan(orientation=one, missing_only=True)


def _stop_transmitted(consent: Consent, by) -> None:
    agreed_again = Q(kind=ConsentKind.TRANSMIT, withdrawn_at=None, person=consent.person_id)
    rows = Orientation.objects.filter(
        person=consent.person_id, mode=Mode.FILE_TRANSMITTED, state__in=states.UNDER_WAY
    )
    if consent.service_uuid is not None:
        rows = rows.filter(service_uuid=consent.service_uuid)
    still = set(Consent.objects.filter(agreed_again).values_list("service_uuid", flat=True))
    for one in rows.exclude(service_uuid__in=[uuid for uuid in still if uuid]).order_by("need", "pk"):
        orientations.move(orientation=one, to=states.CANCELLED, by=by, reason="consent_withdrawn")


def plan_erasure(*, person: Person) -> None:
    """Promise the erasure; in the caller's transaction. An earlier promise stands."""
    on = localdate() + timedelta(days=lasting()[retention.WISH])
    Person.objects.filter(Q(retention_due_on=None) | Q(retention_due_on__gt=on), pk=person.pk).update(
        retention_due_on=on, version=F("version") + 1
    )


@transaction.atomic
def give(*, person: Person, kind: str, by, script_version: str, service_uuid=None) -> Consent:
    """Note what was agreed to, aloud, after this version of the words; the same once more is the one that is there. "keep_record" takes back a planned erasure.

    Raises BadValue: no such kind, or "transmit" without the service; Closed.
    """
    if kind not in ConsentKind.values:
        raise BadValue("kind", f"one of {', '.join(ConsentKind.values)}")
    person = holding.living(person.pk)
    could = may_be_contacted(person)
    if kind == ConsentKind.TRANSMIT and service_uuid is None:
        raise BadValue("service", "to which service")
    if kind != ConsentKind.TRANSMIT:
        service_uuid = None
    there = Consent.objects.filter(
        person=person, kind=kind, service_uuid=service_uuid, withdrawn_at=None
    ).first()
    if there is not None:
        return there
    made = Consent.objects.create(
        person=person,
        kind=kind,
        service_uuid=service_uuid,
        script_version=script_version[:20],
        given_at=timezone.now(),
        recorded_by=by,
    )
    with acting(by):
        access.note(action=AccessAction.CHANGE, kind="consent", uuid=person.uuid, team=person.team_id)
    if not could and may_be_contacted(person):
        _look_after(person)
    if kind == ConsentKind.KEEP_RECORD:
        Person.objects.filter(pk=person.pk).update(retention_due_on=None, version=F("version") + 1)
    return made


@transaction.atomic
def set_contact(*, person: Person, by, preference: str, safety: str | None, opposed: bool) -> Person:
    """How this person wants to be reached, and how it is safe. Who takes an objection back is asked again about what is
    under way. Raises BadValue, NationalNumber, Closed.
    """
    if preference and preference not in ContactPreference.values:
        raise BadValue("contact_preference", f"one of {', '.join(ContactPreference.values)}")
    found = holding.living(person.pk)
    could = may_be_contacted(found)
    found.contact_preference = preference
    found.contact_safety = checked("contact_safety", safety, longest=SAFETY_LENGTH)
    if not opposed:
        found.do_not_contact = False
    found.version += 1
    found.save(update_fields=["contact_preference", "contact_safety", "do_not_contact", "version"])
    if opposed and not found.do_not_contact:
        persons.oppose(person=found, by=by)
    else:
        can = may_be_contacted(found)
        if can and not could:
            _look_after(found)
        elif could and not can:
            leave_alone(found)
        with acting(by):
            access.note(action=AccessAction.CHANGE, kind="person", uuid=found.uuid, team=found.team_id)
    return found


@transaction.atomic
def mark_phone(*, phone: PersonPhone, bad: bool, by) -> None:
    """A wrong number: nobody dials it again; or it was right after all."""
    PersonPhone.objects.filter(pk=phone.pk).update(is_bad=bad)
    person = phone.person
    with acting(by):
        access.note(action=AccessAction.CHANGE, kind="person", uuid=person.uuid, team=person.team_id)
