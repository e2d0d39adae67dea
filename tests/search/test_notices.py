"""Notices by the day: what is written once shows, shuts and goes by itself, without an edit and without a new index."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import translation

from directory_site.presenters.cards import cards
from search import engines, finder, indexing, request, results, vocabulary
from services.models import Notice, Schedule
from tests.services.builders import service

pytestmark = pytest.mark.django_db
FIRST = date(2026, 12, 21)  # a Monday
LAST = date(2027, 1, 1)


@pytest.fixture
def engine(tmp_path, settings, committing):
    """An index with one listing, open on weekdays, closed from 21 December to 1 January."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    engines.embedded_engine.cache_clear()
    vocabulary.forget()
    made = engines.main()
    indexing.rebuild(made)
    with committing():
        one = service("Permanence", live=False)
        one.schedules = [Schedule(byday="MO,TU,WE,TH,FR", opens_at="09:00", closes_at="17:00")]
        one.notices = [
            Notice(kind="message", text_fr="Nouvelle entrée", starts_on=FIRST - timedelta(3), ends_on=FIRST),
            Notice(kind="closure", text_fr="Congés", starts_on=FIRST, ends_on=LAST),
        ]
        one.live = True
        one.save()
    yield made
    engines.embedded_engine.cache_clear()
    vocabulary.forget()


@pytest.fixture
def on(engine, monkeypatch):
    """on(day): what a search of that morning shows."""

    def look(day: date, **asked):
        now = datetime(day.year, day.month, day.day, 10, 0)
        monkeypatch.setattr(results, "today", lambda: day)
        wanted = request.parse(
            {"lang": ["fr"], **asked},
            vocabulary=vocabulary.current(),
            languages=("fr", "nl", "en", "de"),
            default_language="fr",
            now=now,
            strict=True,
        )
        return finder.find(wanted, engine=engine, now=now)

    return look


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (FIRST - timedelta(30), []),
        (FIRST - timedelta(10), ["Nouvelle entrée (incoming)", "Congés (incoming)"]),
        (FIRST - timedelta(1), ["Nouvelle entrée (current)", "Congés (incoming)"]),
        (FIRST, ["Nouvelle entrée (current)", "Congés (current)"]),
        (FIRST + timedelta(1), ["Congés (current)"]),
        (LAST, ["Congés (current)"]),
        (LAST + timedelta(1), []),
    ],
)
def test_a_result_says_what_holds_that_day(on, day, said):
    [view] = results.views(on(day))
    assert [f"{notice.text} ({notice.state})" for notice in view.notices] == said


@pytest.mark.parametrize(
    ("day", "is_open"),
    [(FIRST - timedelta(3), True), (FIRST, False), (FIRST + timedelta(1), False), (date(2027, 1, 4), True)],
)
def test_open_now_and_the_filter_say_the_same(on, day, is_open):
    [view] = results.views(on(day))
    assert view.opening.open is is_open
    assert on(day, open=["now"]).result.total == int(is_open)


def test_a_card_says_when(on):
    with translation.override("fr"):
        [card] = cards(on(FIRST + timedelta(1)))
    assert card.notice.current
    assert "décembre 2026" in card.notice.when
    assert "2027" in card.notice.when
    assert card.state.kind == "closed"
