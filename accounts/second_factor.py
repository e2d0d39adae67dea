"""Who must show a second thing beside the password, and whether this session has.

A session that owes its second step is nobody's: `accounts.middleware` lets it see the pages of the second step, and
shows every other page to it as to a visitor.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from .models import Authenticator
from .roles import BY_CODE
from .selectors import roles_by_team

MARK = "second_factor"  # in the session: the primary key of the authenticator that was shown


def needed(user) -> bool:
    """Whether this user must have a second factor: who holds a permission of SECOND_FACTOR_FOR, by role or by group.

    Superusers hold all. Nobody needs one where SECOND_FACTOR_REQUIRED is off (the demonstration).
    """
    if not settings.SECOND_FACTOR_REQUIRED or not user.is_authenticated or not user.is_active:
        return False
    wanted = frozenset(settings.SECOND_FACTOR_FOR)
    if user.is_superuser:
        return bool(wanted)
    held = {role for roles in roles_by_team(user).values() for role in roles}
    if any(wanted & BY_CODE[role].permissions for role in held if role in BY_CODE):
        return True
    return not wanted.isdisjoint(user.get_all_permissions())


def authenticator_of(user) -> Authenticator | None:
    """Asked once a user object."""
    try:
        return user.authenticator
    except Authenticator.DoesNotExist:
        return None


def verified(request: HttpRequest) -> bool:
    """Whether the session owes nothing more: its second step is done, or this user neither needs nor has one."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return False
    authenticator = authenticator_of(user)
    if authenticator is None:
        return not needed(user)
    return request.session.get(MARK) == authenticator.pk


def mark(request: HttpRequest, authenticator: Authenticator) -> None:
    """The step was done in this session; it gets a new key, so that one known from before is worth nothing."""
    request.session[MARK] = authenticator.pk
    request.session.cycle_key()


def required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that show persons: without the second step the answer is a redirect to it, never the view.

    Stricter than `verified`: whoever opens such a view must have a second factor, whatever permission brought them
    there, wherever SECOND_FACTOR_REQUIRED is on.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        shown = authenticator_of(request.user) is not None or not settings.SECOND_FACTOR_REQUIRED
        if not (shown and verified(request)):
            return to_the_step(request)
        return view(request, *args, **kwargs)

    return guarded


def to_the_step(request: HttpRequest, next_url: str | None = None) -> HttpResponse:
    """Where a session goes that owes its second step. Scripts, which cannot show a page, get 403 and a code."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest" or not request.accepts("text/html"):
        return JsonResponse({"error": "second_step_required"}, status=403)
    name = "second_step" if authenticator_of(request.user) else "second_factor_set_up"
    if next_url is None:  # what was posted is not repeated
        next_url = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    query = f"?{urlencode({'next': next_url})}" if next_url else ""
    return HttpResponseRedirect(reverse(name) + query)
