"""System checks: settings of the sign-in that would leave a door open."""

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, register

from .roles import RIGHTS

MIDDLEWARE = "accounts.middleware.SignInMiddleware"
AXES = "axes.middleware.AxesMiddleware"
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"


@register()
def the_second_factor_is_required(app_configs, **kwargs):
    """Only debug settings, whose accounts are everybody's, may do without."""
    if settings.SECOND_FACTOR_REQUIRED or settings.DEBUG:
        return []
    return [
        Error(
            "SECOND_FACTOR_REQUIRED is off: a password alone would show persons' data.",
            hint="Leave it on; it may be off in the development settings only.",
            id="accounts.E001",
        )
    ]


@register()
def the_permissions_exist(app_configs, **kwargs):
    wrong = [name for name in settings.SECOND_FACTOR_FOR if not _is_permission(name)]
    if settings.SECOND_FACTOR_FOR and not wrong:
        return []
    told = (
        f"SECOND_FACTOR_FOR: there is no permission {', '.join(map(repr, wrong))}."
        if wrong
        else "SECOND_FACTOR_FOR is empty: nobody would need a second factor."
    )
    return [Error(told, hint='Name permissions as "app.codename".', id="accounts.E002")]


def _is_permission(name) -> bool:
    """An app that is not installed cannot be asked."""
    app_label, dot, codename = str(name).partition(".")
    if not (app_label and dot and codename):
        return False
    if app_label not in apps.app_configs:
        return True
    if any(name in right.permissions for right in RIGHTS):  # Wagtail's own, such as publish, no model names
        return True
    metas = [model._meta for model in apps.get_app_config(app_label).get_models()]
    return any(
        codename in {code for code, _words in meta.permissions}
        or codename in {f"{verb}_{meta.model_name}" for verb in meta.default_permissions}
        for meta in metas
    )


@register()
def the_limits_are_limits(app_configs, **kwargs):
    found = []
    for name, most in (
        ("SESSION_IDLE_MINUTES", settings.SESSION_HOURS * 60 if _positive(settings.SESSION_HOURS) else 1440),
        ("SESSION_HOURS", 24),
        ("SECOND_FACTOR_FAILURES", 10),
        ("SECOND_FACTOR_LOCK_MINUTES", 1440),
    ):
        value = getattr(settings, name)
        if not _positive(value) or value > most:
            found.append(
                Error(f"{name} is {value!r}.", hint=f"Set a number from 1 to {most}.", id="accounts.E003")
            )
    return found


def _positive(value) -> bool:
    return isinstance(value, int) and value > 0


@register()
def the_door_is_there(app_configs, **kwargs):
    order = [name for name in settings.MIDDLEWARE if name in (AUTHENTICATION, MIDDLEWARE, AXES)]
    first, *_others = settings.AUTHENTICATION_BACKENDS
    if order == [AUTHENTICATION, MIDDLEWARE, AXES] and first == "axes.backends.AxesStandaloneBackend":
        return []
    return [
        Error(
            "The sign-in is not guarded: a middleware or the backend that counts failures is missing or misplaced.",
            hint=f"MIDDLEWARE holds {AUTHENTICATION}, {MIDDLEWARE} and {AXES} in this order;"
            " AUTHENTICATION_BACKENDS begins with axes.backends.AxesStandaloneBackend.",
            id="accounts.E004",
        )
    ]
