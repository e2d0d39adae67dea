"""The retention: finds what is past its period and forgets it, 200 files a transaction; a dry run only counts.

Killed at any moment, the next run goes on: what was committed is done, what was not is due still.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.timezone import localdate, make_aware

from audit.actions import record
from audit.actor import acting
from referrals import deletion_log, holding, retention, states
from referrals.codes import FollowUpKind
from referrals.models import (
    AccessRow,
    Call,
    FollowUp,
    IdempotencyKey,
    Need,
    Opening,
    Orientation,
    Person,
    PersonIdentity,
    PersonPhone,
    RetentionRun,
)

from . import forgetting

BATCH = 200
log = logging.getLogger(__name__)
_WHOLE = (retention.WISH, retention.PERSON, retention.UNUSED)


class StillThere(Exception):
    """After a run something was past its period still; counts by kind."""


def lasting() -> dict[str, int]:
    """Days by kind: the settings over the defaults. Raises BadPeriods."""
    return retention.periods(getattr(settings, "RETENTION", None))


def _facts(people: QuerySet[Person]) -> QuerySet[Person]:
    own = {"person": OuterRef("pk")}
    return people.annotate(
        has_under_way=Exists(Orientation.objects.filter(**own, state__in=states.UNDER_WAY)),
        has_identity=Exists(PersonIdentity.objects.filter(**own)) | Exists(PersonPhone.objects.filter(**own)),
        awaited_at=Subquery(
            FollowUp.objects.filter(**own, done_at=None, cancelled_at=None)
            .exclude(kind=FollowUpKind.EXPIRY)
            .order_by("-due_at")
            .values("due_at")[:1]
        ),
        closed_at=Subquery(
            Orientation.objects.filter(**own, state__in=states.ENDED)
            .order_by("-changed_at")
            .values("changed_at")[:1]
        ),
        has_history=Exists(Call.objects.filter(**own)) | Exists(Need.objects.filter(**own)),
    ).defer("contact_safety")


def file_of(person: Person) -> retention.File:
    """A row of `_facts` as the pure rules see it."""
    return retention.File(
        created=localdate(person.created_at),
        last_contact=person.last_contact_on,
        under_way=person.has_under_way,  # type: ignore[attr-defined]
        has_identity=person.has_identity,  # type: ignore[attr-defined]
        has_history=person.has_history,  # type: ignore[attr-defined]
        erase_on=person.retention_due_on,
        awaited=_day(person.awaited_at),  # type: ignore[attr-defined]
        closed=_day(person.closed_at),  # type: ignore[attr-defined]
    )


def _day(at: datetime | None) -> date | None:
    return None if at is None else localdate(at)


def candidates(today: date, lasts: dict[str, int]) -> QuerySet[Person]:
    """Whom something may be due for, by indexed dates; the pure rules decide."""
    first = min(lasts[retention.IDENTITY], lasts[retention.UNUSED], lasts[retention.PERSON])
    before = today - timedelta(days=first)
    return Person.objects.filter(
        Q(last_contact_on__lte=before) | Q(last_contact_on=None) | Q(retention_due_on__lte=today),
        anonymised_at=None,
        merged_into=None,
    )


def due_files(today: date, lasts: dict[str, int], *, after: int = 0) -> Iterator[tuple[int, str]]:
    """(primary key, kind) of every file of which something is due, in the order of the keys."""
    for person in _facts(candidates(today, lasts)).filter(pk__gt=after).order_by("pk").iterator(2000):
        if kind := retention.due(file_of(person), today, lasts):
            yield person.pk, kind


def _start(day: date) -> datetime:
    """The first moment of the day, in local time; over a change of the clock too."""
    return make_aware(datetime.combine(day, time()))


def old_calls(today: date, lasts: dict[str, int]) -> QuerySet[Call]:
    """Calls about nobody known that say something still, and of which nothing is under way."""
    before = _start(retention.cutoff(retention.CALL, today, lasts) + timedelta(days=1))
    needs = Need.objects.filter(call=OuterRef("pk"))
    under_way = Orientation.objects.filter(call=OuterRef("pk"), state__in=states.UNDER_WAY)
    return Call.objects.filter(
        Q(note__isnull=False) | ~Q(situation={}) | Exists(needs),
        ~Exists(under_way),
        person=None,
        started_at__lt=before,
    )


def _old_rows(today: date, lasts: dict[str, int]) -> dict[str, QuerySet]:
    rows = _start(retention.cutoff(retention.ACCESS, today, lasts) + timedelta(days=1))
    keys = _start(retention.cutoff(retention.KEY, today, lasts) + timedelta(days=1))
    return {
        retention.ACCESS: AccessRow.objects.filter(at__lt=rows),
        "opening": Opening.objects.filter(opened_at__lt=rows, until__lt=rows),
        retention.KEY: IdempotencyKey.objects.filter(at__lt=keys),
    }


def past_due(today: date | None = None) -> dict[str, int]:
    """How much is past its period now, by kind; kinds without any are left out."""
    today, lasts = today or localdate(), lasting()
    counts = dict.fromkeys((*_WHOLE, retention.IDENTITY), 0)
    for _pk, kind in due_files(today, lasts):
        counts[kind] += 1
    counts[retention.CALL] = old_calls(today, lasts).count()
    counts |= {kind: rows.count() for kind, rows in _old_rows(today, lasts).items()}
    return {kind: number for kind, number in counts.items() if number}


def run(*, today: date | None = None, batch: int = BATCH, after_batch: Callable[[], None] = lambda: None):
    """Forget what is due; returns the RetentionRun with its counts. Raises StillThere, BadPeriods.

    `after_batch`: called between two transactions.
    """
    today, lasts = today or localdate(), lasting()
    deletion_log.catch_up()
    with acting("retention"):
        made = RetentionRun.objects.create()
        counts: dict[str, int] = {}
        for chunk in _chunks(due_files(today, lasts), batch):
            _add(counts, _forget_files([pk for pk, _kind in chunk], today, lasts, made))
            after_batch()
        while found := list(old_calls(today, lasts).order_by("pk").values_list("pk", flat=True)[:batch]):
            with transaction.atomic():
                rows = list(holding.held(old_calls(today, lasts).filter(pk__in=found)))
                _add(counts, {retention.CALL: forgetting.empty_calls(rows, reason=retention.CALL, run=made)})
            after_batch()
        for kind, rows in _old_rows(today, lasts).items():
            while number := _delete(rows, batch * 10):
                _add(counts, {kind: number})
                after_batch()
        if left := past_due(today):
            raise StillThere(", ".join(f"{kind}: {number}" for kind, number in left.items()))
        with transaction.atomic():
            made.counts, made.ended_at = counts, timezone.now()
            made.save(update_fields=["counts", "ended_at"])
            record(action="retention.ran", object_kind="retention", object_id=str(made.uuid), detail=counts)
    return made


def _chunks(rows: Iterator[tuple[int, str]], size: int) -> Iterator[list[tuple[int, str]]]:
    """All are listed first: what a batch changes is no part of a cursor that is read still."""
    found = list(rows)
    for start in range(0, len(found), size):
        yield found[start : start + size]


def _forget_files(keys: list[int], today: date, lasts: dict[str, int], made: RetentionRun) -> dict[str, int]:
    """One transaction. What somebody changed since it was listed is looked at again, with the row held."""
    with transaction.atomic():
        there = Person.objects.filter(anonymised_at=None, merged_into=None)
        holding.everything_of(keys)
        by_kind: dict[str, list[Person]] = {}
        for person in _facts(there.filter(pk__in=keys)).order_by("pk"):
            if kind := retention.due(file_of(person), today, lasts):
                by_kind.setdefault(kind, []).append(person)
        counts = {}
        for kind, people in by_kind.items():
            forget = forgetting.forget_identity if kind == retention.IDENTITY else forgetting.anonymise
            forget(people, reason=kind, run=made)
            counts[kind] = len(people)
        return counts


def _delete(rows: QuerySet, size: int) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:size])
    if not keys:
        return 0
    with transaction.atomic():
        found = rows.model._default_manager.filter(pk__in=keys)
        if rows.model is AccessRow:
            return found.forget()
        return found.delete()[0]


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for kind, number in more.items():
        counts[kind] = counts.get(kind, 0) + number


def nightly() -> None:
    """The job of each day: forgets when RETENTION_RUN is set, and says in the log what would go when it is not."""
    deletion_log.catch_up()
    if settings.RETENTION_RUN:
        run()
        return
    if left := past_due():
        log.warning("RETENTION_RUN is off: past due and kept: %s", left)


def warned(teams, today: date | None = None) -> list[tuple[Person, retention.Due]]:
    """Files of these teams that go within WARN_DAYS, the first to go first; each with what takes it and when."""
    lasts, today = lasting(), today or localdate()
    until = today + timedelta(days=retention.WARN_DAYS)
    found = []
    for person in _facts(candidates(until, lasts)).filter(team__in=teams):
        one = next(iter(retention.falls_due(file_of(person), lasts)), None)
        if one is not None and one.on <= until:
            found.append((person, one))
    return sorted(found, key=lambda pair: (pair[1].on, pair[0].pk))


def replay(lines) -> dict[str, int]:
    """Forget once more what the log says, over a restored database. Returns counts by kind of what was there again."""
    counts: dict[str, int] = {}
    with acting("retention"):
        for line in lines:
            if forgetting.replay(line):
                _add(counts, {line.kind: 1})
    return counts
