"""Writes about persons: one is begun by reference, gets a number or a name, agrees or objects."""

from collections.abc import Collection
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.timezone import localdate

from accounts.models import Team
from audit.actor import acting
from outbox.actions import withdraw
from referrals import access, holding, references
from referrals.codes import AccessAction, CancelledBecause, FollowUpKind
from referrals.errors import BadValue
from referrals.models import FollowUp, Orientation, Person, PersonIdentity, PersonPhone
from referrals.situation import lasting
from referrals.texts import checked
from sealing.keys import keyed_hash
from services.rules import phone_e164

from . import follow_ups
from .details import KIND
from .limits import within_limit

TRIES = 8  # a reference that is taken is drawn again


def phone_hash(number: str) -> str | None:
    """The hash under which this number is found, however it is written; None when it is no number."""
    e164 = phone_e164(number)
    return keyed_hash(f"phone:{e164}") if e164 else None


def hash_phones_anew() -> int:
    """All numbers under the key of the settings; in the caller's transaction. Returns how many."""
    count, rows = 0, []
    for phone in PersonPhone.objects.only("number").order_by("pk").iterator(2000):
        rows.append(PersonPhone(pk=phone.pk, number_hash=phone_hash(phone.number) or ""))
        count += 1
        if len(rows) == 2000:
            PersonPhone.objects.bulk_update(rows, ["number_hash"])
            rows = []
    PersonPhone.objects.bulk_update(rows, ["number_hash"])
    return count


@transaction.atomic
def begin(*, team: Team, by, situation: dict | None = None, on: date | None = None) -> Person:
    """A new person without identity: a reference, and what of the situation lasts."""
    known = lasting(situation or {})
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                person = Person.objects.create(
                    reference=references.new(),
                    team=team,
                    **known,
                    last_contact_on=on or localdate(),
                )
            break
        except IntegrityError:
            continue
    else:
        raise RuntimeError("no free reference was found")
    with acting(by):
        access.note(action=AccessAction.CHANGE, kind="person", uuid=person.uuid, team=team.pk)
    return person


@transaction.atomic
def add_phone(*, person: Person, number: str, by) -> PersonPhone:
    """Give a person a number (sealed). Twice the same is one. Raises BadValue when it is none, Closed.

    Where others of the team have it, that is shown, and so is a look-up: TooMany, and then nothing is written.
    """
    e164 = phone_e164(number)
    hashed = phone_hash(number)
    if e164 is None or hashed is None:
        raise BadValue("phone", "no phone number")
    holding.living(person.pk)
    found, is_new = PersonPhone.objects.get_or_create(
        person=person, number_hash=hashed, defaults={"number": e164}
    )
    if is_new:
        others = PersonPhone.objects.filter(number_hash=hashed, person__team=person.team_id).exclude(
            person=person
        )
        with acting(by):
            access.note(action=AccessAction.CHANGE, kind="person", uuid=person.uuid, team=person.team_id)
            if count := others.count():
                within_limit(by)
                access.note(action=AccessAction.SEARCH, kind="person", count=count, team=person.team_id)
    return found


def spoke_with(person: int, *, on: date) -> None:
    """The last contact with this person, unless there was one since."""
    before = Q(last_contact_on=None) | Q(last_contact_on__lt=on)
    Person.objects.filter(before, pk=person).update(last_contact_on=on)


IDENTITY = {"first_name": 100, "last_name": 100, "address": 300, "email": 254, "how_to_ask": 300}


@transaction.atomic
def identify(*, person: Person, by, **values: str | None) -> PersonIdentity:
    """Set parts of who it is (IDENTITY; "" or None empties one). Raises BadValue, NationalNumber, Closed."""
    cleaned = {
        name: checked(name, values[name], longest=IDENTITY[name]) for name in values if name in IDENTITY
    }
    holding.living(person.pk)
    found, _new = PersonIdentity.objects.get_or_create(person=person)
    for name, value in cleaned.items():
        setattr(found, name, value)
    found.save()
    with acting(by):
        access.note(action=AccessAction.CHANGE, kind="person", uuid=person.uuid, team=person.team_id)
    return found


def unsend(people: Collection[int]) -> None:
    """What was to be sent to these persons and has not left does not leave; in the caller's transaction."""
    about = list(Orientation.objects.filter(person__in=people).values_list("uuid", flat=True))
    withdraw(about_kind="orientation", about_ids=about, kind=KIND)


@transaction.atomic
def oppose(*, person: Person, by) -> int:
    """The person does not want to be contacted: what is pending is cancelled with it. Returns how much was.

    A message to them that has not left does not leave. A file at a service has a consent of its own (actions.consents).
    Expiry stays: nobody is contacted by it, and without it the orientation would be under way for ever.
    """
    holding.person(person.pk)
    Person.objects.filter(pk=person.pk, do_not_contact=False).update(
        do_not_contact=True, version=F("version") + 1
    )
    person.refresh_from_db(fields=["do_not_contact", "version"])
    count = follow_ups.cancel(
        FollowUp.objects.filter(person=person).exclude(kind=FollowUpKind.EXPIRY),
        because=CancelledBecause.OPPOSITION,
        at=timezone.now(),
    )
    unsend([person.pk])
    with acting(by):
        access.note(action=AccessAction.CHANGE, kind="person", uuid=person.uuid, team=person.team_id)
    return count
