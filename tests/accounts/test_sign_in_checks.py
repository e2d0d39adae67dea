"""A setting that would leave the sign-in open is found by `manage.py check`."""

import pytest

from accounts import checks


def ids(check) -> list[str]:
    return [error.id for error in check(None)]


def test_the_second_factor_may_be_off_in_development_only(settings):
    settings.SECOND_FACTOR_REQUIRED, settings.DEBUG = False, False
    (error,) = checks.the_second_factor_is_required(None)
    assert error.id == "accounts.E001"
    assert "SECOND_FACTOR_REQUIRED" in error.msg
    assert error.hint
    settings.DEBUG = True
    assert ids(checks.the_second_factor_is_required) == []
    settings.SECOND_FACTOR_REQUIRED, settings.DEBUG = True, False
    assert ids(checks.the_second_factor_is_required) == []


@pytest.mark.parametrize(
    ("permissions", "found"),
    [
        (("accounts.change_user", "services.publish_service"), []),
        (("later.view_thing",), []),  # an app that is not installed yet
        (("accounts.change_usr",), ["accounts.E002"]),
        (("view_person",), ["accounts.E002"]),
        (("accounts.",), ["accounts.E002"]),
        ((), ["accounts.E002"]),
    ],
)
def test_permissions_that_do_not_exist_are_named(settings, permissions, found):
    settings.SECOND_FACTOR_FOR = permissions
    assert ids(checks.the_permissions_exist) == found


def test_the_settings_as_they_are_hold():
    for check in (checks.the_permissions_exist, checks.the_limits_are_limits, checks.the_door_is_there):
        assert ids(check) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_IDLE_MINUTES", 0),
        ("SESSION_IDLE_MINUTES", 601),
        ("SESSION_HOURS", 25),
        ("SESSION_HOURS", "10"),
        ("SECOND_FACTOR_FAILURES", 0),
        ("SECOND_FACTOR_LOCK_MINUTES", -1),
    ],
)
def test_limits_are_limits(settings, name, value):
    setattr(settings, name, value)
    (error,) = checks.the_limits_are_limits(None)
    assert (error.id, error.msg) == ("accounts.E003", f"{name} is {value!r}.")


def test_the_door_is_there_and_in_its_place(settings):
    order = list(settings.MIDDLEWARE)
    settings.MIDDLEWARE = [name for name in order if name != checks.MIDDLEWARE]
    assert ids(checks.the_door_is_there) == ["accounts.E004"]
    settings.MIDDLEWARE = [checks.MIDDLEWARE, *settings.MIDDLEWARE]
    assert ids(checks.the_door_is_there) == ["accounts.E004"]
    settings.MIDDLEWARE = order
    settings.AUTHENTICATION_BACKENDS = ["services.backend.TeamBackend"]
    assert ids(checks.the_door_is_there) == ["accounts.E004"]
