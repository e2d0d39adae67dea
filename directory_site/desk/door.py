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
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import second_factor
from accounts.selectors import uses_single_keys
from audit.actor import acting
from referrals.selectors import ACCESS, COORDINATE, FIGURES, USE, VIEW, teams_holding

View = Callable[..., HttpResponse]
GUARDED = "desk_permission"  # set on each view by the decorator, read by the matrix of rights


def desk_view(permission: str = USE) -> Callable[[View], View]:
    """Lets in who holds the permission in a team (403 otherwise; 302 to sign in), and acts as them, reads included.

    Where a second factor is required, nobody comes in without having shown one (302 to it).

    The page is in the user's own language, stored by no cache, and sends no address to other sites.
    """

    def decorate(view: View) -> View:
        after_second_step = second_factor.required(view)

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
                request.desk_links = links_of(user)
                request.takes_calls = bool(teams_holding(user, USE))
                request.single_keys = SimpleLazyObject(lambda: uses_single_keys(user))
                answer = after_second_step(request, *args, **kwargs)
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


# Where each permission leads, in the order of the header.
LINKS = (
    (USE, "desk:screen", pgettext_lazy("desk", "Call")),
    (USE, "desk:day", _("My day")),
    (VIEW, "desk:persons", _("Persons")),
    (COORDINATE, "desk:reassign", _("Hand work over")),
    (COORDINATE, "desk:person_openings", _("Opened files")),
    (ACCESS, "desk:person_access", _("Who opened what")),
    (FIGURES, "desk:figures", _("Figures")),
)


def links_of(user) -> list[tuple[str, str]]:
    """(address, words) of the parts of the desk that this user may enter."""
    return [
        (reverse(name), str(words)) for permission, name, words in LINKS if teams_holding(user, permission)
    ]


def home_of(user) -> str:
    """DESK_HOME: the first part of the desk that this user may enter, "" when there is none."""
    return next((address for address, _words in links_of(user)), "")
