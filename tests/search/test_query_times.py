"""When a service should be open, said in four languages: a table of words, and the hours they mean."""

from datetime import datetime

import pytest

from search.query.analysis import exact_tokens
from search.query.times import find_time, when

SUNDAY_15H = datetime(2026, 11, 22, 15, 0)


def heard(said: str):
    """(words that were read as a time, from, until); None when no time was heard."""
    tokens = exact_tokens(said)
    time = find_time(tokens)
    if time is None:
        return None
    start, end = when(time, SUNDAY_15H)
    return " ".join(tokens[time.start : time.end]), start, end


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute)


@pytest.mark.parametrize(
    ("said", "words", "start", "end"),
    [
        ("médecin dimanche matin", "dimanche matin", at(29, 8), at(29, 12)),
        ("médecin ouvert dimanche", "ouvert dimanche", at(22, 15), at(22, 22)),
        ("huisarts zondagochtend", "zondagochtend", at(29, 8), at(29, 12)),
        ("vrijdag namiddag", "vrijdag namiddag", at(27, 12), at(27, 18)),
        ("ouvert le samedi après-midi", "ouvert le samedi apres midi", at(28, 12), at(28, 18)),
        ("open op zaterdag", "open op zaterdag", at(28, 7), at(28, 22)),
        ("dentist open saturday", "open saturday", at(28, 7), at(28, 22)),
        ("Zahnarzt Samstag Vormittag", "samstag vormittag", at(28, 8), at(28, 12)),
        ("repas le week-end", "le week end", at(22, 15), at(22, 20)),
        ("lundi à 18h30", "lundi a 18h30", at(23, 18, 30), None),
        ("maandag om 9 uur", "maandag om 9 uur", at(23, 9), None),
        ("pharmacie ouverte maintenant", "ouverte maintenant", at(22, 15), None),
        ("open now", "open now", at(22, 15), None),
        ("ouvert ce soir", "ouvert ce soir", at(22, 18), at(22, 22)),
        ("pharmacie ouverte la nuit", "ouverte la nuit", at(22, 22), at(23, 6)),
        ("ouvert après 17h", "ouvert apres 17h", at(22, 17), at(22, 22)),
        ("demain ouvert", "demain ouvert", at(23, 7), at(23, 22)),
    ],
)
def test_a_time_is_heard(said, words, start, end):
    assert heard(said) == (words, start, end)


@pytest.mark.parametrize(
    "said",
    [
        "plus rien à manger depuis lundi",  # since when, not when to go
        "niets gegeten sinds maandag",
        "où dormir ce soir",  # urgent, but no question of opening hours
        "abri de nuit",
        "ouvert à tous",
        "open voor iedereen",
        "opgelicht vorige maandag",
        "lundi dernier",
        "une heure de route",
        "médecin 1030",
        "",
    ],
)
def test_no_time_is_heard(said):
    assert heard(said) is None


def test_on_a_sunday_evening_sunday_is_the_next_one():
    time = find_time(["dimanche", "matin"])
    assert time is not None
    assert when(time, datetime(2026, 11, 22, 9, 0)) == (at(22, 9), at(22, 12))
    assert when(time, datetime(2026, 11, 22, 13, 0)) == (at(29, 8), at(29, 12))


def test_a_weekend_asked_for_in_the_week_is_the_coming_one():
    time = find_time(["weekend"])
    assert time is not None
    assert when(time, datetime(2026, 11, 25, 9, 0)) == (at(28, 8), at(29, 20))


def test_on_a_sunday_night_the_weekend_is_the_next_one():
    time = find_time(["weekend"])
    assert time is not None
    assert when(time, at(22, 21)) == (at(28, 8), at(29, 20))
    assert when(time, at(28, 10)) == (at(28, 10), at(29, 20))
