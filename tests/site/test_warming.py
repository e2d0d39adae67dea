"""A web worker knows the site's addresses before its first visitor."""

import pytest
from django.conf import settings
from django.urls import clear_url_caches, reverse
from django.urls.resolvers import URLResolver
from django.utils import translation

from directory_site.warming import warm_up
from search import warming


def test_no_visitor_waits_for_the_addresses(monkeypatch: pytest.MonkeyPatch):
    searched = []
    monkeypatch.setattr(warming, "warm_up", lambda: searched.append(True))
    clear_url_caches()
    warm_up()
    assert searched == [True]

    def made_now(resolver):
        raise AssertionError("the addresses are made while a visitor waits")

    monkeypatch.setattr(URLResolver, "_populate", made_now)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            assert reverse("desk:day") == "/desk/day/"
