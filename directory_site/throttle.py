"""Slows down whoever opens many signed links: counted by keyed hash, for ten minutes, over all processes, and nothing else."""

import time
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from sealing.keys import keyed_hash

from .work_models import Visits

WINDOW = 600  # seconds


def too_many(what: str, *, limit: int) -> bool:
    """Count one visit; True when there were more than `limit` in this window. `what` is kept as a hash only."""
    now, window = timezone.now(), int(time.time() // WINDOW)
    row, is_new = Visits.objects.get_or_create(
        key=keyed_hash(f"visit {what} {window}"), defaults={"until": now + timedelta(seconds=WINDOW)}
    )
    if is_new:
        Visits.objects.filter(until__lt=now).delete()
    Visits.objects.filter(pk=row.pk).update(count=F("count") + 1)
    return Visits.objects.values_list("count", flat=True).get(pk=row.pk) > limit
