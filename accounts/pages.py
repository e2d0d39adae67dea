"""The pages of the second step and of one's own sign-in, in the look of Wagtail's sign-in page.

They need no access to the admin: agents of the desk come here too.
"""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.localization import get_localized_response
from wagtail.admin.views.account import LoginView

from sealing.errors import WrongKey
from sealing.keys import seal, unseal

from . import one_time, second_factor, second_factor_actions
from .forms import CodeForm, PasswordAndCodeForm, RecoveryForm
from .roles import BY_CODE, SEE
from .second_factor_actions import SetUpAlready, TooManyCodes, WrongCode
from .selectors import roles_by_team

LOOKING = frozenset(SEE.permissions)
# In the session, sealed: the secret that the QR code shows until a code proves that a phone has it.
OFFERED = "second_factor_offered"


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For somebody signed in, with the second step or without, in their language; kept by no cache."""

    @never_cache
    @sensitive_post_parameters("code", "password")
    @wraps(view)
    def shown(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return get_localized_response(view, request, *args, **kwargs)

    return shown


def next_of(request: HttpRequest) -> str:
    """Where the session wanted to go, on this site; else where this user works."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return place_of(request.user)


def place_of(user) -> str:
    """Where this user works: the desk for whoever does nothing else in the admin but look, else the admin, else the site."""
    held = {
        permission
        for roles in roles_by_team(user).values()
        for role in roles & BY_CODE.keys()
        for permission in BY_CODE[role].permissions
    }
    only_persons = held and all(one.startswith("referrals.") or one in LOOKING for one in held)
    if only_persons and not user.is_superuser and (desk := import_string(settings.DESK_HOME)(user)):
        return desk
    return reverse("wagtailadmin_home") if user.has_perm("wagtailadmin.access_admin") else "/"


class SignIn(LoginView):
    """Wagtail's, and whoever asked for no page comes to where they work.

    Its page sends the admin's home when nothing was asked for, so that one is no wish.
    """

    def get_success_url(self) -> str:
        wanted = self.get_redirect_url()
        if wanted and wanted != reverse("wagtailadmin_home"):
            return wanted
        return place_of(self.request.user)


def _draw(request: HttpRequest, name: str, status: int = 200, **context) -> HttpResponse:
    context.setdefault("next", next_of(request))
    return render(request, f"accounts/sign_in/{name}.html", context, status=status)


def _too_many(form) -> int:
    minutes = settings.SECOND_FACTOR_LOCK_MINUTES
    form.add_error(
        None,
        ngettext(
            "Too many wrong codes. Wait %(minutes)d minute, then try again; an administrator can unlock you sooner.",
            "Too many wrong codes. Wait %(minutes)d minutes, then try again; an administrator can unlock you sooner.",
            minutes,
        )
        % {"minutes": minutes},
    )
    return 429


def _wrong_code(form) -> int:
    form.add_error(
        "code",
        _("This code is not right, or it was used already. Wait for the next one and type it without haste."),
    )
    return 200


