"""The one door of the desk: who is let in, in which language, and what no page of it leaves behind.

Every view of the desk is decorated with `desk_view`; a test walks the addresses and finds the one that is not.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.cache import patch_cache_control

from audit.actor import acting
from referrals.selectors import USE, teams_holding

View = Callable[..., HttpResponse]
GUARDED = "desk_permission"  # set on each view by the decorator, read by the matrix of rights


def desk_view(permission: str = USE) -> Callable[[View], View]:
    """Lets in who holds the permission in a team (403 otherwise; 302 to sign in), and acts as them, reads included.

    The page is in the user's own language, stored by no cache, and sends no address to other sites.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            user = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            if not teams_holding(user, permission):
                raise PermissionDenied
            language = language_of(request)
            with translation.override(language), acting(user):
                request.LANGUAGE_CODE = language
                answer = view(request, *args, **kwargs)
                render = getattr(answer, "render", None)
                if render is not None:
                    render()
            patch_cache_control(answer, no_store=True, private=True)
            answer["Referrer-Policy"] = "same-origin"
            answer["Content-Language"] = language
            return answer

        setattr(guarded, GUARDED, permission)
        return guarded

    return decorate


def language_of(request: HttpRequest) -> str:
    """The user's own language, else the browser's first that we speak."""
    known = dict(settings.LANGUAGES)
    if request.user.language in known:
        return request.user.language
    return translation.get_language_from_request(request)
