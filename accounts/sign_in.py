"""Slowed-down sign-in: what django-axes counts failures by, what it answers, and how an administrator unlocks.

People type their password where the name belongs, so what is typed there is counted by its keyed hash and appears in
no table and no log.
"""

from datetime import timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now

from audit.actions import record
from sealing.keys import keyed_hash

from .client import client_network
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


class Handler(AxesDatabaseHandler):
    """Axes counts a name at an address; here is added up what one name meets everywhere, and what one address tries."""

    def is_locked(self, request: HttpRequest, credentials: dict | None = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        name, address = typed_name(request, credentials), client_network(request)
        return (
            _failures(username=name) >= settings.SIGN_IN_FAILURES_OF_A_NAME
            or _failures(ip_address=address) >= settings.SIGN_IN_FAILURES_OF_AN_ADDRESS
        )


def _failures(**of: str) -> int:
    """Failures within the cool-off; a success takes those of its name and address away (AXES_RESET_ON_SUCCESS)."""
    since = now() - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(attempt_time__gt=since, **of)
    return rows.aggregate(found=Sum("failures_since_start"))["found"] or 0


def minutes_of(span: timedelta | None) -> int:
    return int(span.total_seconds() // 60) if span else 0


def is_locked_out(user: User) -> bool:
    """Whether somebody's last tries as this user, from some address, are refused now."""
    name = name_hash(user.get_username())
    if _failures(username=name) >= settings.SIGN_IN_FAILURES_OF_A_NAME:
        return True
    return AccessAttempt.objects.filter(
        username=name,
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
