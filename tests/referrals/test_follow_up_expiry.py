"""What nobody could say in time is let go, once, and nothing else is."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from referrals.actions import expiry
from referrals.models import FollowUp, Orientation

from . import builders

pytestmark = pytest.mark.django_db


def test_only_what_is_due_is_cancelled_and_only_once():
    given = builders.orientation(builders.agent())
    assert expiry.expire(timezone.now()) == 0
    later = timezone.now() + timedelta(days=32)
    assert expiry.expire(later) == 1
    given.refresh_from_db()
    assert (given.state, given.reason) == ("cancelled", "expired")
    assert given.events.last().by_kind == "system"
    assert not FollowUp.objects.filter(orientation=given, done_at=None, cancelled_at=None).exists()
    assert expiry.expire(later) == 0


def test_the_command_counts_and_cancels_only_when_told():
    given = builders.orientation(builders.agent())
    given.follow_ups.filter(kind="expiry").update(due_at=timezone.now() - timedelta(days=1))
    out = StringIO()
    call_command("expire_orientations", stdout=out)
    assert "1 orientations would be" in out.getvalue()
    assert Orientation.objects.get(pk=given.pk).state == "requested"
    call_command("expire_orientations", "--wet-run", stdout=out)
    assert Orientation.objects.get(pk=given.pk).state == "cancelled"
