"""Forgets: a person's whole file, only who it is, or a call about nobody known. What is left are counts by month.

Everything here happens in one transaction, the count and the deletion record with it: killed anywhere, it was done or
it was not, and nothing is counted twice.
"""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.timezone import localdate

from audit.actor import acting
from geo.selectors import communes_of_postcode
from outbox.actions import withdraw
from referrals import access, deletion_log, holding, models
from referrals.codes import AccessAction
from referrals.declared import TABLES
from referrals.models import (
    Call,
    DeletionRecord,
    MonthlyBarrier,
    MonthlyCount,
    Need,
    Orientation,
    Person,
    PersonIdentity,
)

from .persons import unsend

ANONYMISED, ERASED = "anonymised", "erased"
ON_REQUEST = "request"
ERASED_ON_REQUEST = "erased on request"  # the reason of its access row
_REPLACED = "#"  # what a forgotten person's reference begins with; no reference that is said does


@transaction.atomic
def anonymise(people: Sequence[Person], *, reason: str, run=None) -> int:
    """Take everything out of these files that tells of somebody (referrals.declared says what). Returns how many.

    Those merged into them go with them. Who was anonymised before is left alone.
    """
    keys = [person.pk for person in people]
    keys += Person.objects.filter(merged_into__in=keys).values_list("pk", flat=True)
    holding.everything_of(keys)
    left = list(Person.objects.filter(pk__in=keys, anonymised_at=None).order_by("pk"))
    if not left:
        return 0
    keys = [person.pk for person in left]
    calls = Call.objects.filter(person__in=keys)
    _empty_calls(calls, Need.objects.filter(Q(person__in=keys) | Q(call__in=calls)), keys)
    Person.objects.filter(pk__in=keys).update(
        **TABLES["Person"].emptied()
        | {
            "reference": Concat(Value(_REPLACED), Cast("pk", CharField())),
            "anonymised_at": timezone.now(),
            "version": F("version") + 1,
        }
    )
    _record([("person", person.uuid) for person in left], ANONYMISED, reason, run)
    return len(left)


@transaction.atomic
def forget_identity(people: Sequence[Person], *, reason: str, run=None) -> int:
    """Take away who they are and where they are reached; what they needed stays for as long as the file does."""
    keys = [person.pk for person in people]
    unsend(keys)
    for name, table in TABLES.items():
        if table.identity:
            getattr(models, name).objects.filter(**{table.goes: keys}).delete()
    # Without a number nobody dials: how it would have been safe is of no use any more.
    Person.objects.filter(pk__in=keys).update(contact_safety=None, version=F("version") + 1)
    _record([("identity", person.uuid) for person in people], ERASED, reason, run)
    return len(people)


@transaction.atomic
def empty_calls(calls: Sequence[Call], *, reason: str, run=None) -> int:
    """Calls about nobody known: their needs are counted and go, the call stays with its agent and its hours."""
    keys = [call.pk for call in calls]
    rows = Call.objects.filter(pk__in=keys)
    _empty_calls(rows, Need.objects.filter(call__in=keys), [])
    _record([("call", call.uuid) for call in calls], ANONYMISED, reason, run)
    return len(keys)


def _empty_calls(calls: QuerySet[Call], needs: QuerySet[Need], people: list[int]) -> None:
    # Whoever gives or moves an orientation holds its need: they are done, or find nothing, never half.
    calls = Call.objects.filter(pk__in=holding.hold(calls))
    locked = holding.hold(needs)
    _count(locked)
    about = list(Orientation.objects.filter(need__in=locked).values_list("uuid", flat=True))
    withdraw(about_kind="orientation", about_ids=about)
    for name, table in TABLES.items():
        if not table.goes:
            continue
        found = Q(pk__in=[])
        for path in table.goes.split("|"):
            found |= Q(**{path: people if path == "person__in" else locked})
        rows = getattr(models, name).objects.filter(found)
        rows._raw_delete(rows.db) if name == "OrientationEvent" else rows.delete()
    calls.update(**TABLES["Call"].emptied(), version=F("version") + 1)


