"""Helpers of the tests of the sign-in: somebody with a phone, and the code that the phone shows."""

from __future__ import annotations

import time

from django.test import Client
from django.urls import reverse

from accounts import one_time, second_factor_actions
from accounts.models import Authenticator, User

PASSWORD = "une longue phrase secrète"


def administrator(name: str = "ann") -> User:
    return User.objects.create_superuser(name, f"{name}@example.org", PASSWORD)


def in_english() -> Client:
    return Client(headers={"accept-language": "en"})


class Phone:
    """An authenticator app. Each code it is asked for is one that was not shown before."""

    def __init__(self, user: User):
        secret = one_time.new_secret()
        # Set up long ago: the codes of this half minute are still good.
        self.authenticator, self.codes = second_factor_actions.set_up(
            user=user, secret=secret, code=one_time.code_now(secret)
        )
        Authenticator.objects.filter(user=user).update(last_step=0)
        user.refresh_from_db()

    def code(self) -> str:
        self.authenticator.refresh_from_db()
        now = int(time.time() // one_time.STEP_SECONDS)
        step = max(now - 1, self.authenticator.last_step + 1)
        return one_time.code_now(self.authenticator.secret, at=step * one_time.STEP_SECONDS)

    def wrong_code(self) -> str:
        """No code of the last or the next minutes."""
        now = time.time()
        near = {one_time.code_now(self.authenticator.secret, at=now + 30 * away) for away in range(-4, 5)}
        return next(
            code
            for code in ("000000", "111111", "222222", *map(str, range(333333, 333399)))
            if code not in near
        )


def with_password(client: Client, name: str, password: str = PASSWORD, **extra):
    return client.post(reverse("wagtailadmin_login"), {"username": name, "password": password, **extra})


def with_phone(client: Client, phone: Phone, **extra):
    return client.post(reverse("second_step"), {"code": phone.code(), **extra})
