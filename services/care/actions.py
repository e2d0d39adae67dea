"""Writes of the care of listings: its rows are recomputed in bulk, and follow the change log as an index does.

Whoever changes a listing writes a change; the cursor moves in the transaction that wrote the rows, so that a process
that is killed leaves the rest to the next. What is no catalogue object (suggestions, verifications) refreshes its
listing in its own transaction (services.care.following). Age grows by itself: once a night all are recomputed.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from services import following
from services import selectors as catalogue
from services.models import ListingCare, Service, TaxonomyTerm, VerificationRhythm
from services.records import ListingRecord
from services.rules import is_listed

from . import completeness, facts, rules, selectors
from .rhythms import DEFAULT_DAYS, STARTING_RHYTHMS

READER = "care"  # its name as a reader of the change log
CHUNK = 1000
CHANGES = 500
# What somebody who saves may have to wait for; the rest is left to whoever has time.
QUICK_CHANGES, QUICK_LISTINGS = 50, 100

Progress = Callable[[int], None]
_COLUMNS = [field.name for field in ListingCare._meta.concrete_fields if not field.primary_key]


def refresh(
    pks: Iterable[int] | None = None, *, today: date | None = None, progress: Progress = lambda done: None
) -> int:
    """Recompute the rows of these services (None: of all); returns how many. Some twenty queries a thousand."""
    today = today or localdate()
    wanted = sorted(set(pks)) if pks is not None else list(_every())
    done = 0
    for start in range(0, len(wanted), CHUNK):
        with transaction.atomic():
            done += _refresh_chunk(wanted[start : start + CHUNK], today)
        progress(done)
    return done


def _every() -> Iterable[int]:
    return QuerySet(Service).order_by("pk").values_list("pk", flat=True)


def _refresh_chunk(pks: Sequence[int], today: date) -> int:
    own = selectors.own(pks)
    uses = selectors.uses(pks, today)
    reports = selectors.open_reports(pks, today)
    unanswered = selectors.unanswered_since(pks)
    rows = []
    for record in catalogue.records(QuerySet(Service).filter(pk__in=pks)):
        if record.pk not in own:
            continue
        asked = unanswered.get(record.pk)
        silent = asked is not None and (record.verified_on is None or record.verified_on < asked)
        shown, opened = uses.get(record.pk, (0, 0))
        rows.append(
            _row(record, own[record.pk], shown, opened, reports.get(record.pk, 0), silent=silent, today=today)
        )
    ListingCare.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["service"], update_fields=_COLUMNS, batch_size=CHUNK
    )
    return len(rows)


def _row(
    record: ListingRecord,
    own: selectors.Own,
    shown: int,
    opened: int,
    reports: int,
    *,
    silent: bool,
    today: date,
) -> ListingCare:
    lacks = completeness.lacking(facts.of_record(record))
    return ListingCare(
        service_id=record.pk,
        steward_id=own.steward,
        listed=is_listed(live=own.live, lifecycle=record.lifecycle),
        due_on=rules.due_on(record.verified_on, record.rhythm_days),
        views=opened,
        shown=shown,
        reports=reports,
        urgency=rules.urgency(
            verified_on=record.verified_on,
            days=record.rhythm_days,
            today=today,
            opened=opened,
            reports=reports,
            silent=silent,
            lifecycle=record.lifecycle,
            live=own.live,
        ),
        completeness=completeness.score(lacks),
        lacking=lacks,
    )


@transaction.atomic
def ensure() -> int:
    """Begin to follow the change log with a row for every listing; returns how many were made (0: it follows already)."""
    return refresh() if following.start_at_head(READER) else 0


@transaction.atomic
def ensure_rhythms() -> int:
    """The rhythms a new installation begins with; once the table has a row it is the editors'. Returns how many."""
    if VerificationRhythm.objects.exists():
        return 0
    VerificationRhythm(kind=None, days=DEFAULT_DAYS).save()
    kinds = TaxonomyTerm.objects.filter(taxonomy="organisation_type", code__in=STARTING_RHYTHMS)
    for kind in kinds:
        VerificationRhythm(kind=kind, days=STARTING_RHYTHMS[kind.code][0]).save()
    return 1 + len(kinds)


class _TooMuch(Exception):
    """More listings are touched than somebody who saves should wait for."""


def follow(*, quick: bool = False) -> int:
    """Bring the rows up to the head of the change log; returns how many changes are left.

    `quick`: one small step, for the request that made the change. Before `ensure` there is nothing to follow.
    """

    def apply(rows: list[following.Row]) -> None:
        touched = following.touched(rows)
        if quick and len(touched) > QUICK_LISTINGS:
            raise _TooMuch
        refresh(touched)

    if not following.has_begun(READER):
        return 0
    try:
        while following.follow(READER, apply, most=QUICK_CHANGES if quick else CHANGES) and not quick:
            pass
    except _TooMuch:
        pass
    return max(0, following.head() - following.read_up_to(READER))
