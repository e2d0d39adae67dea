"""Slowed-down sign-in: what django-axes counts failures by, what it answers, and how an administrator unlocks.

People type their password where the name belongs, so what is typed there is counted by its keyed hash and appears in
no table and no log.
"""

from datetime import timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now

from audit.actions import record
from sealing.keys import keyed_hash

from .models import User


def name_hash(name: str) -> str:
    return keyed_hash(f"sign-in {name.casefold()}")


def typed_name(request: HttpRequest | None, credentials: dict | None = None) -> str:
    """AXES_USERNAME_CALLABLE: the keyed hash of what was typed."""
    return name_hash(str((credentials or {}).get("username") or ""))


def nobody(username, ip_address, user_agent, path_info, request) -> str:
    """AXES_CLIENT_STR_CALLABLE: how a log names whoever fails to sign in."""
    return "somebody"


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict | None) -> HttpResponse:
    """AXES_LOCKOUT_CALLABLE: 429 and a page that says how long it takes."""
    minutes = minutes_of(get_cool_off(request))
    answer = render(request, "accounts/sign_in/locked_out.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer


def minutes_of(span: timedelta | None) -> int:
    return int(span.total_seconds() // 60) if span else 0


def is_locked_out(user: User) -> bool:
    """Whether somebody's last tries as this user, from some address, are refused now."""
    return AccessAttempt.objects.filter(
        username=name_hash(user.get_username()),
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gt=now() - settings.AXES_COOLOFF_TIME,
    ).exists()


@transaction.atomic
def unlock(*, user: User) -> bool:
    """Passwords are looked at again at once, wherever they are typed. False: nothing was counted."""
    if not reset(username=name_hash(user.get_username())):
        return False
    record(action="user.unlocked", object_kind="user", object_id=user.pk)
    return True


def forget_old() -> None:
    """Rows of failures that no longer count (the worker's, once an hour)."""
    AccessAttempt.objects.filter(attempt_time__lt=now() - settings.AXES_COOLOFF_TIME).delete()
