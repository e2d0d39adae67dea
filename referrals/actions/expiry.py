"""Letting go: orientations of which nobody could say in time what became of them are cancelled by the machine."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from referrals import holding, states
from referrals.codes import FollowUpKind
from referrals.errors import ReferralError
from referrals.models import FollowUp, Need, Orientation, Person

from . import orientations

log = logging.getLogger(__name__)
BATCH = 500


def due(now: datetime) -> QuerySet[FollowUp]:
    """Pending expiries whose moment has come, of orientations under way."""
    return FollowUp.objects.filter(
        kind=FollowUpKind.EXPIRY,
        done_at=None,
        cancelled_at=None,
        due_at__lte=now,
        orientation__state__in=states.UNDER_WAY,
    )


def hourly() -> int:
    """For the scheduler."""
    return expire(timezone.now())


def expire(now: datetime) -> int:
    """Cancel what is due, a transaction an orientation; killed in the middle, the next run goes on. Returns how many."""
    count, last = 0, 0
    while batch := list(due(now).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        for pk in batch:
            try:
                count += _expire_one(pk, now)
            except ReferralError as refusal:  # one that cannot go must not keep the others
                log.warning("follow-up %d does not expire: %s", pk, type(refusal).__name__)
        last = batch[-1]
    return count


@transaction.atomic
def _expire_one(pk: int, now: datetime) -> bool:
    """False when somebody moved the date or the orientation since it was listed."""
    listed = FollowUp.objects.select_related("orientation").filter(pk=pk).first()
    if listed is None or listed.orientation is None:
        return False
    holding.hold(Need.objects.filter(pk=listed.orientation.need_id))
    holding.hold(Orientation.objects.filter(pk=listed.orientation_id))
    holding.hold(Person.objects.filter(pk=listed.person_id))
    found = holding.held(due(now).select_related("orientation").filter(pk=pk)).first()
    if found is None or found.orientation is None:
        return False
    orientations.move(
        orientation=found.orientation, to=states.CANCELLED, by_kind=states.SYSTEM, reason=states.EXPIRED
    )
    return True