@require_http_methods(["GET", "HEAD", "POST"])
@page
def second_step(request: HttpRequest) -> HttpResponse:
    """A code of the app."""
    authenticator = second_factor.authenticator_of(request.user)
    if second_factor.verified(request):
        return redirect(next_of(request))
    if authenticator is None:
        return second_factor.to_the_step(request, next_of(request))
    form, status = CodeForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and form.is_valid():
        try:
            second_factor_actions.show_code(authenticator=authenticator, code=form.cleaned_data["code"])
        except TooManyCodes:
            status = _too_many(form)
        except WrongCode:
            status = _wrong_code(form)
        else:
            second_factor.mark(request, authenticator)
            return redirect(next_of(request))
    return _draw(request, "second_step", status, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def recovery(request: HttpRequest) -> HttpResponse:
    """A code on paper instead."""
    authenticator = second_factor.authenticator_of(request.user)
    if second_factor.verified(request):
        return redirect(next_of(request))
    if authenticator is None:
        return second_factor.to_the_step(request, next_of(request))
    form, status = RecoveryForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and form.is_valid():
        try:
            left = second_factor_actions.use_recovery_code(
                authenticator=authenticator, code=form.cleaned_data["code"]
            )
        except TooManyCodes:
            status = _too_many(form)
        except WrongCode:
            form.add_error("code", _("This is none of your recovery codes, or it was used already."))
        else:
            second_factor.mark(request, authenticator)
            messages.warning(
                request,
                ngettext(
                    "You used a recovery code; %(left)d is left. If your phone is lost, set up another one now.",
                    "You used a recovery code; %(left)d are left. If your phone is lost, set up another one now.",
                    left,
                )
                % {"left": left},
            )
            return redirect(f"{reverse('own_sign_in')}?{urlencode({'next': next_of(request)})}")
    return _draw(request, "recovery", status, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def set_up(request: HttpRequest) -> HttpResponse:
    """The QR code, then a code that proves it was read, then the recovery codes, shown once."""
    if second_factor.authenticator_of(request.user):
        return redirect("own_sign_in" if second_factor.verified(request) else "second_step")
    secret = _offered(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:  # a small screen would scroll past the QR code
        del form.fields["code"].widget.attrs["autofocus"]
    if form.is_bound and form.is_valid():
        try:
            authenticator, codes = second_factor_actions.set_up(
                user=request.user, secret=secret, code=form.cleaned_data["code"]
            )
        except SetUpAlready:
            return redirect("second_step")
        except WrongCode:
            form.add_error(
                "code",
                _(
                    "This code does not belong to this QR code. Type the code that the app shows now; the phone's clock must be right."
                ),
            )
        else:
            del request.session[OFFERED]
            _keep_this_session(request, authenticator)
            return _draw(request, "codes", codes=codes, first=True)
    site = str(settings.WAGTAIL_SITE_NAME)
    address = one_time.address_for_apps(secret, name=request.user.get_username(), site=site)
    return _draw(
        request,
        "set_up",
        form=form,
        qr=one_time.qr_svg(address, title=_("QR code for your authenticator app")),
        key=one_time.in_groups(secret),
        forced=second_factor.needed(request.user),
    )


def _offered(request: HttpRequest) -> str:
    """The same secret until it is set up: whoever reloads the page has scanned the right one."""
    try:
        return unseal(request.session[OFFERED])
    except (KeyError, WrongKey):
        secret = one_time.new_secret()
        request.session[OFFERED] = seal(secret)
        return secret


@require_http_methods(["GET", "HEAD"])
@page
def own(request: HttpRequest) -> HttpResponse:
    """What one's sign-in consists of, and what can be done about it."""
    authenticator = second_factor.authenticator_of(request.user)
    return _draw(
        request,
        "own",
        authenticator=authenticator,
        codes_left=authenticator.recovery_codes.count() if authenticator else 0,
        codes_given=one_time.RECOVERY_CODES,
        forced=second_factor.needed(request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_codes(request: HttpRequest) -> HttpResponse:
    return _with_password_and_code(request, "new_codes", _give_new_codes)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def remove(request: HttpRequest) -> HttpResponse:
    return _with_password_and_code(request, "remove", _remove)


def _with_password_and_code(
    request: HttpRequest, name: str, then: Callable[[HttpRequest, object], HttpResponse]
) -> HttpResponse:
    authenticator = second_factor.authenticator_of(request.user)
    if authenticator is None:
        return redirect("own_sign_in")
    form, status = PasswordAndCodeForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound and form.is_valid():
        # A wrong password is counted as a code is, so that it cannot be tried here without end; it wastes no code.
        try:
            if request.user.check_password(form.cleaned_data["password"]):
                second_factor_actions.show_any_code(
                    authenticator=authenticator, code=form.cleaned_data["code"]
                )
                return then(request, authenticator)
            second_factor_actions.count_failure(authenticator=authenticator)
            form.add_error("password", _("This is not your password."))
        except TooManyCodes:
            status = _too_many(form)
        except WrongCode:
            status = _wrong_code(form)
    return _draw(request, name, status, form=form, forced=second_factor.needed(request.user))


def _give_new_codes(request: HttpRequest, authenticator) -> HttpResponse:
    codes = second_factor_actions.new_recovery_codes(authenticator=authenticator)
    request.user.refresh_from_db(fields=["session_epoch"])
    _keep_this_session(request, authenticator)
    return _draw(request, "codes", codes=codes, first=False)


def _remove(request: HttpRequest, authenticator) -> HttpResponse:
    second_factor_actions.remove(authenticator=authenticator)
    request.user.refresh_from_db(fields=["session_epoch"])
    request.session.pop(second_factor.MARK, None)
    update_session_auth_hash(request, request.user)
    return redirect("second_factor_set_up" if second_factor.needed(request.user) else "own_sign_in")


def _keep_this_session(request: HttpRequest, authenticator) -> None:
    """The others have just ended."""
    update_session_auth_hash(request, request.user)
    second_factor.mark(request, authenticator)


@require_POST
@page
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    second_factor_actions.sign_out_everywhere(user=request.user)
    logout(request)
    messages.success(request, _("You are signed out in every browser, also in this one."))
    return redirect(settings.LOGIN_URL)
