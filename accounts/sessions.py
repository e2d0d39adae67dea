"""How long a session lives: so long after the last request, and so long at all.

SESSION_IDLE_MINUTES counts from the last request that a person made (pages that a browser asks for by itself are
marked `passive`), SESSION_HOURS from the sign-in.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse

from . import second_factor

BEGAN, SEEN = "session_began", "session_seen"  # seconds since 1970
# A write for each request would cost more than it tells: the last minute is not noted.
GRAIN = 60
# Wagtail's editor asks every few seconds who else is there; nobody needs to sit before it.
PASSIVE_NAMESPACES = frozenset({"wagtailadmin_editing_sessions"})


def passive(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Marks a view that pages ask for by themselves, as a clock does: it keeps no session alive."""
    view.passive = True  # type: ignore[attr-defined]
    return view


def begin(sender, request, user, **kwargs) -> None:
    """At each sign-in: both clocks start, and a second step that was done before it counts no more."""
    if request is None or not hasattr(request, "session"):
        return
    request.session.cycle_key()  # Django leaves it as it is when somebody signs in twice
    request.session[BEGAN] = request.session[SEEN] = int(time.time())
    request.session.pop(second_factor.MARK, None)


def is_over(session: SessionBase, *, at: float) -> bool:
    """Also a session that does not say when it began, or says that it will."""
    began, seen = session.get(BEGAN), session.get(SEEN)
    if not isinstance(began, int) or not isinstance(seen, int):
        return True
    idle, whole = settings.SESSION_IDLE_MINUTES * 60, settings.SESSION_HOURS * 3600
    return not (-GRAIN <= at - seen < idle and -GRAIN <= at - began < whole)


def touch(session: SessionBase, *, at: float) -> None:
    """Somebody is there."""
    if at - session[SEEN] >= GRAIN:
        session[SEEN] = int(at)


def is_passive(match) -> bool:
    """Whether this address (a ResolverMatch, or None) is one that browsers ask for by themselves."""
    return match is not None and (
        not PASSIVE_NAMESPACES.isdisjoint(match.namespaces) or getattr(match.func, "passive", False)
    )


def forget_old() -> None:
    """Rows of sessions that are over (the worker's, once a day)."""
    from django.contrib.sessions.models import Session
    from django.utils.timezone import now

    Session.objects.filter(expire_date__lt=now()).delete()
