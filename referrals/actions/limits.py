"""How often an hour somebody may find persons by what identifies them: whoever tries numbers one by one is stopped."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from referrals.codes import AccessAction
from referrals.errors import ReferralError
from referrals.models import AccessRow


class TooMany(ReferralError):
    """This user has looked up too many persons within the hour."""


def within_limit(by) -> None:
    """Raises TooMany. Counted are the rows of searches for persons, of which each look-up writes one (LOOKUPS_PER_HOUR)."""
    hour = timezone.now() - timedelta(hours=1)
    done = AccessRow.objects.filter(
        actor_id=by.pk, at__gt=hour, action=AccessAction.SEARCH, object_kind="person"
    )
    if done.count() >= settings.LOOKUPS_PER_HOUR:
        raise TooMany(f"{settings.LOOKUPS_PER_HOUR} look-ups an hour")
