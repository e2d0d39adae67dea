"""Counts how often listings are shown and opened, of nobody in particular, without a write in a visitor's request.

A process adds up in memory; its follower thread writes the sums every FLUSH_SECONDS, and at its end. A process that is
killed loses the counts of at most that time.
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from .models import ListingUse, Service

FLUSH_SECONDS = 30.0
KEPT_WEEKS = 60  # a year and some weeks, as the searches without a result
RECENT_DAYS = 90  # what "views" and "shown" of a listing's care mean
CHUNK = 500

_lock = threading.Lock()
_shown: Counter[int] = Counter()
_opened: Counter[int] = Counter()


def shown(pks: Iterable[int]) -> None:
    """These listings stood on a page of results."""
    with _lock:
        _shown.update(pks)


def opened(pk: int) -> None:
    """Somebody who is not signed in opened this listing."""
    with _lock:
        _opened[pk] += 1


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def flush(today: date | None = None) -> int:
    """Write what was counted since the last time; returns how many listings. Counts of a failed write are kept."""
    global _shown, _opened
    with _lock:
        seen, read = _shown, _opened
        _shown, _opened = Counter(), Counter()
    if not seen and not read:
        return 0
    try:
        _write(seen, read, monday(today or localdate()))
    except BaseException:
        with _lock:
            _shown.update(seen)
            _opened.update(read)
        raise
    return len(seen | read)


@transaction.atomic
def _write(seen: Counter[int], read: Counter[int], week: date) -> None:
    pks = sorted(seen | read)
    for start in range(0, len(pks), CHUNK):
        wanted = pks[start : start + CHUNK]
        there = list(Service.objects.filter(pk__in=wanted).values_list("pk", flat=True))  # deleted meanwhile
        ListingUse.objects.bulk_create(
            [ListingUse(service_id=pk, week=week) for pk in there], ignore_conflicts=True
        )
        by_counts: dict[tuple[int, int], list[int]] = defaultdict(list)
        for pk in there:
            by_counts[seen[pk], read[pk]].append(pk)
        for (shown_times, opened_times), same in by_counts.items():
            ListingUse.objects.filter(week=week, service__in=same).update(
                shown=F("shown") + shown_times, opened=F("opened") + opened_times
            )


def forget_old(today: date | None = None) -> int:
    """Delete the counts of weeks that are no longer compared; returns how many rows."""
    oldest = monday(today or localdate()) - timedelta(weeks=KEPT_WEEKS)
    return ListingUse.objects.filter(week__lt=oldest).delete()[0]
