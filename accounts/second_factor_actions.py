"""Writes about second factors: set up, show a code, new recovery codes, remove, reset. Each tells the audit record.

What changes the second factor ends the user's other sessions (`User.end_sessions`); the caller keeps its own by
`update_session_auth_hash`.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.timezone import now

from audit.actions import record

from . import one_time
from .models import Authenticator, RecoveryCode, User


class SecondFactorError(Exception):
    """What was asked of a second factor cannot be done."""


class WrongCode(SecondFactorError):
    """No code of this moment, one that was used already, or no recovery code."""


class TooManyCodes(SecondFactorError):
    """SECOND_FACTOR_FAILURES codes did not fit; none is looked at for SECOND_FACTOR_LOCK_MINUTES."""


class SetUpAlready(SecondFactorError):
    """This user has a second factor: remove it first."""


class NotAllowed(SecondFactorError):
    """Nobody resets a superuser's second factor but a superuser, and nobody their own."""


@transaction.atomic
def set_up(*, user: User, secret: str, code: str) -> tuple[Authenticator, list[str]]:
    """The authenticator, proved by a code it shows, and its recovery codes, which are never shown again.

    Raises WrongCode, SetUpAlready.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if Authenticator.objects.filter(user=user).exists():
        raise SetUpAlready(user.pk)
    step = one_time.step_of(secret, code, after=-1)
    if step is None:
        raise WrongCode
    made = Authenticator.objects.create(user=user, secret=secret, last_step=step)
    codes = _give_codes(made)
    _changed(user, "second_factor.set_up")
    return made, codes


def show_code(*, authenticator: Authenticator, code: str) -> None:
    """Take a code of the app, once. Raises WrongCode, TooManyCodes."""
    _count_attempt(authenticator)
    step = one_time.step_of(authenticator.secret, code, after=authenticator.last_step)
    # Two requests with the same code at once: the row says which was first.
    if step is None or not Authenticator.objects.filter(pk=authenticator.pk, last_step__lt=step).update(
        last_step=step, failures=0
    ):
        _tell_if_locked(authenticator)
        raise WrongCode
    authenticator.refresh_from_db()


def show_any_code(*, authenticator: Authenticator, code: str) -> None:
    """A code of the app or a recovery code, whichever this is. Raises WrongCode, TooManyCodes."""
    if "".join(code.split()).isdigit():
        show_code(authenticator=authenticator, code=code)
    else:
        use_recovery_code(authenticator=authenticator, code=code)


def count_failure(*, authenticator: Authenticator) -> None:
    """Something else was wrong that was asked together with a code. Raises TooManyCodes."""
    _count_attempt(authenticator)
    _tell_if_locked(authenticator)


@transaction.atomic
def _use_recovery_code(authenticator: Authenticator, code: str) -> int | None:
    hashed = one_time.hash_of(code, user=authenticator.user_id)
    if not authenticator.recovery_codes.filter(hashed=hashed).delete()[0]:
        return None
    Authenticator.objects.filter(pk=authenticator.pk).update(failures=0)
    left = authenticator.recovery_codes.count()
    _told(authenticator.user, "second_factor.recovery_code_used", {"left": left})
    return left


def use_recovery_code(*, authenticator: Authenticator, code: str) -> int:
    """Take a recovery code, which is gone then. Returns how many are left. Raises WrongCode, TooManyCodes."""
    _count_attempt(authenticator)
    left = _use_recovery_code(authenticator, code)
    if left is None:
        _tell_if_locked(authenticator)
        raise WrongCode
    return left


@transaction.atomic
def new_recovery_codes(*, authenticator: Authenticator) -> list[str]:
    """Ten new codes; the old ones are worth nothing from now on."""
    authenticator.recovery_codes.all().delete()
    codes = _give_codes(authenticator)
    _changed(authenticator.user, "second_factor.codes_made")
    return codes


@transaction.atomic
def remove(*, authenticator: Authenticator) -> None:
    """Removed by its user, who has shown password and code."""
    user = authenticator.user
    authenticator.delete()
    _changed(user, "second_factor.removed")


@transaction.atomic
def reset(*, user: User, by: User) -> bool:
    """Removed by an administrator, for somebody who lost phone and codes; False: there was none.

    Raises NotAllowed for one's own, and for a superuser's unless `by` is one.
    """
    if user.pk == by.pk or (user.is_superuser and not by.is_superuser):
        raise NotAllowed
    return _reset(user)


@transaction.atomic
def reset_from_the_server(*, user: User) -> bool:
    """Whoever commands the machine resets anybody's; the audit record says "system"."""
    return _reset(user)


def _reset(user: User) -> bool:
    if not Authenticator.objects.filter(user=user).delete()[0]:
        return False
    _changed(user, "second_factor.reset")
    return True


@transaction.atomic
def sign_out_everywhere(*, user: User) -> None:
    """Every session of the user is over at its next request."""
    _changed(user, "user.signed_out_everywhere")


@transaction.atomic
def unlock(*, user: User) -> None:
    """Codes are looked at again at once. (The password's lock is `sign_in.unlock`.)"""
    if Authenticator.objects.filter(user=user, failures__gt=0).update(failures=0, tried_at=None):
        _told(user, "second_factor.unlocked")


def is_locked(authenticator: Authenticator) -> bool:
    return bool(
        authenticator.failures >= settings.SECOND_FACTOR_FAILURES
        and authenticator.tried_at
        and authenticator.tried_at > _unlocking()
    )


def _give_codes(authenticator: Authenticator) -> list[str]:
    codes = one_time.new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(authenticator=authenticator, hashed=one_time.hash_of(code, user=authenticator.user_id))
        for code in codes
    )
    return codes


def _count_attempt(authenticator: Authenticator) -> None:
    """Counted before the code is looked at, by one statement: many requests at once get no attempt more."""
    old = Q(tried_at__lt=_unlocking()) | Q(tried_at=None)
    taken = (
        Authenticator.objects.filter(pk=authenticator.pk)
        .filter(Q(failures__lt=settings.SECOND_FACTOR_FAILURES) | old)
        .update(
            failures=Case(When(old, then=Value(1)), default=F("failures") + 1),
            tried_at=now(),
        )
    )
    if not taken:
        raise TooManyCodes
    authenticator.refresh_from_db()


def _tell_if_locked(authenticator: Authenticator) -> None:
    authenticator.refresh_from_db()
    if authenticator.failures >= settings.SECOND_FACTOR_FAILURES:
        _told(authenticator.user, "second_factor.locked")


def _unlocking():
    return now() - timedelta(minutes=settings.SECOND_FACTOR_LOCK_MINUTES)


def _changed(user: User, action: str) -> None:
    user.end_sessions()
    user._state.fields_cache.pop("authenticator", None)
    _told(user, action)


def _told(user: User, action: str, detail: dict | None = None) -> None:
    record(action=action, object_kind="user", object_id=user.pk, detail=detail)
