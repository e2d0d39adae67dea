"""Many requests at the same moment: a code is taken once, and guesses get no attempt more."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts import second_factor_actions
from accounts.models import Authenticator, RecoveryCode
from accounts.second_factor_actions import TooManyCodes, WrongCode

from .signing_in import Phone, administrator


def at_once(what, count: int = 8) -> list[str]:
    """What each thread got: "taken", or the name of the error."""

    def one(_number: int) -> str:
        try:
            what(Authenticator.objects.select_related("user").get())
            return "taken"
        except (WrongCode, TooManyCodes) as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return sorted(pool.map(one, range(count)))


@pytest.fixture
def phone(threaded_db) -> Phone:
    return Phone(administrator())


def test_one_code_opens_one_session(phone, settings):
    settings.SECOND_FACTOR_FAILURES = 10
    code = phone.code()
    got = at_once(lambda one: second_factor_actions.show_code(authenticator=one, code=code))
    assert got.count("taken") == 1
    assert set(got) == {"taken", "WrongCode"}


def test_one_recovery_code_opens_one_session(phone, settings):
    settings.SECOND_FACTOR_FAILURES = 10
    got = at_once(lambda one: second_factor_actions.use_recovery_code(authenticator=one, code=phone.codes[0]))
    assert got.count("taken") == 1
    assert RecoveryCode.objects.count() == 9


def test_of_many_guesses_five_are_looked_at(phone):
    wrong = phone.wrong_code()
    got = at_once(lambda one: second_factor_actions.show_code(authenticator=one, code=wrong), count=12)
    assert (got.count("WrongCode"), got.count("TooManyCodes")) == (5, 7)
    assert Authenticator.objects.get().failures == 5
    assert time.time() - Authenticator.objects.get().tried_at.timestamp() < 60