def _count(needs: list[int]) -> None:
    """Add these needs to the counts of their months."""
    rows = (
        Need.objects.filter(pk__in=needs)
        .select_related("call", "person__commune", "term")
        .defer("note", "call__note", "person__contact_safety")
    )
    counts: Counter[tuple] = Counter()
    barriers: Counter[tuple] = Counter()
    of_postcode: dict[str, str] = {}
    for need in rows:
        known, person = need.call.situation, need.person
        postcode = (person.postcode if person else "") or known.get("postcode", "")
        nis5 = person.commune.code if person and person.commune else known.get("nis5", "")
        if not nis5 and postcode:
            if postcode not in of_postcode:
                of_postcode[postcode] = next(iter(communes_of_postcode(postcode)), "")
            nis5 = of_postcode[postcode]
        age = (person.age_band if person else "") or known.get("age_band", "")
        month, bassin = localdate(need.created_at).replace(day=1), need.call.bassin
        counts[need.team_id, month, age, nis5, bassin, need.term.code, need.status, need.outcome] += 1
        for barrier in need.barriers:
            barriers[need.team_id, month, bassin, barrier] += 1
    names = ("team_id", "month", "age_band", "commune_nis5", "bassin", "need", "status", "outcome")
    _add(MonthlyCount, names, counts)
    _add(MonthlyBarrier, ("team_id", "month", "bassin", "barrier"), barriers)


def _add(model, names: Sequence[str], counts: Counter[tuple]) -> None:
    for values, number in sorted(counts.items()):
        row, _new = model.objects.get_or_create(**dict(zip(names, values, strict=True)))
        model.objects.filter(pk=row.pk).update(count=F("count") + number)


def _record(objects: list[tuple[str, object]], what: str, reason: str, run) -> None:
    at = timezone.now()
    made = [
        DeletionRecord(kind=kind, object_uuid=uuid, what=what, reason=reason, run=run)
        for kind, uuid in objects
    ]
    DeletionRecord.objects.bulk_create(made, ignore_conflicts=True)
    lines = [deletion_log.Line(one.kind, one.object_uuid, what, reason, at) for one in made]
    # It is forgotten whether the file can be written or not; the next run writes what is missing.
    transaction.on_commit(lambda: deletion_log.append(lines), robust=True)


@transaction.atomic
def erase(*, person: Person, by) -> None:
    """The right to be forgotten: now, whatever is under way. Twice is once."""
    holding.everything_of([person.pk])
    person.refresh_from_db()
    if person.anonymised_at is not None:
        return
    with acting(by):
        access.note(
            action=AccessAction.CHANGE,
            kind="person",
            uuid=person.uuid,
            team=person.team_id,
            reason=ERASED_ON_REQUEST,
        )
    anonymise([person], reason=ON_REQUEST)


def replay(line: "deletion_log.Line") -> bool:
    """Forget once more what a restored database remembers. Returns whether there was something."""
    with transaction.atomic():
        if line.kind == "call":
            call = holding.held(Call.objects.filter(uuid=line.uuid, person=None)).first()
            if call is None or not (call.situation or call.note or call.needs.exists()):
                return False
            return bool(empty_calls([call], reason=line.reason))
        person = Person.objects.filter(uuid=line.uuid, anonymised_at=None).first()
        if person is None:
            return False
        holding.everything_of([person.pk])
        if line.kind == "person":
            return bool(anonymise([person], reason=line.reason))
        # What was given again after that day is another identity: a name, or only a number.
        phones, names = person.phones.all(), PersonIdentity.objects.filter(person=person)
        old = [phones.filter(created_at__lte=line.at), names.filter(changed_at__lte=line.at)]
        if not any(rows.exists() for rows in old):
            return False
        if phones.filter(created_at__gt=line.at).exists() or names.filter(changed_at__gt=line.at).exists():
            for rows in old:
                rows.delete()
            return True
        return bool(forget_identity([person], reason=line.reason))
