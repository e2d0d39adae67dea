"""At the door of each request: whether the session still counts and has done its second step, and who is acting."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from audit.actor import SYSTEM, acting

from . import second_factor, sessions

# Parts of the guarded places that visitors see too: the sign-in's form and pictures, a forgotten password.
VISITORS_MAY = frozenset(
    {
        "wagtailadmin_login",
        "wagtailadmin_sprite",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_password_reset",
        "wagtailadmin_password_reset_done",
        "wagtailadmin_password_reset_confirm",
        "wagtailadmin_password_reset_complete",
    }
)
WITH_AUTHENTICATOR = frozenset({"second_step", "second_step_recovery", "sign_out"})
WITHOUT_AUTHENTICATOR = frozenset({"second_factor_set_up", "sign_out"})


class SignInMiddleware:
    """The one place that a session must pass. A request without a session cookie costs nothing.

    A session that is over is ended. One that owes its second step sees the pages of that step; everything else of the
    guarded places (SIGN_IN_PREFIXES) leads there, and every other page takes it for a visitor: a page that was
    forgotten here shows what a visitor sees.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            answer = self._examine(request)
            if answer is not None:
                return answer
        return self.get_response(request)

    def _examine(self, request):
        """An answer instead of the page, or None."""
        try:
            match = resolve(request.path_info)
        except Resolver404:
            match = None
        guarded = request.path_info.startswith(tuple(settings.SIGN_IN_PREFIXES))
        at = time.time()
        if sessions.is_over(request.session, at=at):
            logout(request)
            if guarded and request.method == "GET" and request.accepts("text/html"):
                messages.warning(request, _("For safety you were signed out after a while. Sign in again."))
            return None
        if not sessions.is_passive(match):
            sessions.touch(request.session, at=at)
        if second_factor.verified(request):
            return None
        name = match.view_name if match else None
        own = WITH_AUTHENTICATOR if second_factor.authenticator_of(request.user) else WITHOUT_AUTHENTICATOR
        if name in own:
            return None
        if name == "wagtailadmin_login" and request.method == "GET":
            return second_factor.to_the_step(request, request.GET.get("next", ""))
        if guarded and name not in VISITORS_MAY:
            return second_factor.to_the_step(request)
        request.user = AnonymousUser()
        request.auser = _anonymous
        return None


async def _anonymous():
    return AnonymousUser()


class ActorMiddleware:
    """Reads the signed-in user on writes only: a public GET must not open a session for it."""

    SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = SYSTEM if request.method in self.SAFE_METHODS else request.user
        with acting(user if user is SYSTEM or user.is_authenticated else "visitor"):
            return self.get_response(request)
