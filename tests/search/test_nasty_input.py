"""Ten thousand nasty query strings on the embedded engine: no 5xx, no engine's own words (see nasty_run)."""

import pytest

from .nasty_run import HALVES, ask_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory"), pytest.mark.slow]


@HALVES
def test_no_query_breaks_the_site_or_shows_the_engine(client, start):
    ask_all(client, "embedded", start)
