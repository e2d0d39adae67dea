"""Opening hours in the words of the four languages."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.opening_hours import BELGIAN_HOLIDAYS, UNKNOWN, Hours, state_at
from services.opening_hours.osm import parse
from services.opening_hours.words import closed_word, describe, describe_state, week_table
from tests.services.opening_hours_strategies import HOURS, MOMENTS, UNTIMED

NBSP = "\N{NO-BREAK SPACE}"


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("text", "lang", "sentences"),
    [
        (
            "Mo-Fr 08:30-16:00; PH off",
            "fr",
            ["Du lundi au vendredi, 8 h 30 – 16 h", "Fermé les jours fériés"],
        ),
        ("Mo-Fr 08:30-16:00; PH off", "nl", ["Maandag tot vrijdag, 8.30 – 16 uur", "Gesloten op feestdagen"]),
        ("Mo-Fr 08:30-16:00; PH off", "en", ["Monday to Friday, 8:30 – 16:00", "Closed on public holidays"]),
        (
            "Mo-Fr 08:30-16:00; PH off",
            "de",
            ["Montag bis Freitag, 8.30 – 16 Uhr", "An Feiertagen geschlossen"],
        ),
        ("Mo-Fr 08:30-16:00", "nl-BE", ["Maandag tot vrijdag, 8.30 – 16 uur"]),
        ("Sa[1] 09:00-12:00", "fr", ["Le 1er samedi du mois, 9 h – 12 h"]),
        ("Sa[2,-1] 09:00-12:00", "fr", ["Le 2e et le dernier samedi du mois, 9 h – 12 h"]),
        ("Sa[1] 09:00-12:00", "nl", ["De 1e zaterdag van de maand, 9 – 12 uur"]),
        (
            "Sa[1] off; 09:00-12:00",
            "en",
            ["Every day, 9:00 – 12:00", "Closed on the 1st Saturday of the month"],
        ),
        ("Sa[1] 09:00-12:00", "de", ["Am 1. Samstag im Monat, 9 – 12 Uhr"]),
        (
            "Mo,We,Fr 09:00-12:00,13:00-17:00; Tu off",
            "fr",
            ["Le lundi, le mercredi et le vendredi, 9 h – 12 h et 13 h – 17 h", "Fermé le mardi"],
        ),
        (
            "Mo-Fr 22:00-06:00; PH 10:00-12:00",
            "fr",
            ["Du lundi au vendredi, 22 h – 6 h", "Les jours fériés, 10 h – 12 h"],
        ),
        ("Sa 18:00-24:00", "fr", ["Le samedi, 18 h – minuit"]),
        ("24/7", "fr", ["Ouvert 24 h/24, 7 jours sur 7"]),
        ("off", "fr", ["Fermé"]),
        ("Dec 24 off", "fr", ["Fermé le 24 décembre"]),
        ("2026 Jul 15-2026 Aug 15 off", "fr", ["Fermé du 15 juillet au 15 août 2026"]),
        ("2026 Jul 15-2026 Aug 15 off", "nl", ["Gesloten van 15 juli tot en met 15 augustus 2026"]),
        ("2026 Jul 15-2026 Aug 15 off", "de", ["Vom 15. Juli bis zum 15. August 2026 geschlossen"]),
        (
            "Jul 01-Aug 31 Mo-We 10:00-12:00",
            "fr",
            ["Du 1er juillet au 31 août, du lundi au mercredi, 10 h – 12 h"],
        ),
        ("2026 Dec 20-2027 Jan 05 off", "en", ["Closed from 20 December 2026 to 5 January 2027"]),
        ("2027 Jan 01+ Mo 09:00-10:00", "fr", ["À partir du 1er janvier 2027, le lundi, 9 h – 10 h"]),
        ("1900 Jan 01-2026 Jun 30 Mo 09:00-10:00", "nl", ["Tot en met 30 juni 2026, maandag, 9 – 10 uur"]),
        (
            "Mo-Sa 09:00-10:00; PH Sa off",
            "fr",
            ["Du lundi au samedi, 9 h – 10 h", "Fermé les jours fériés qui tombent le samedi"],
        ),
        ("", "fr", []),
    ],
)
def test_hours_as_sentences(text: str, lang: str, sentences: list[str]) -> None:
    assert [plain(one) for one in describe(parse(text), lang)] == sentences


def test_times_do_not_break_over_lines() -> None:
    assert describe(parse("Mo 08:30-16:00"), "fr") == [f"Le lundi, 8{NBSP}h{NBSP}30 – 16{NBSP}h"]


def test_what_is_over_is_left_out_when_asked() -> None:
    hours = parse("Mo 09:00-10:00; 2026 Jul 15-2026 Aug 15 off; Dec 24 off")
    assert len(describe(hours, "fr")) == 3
    assert [plain(one) for one in describe(hours, "fr", today=date(2026, 8, 16))] == [
        "Le lundi, 9 h – 10 h",
        "Fermé le 24 décembre",
    ]


def test_another_language_is_english_or_what_its_translation_gives() -> None:
    hours = parse("Mo 09:00-10:00")
    assert describe(hours, "ar") == describe(hours, "en")
    words = {"Monday": "الاثنين", "{opens} – {closes}": "{opens} إلى {closes}"}
    assert describe(hours, "ar", lambda text: words.get(text, text)) == ["الاثنين, 9:00 إلى 10:00"]


@pytest.mark.parametrize(
    ("now", "fr", "nl"),
    [
        ("2026-11-23T10:00", "Ouvert jusqu'à 16 h", "Open tot 16 uur"),
        ("2026-11-23T08:00", "Rouvre à 9 h", "Opent om 9 uur"),
        ("2026-11-23T17:00", "Rouvre demain à 9 h", "Opent morgen om 9 uur"),
        ("2026-11-27T21:00", "Ouvert jusqu'à 2 h", "Open tot 2 uur"),
        ("2026-11-27T19:00", "Rouvre à 20 h", "Opent om 20 uur"),
        ("2026-11-26T23:30", "Rouvre demain à 20 h", "Opent morgen om 20 uur"),
        (
            "2026-11-28T10:00",
            "Fermé aujourd'hui. Rouvre lundi à 9 h",
            "Vandaag gesloten. Opent maandag om 9 uur",
        ),
        (
            "2026-12-19T10:00",
            "Fermé aujourd'hui. Rouvre le 4 janvier à 9 h",
            "Vandaag gesloten. Opent op 4 januari om 9 uur",
        ),
    ],
)
def test_the_state_as_people_say_it(now: str, fr: str, nl: str) -> None:
    hours = parse("Mo-Th 09:00-16:00; Fr 20:00-02:00; 2026 Dec 20-2027 Jan 03 off")
    moment = datetime.fromisoformat(now)
    state = state_at(hours, moment, BELGIAN_HOLIDAYS)
    assert plain(describe_state(state, moment, "fr")) == fr
    assert plain(describe_state(state, moment, "nl")) == nl


@pytest.mark.parametrize(
    ("text", "fr", "de"),
    [
        ("24/7", "Ouvert 24 h/24", "Rund um die Uhr geöffnet"),
        ("", "Heures d'ouverture non connues", "Öffnungszeiten nicht bekannt"),
        ("off", "Fermé aujourd'hui", "Heute geschlossen"),
        ("2026 Nov 23 09:00-09:30", "Fermé", "Geschlossen"),
        ("Mo 09:00-24:00", "Ouvert jusqu'à minuit", "Geöffnet bis Mitternacht"),
        ("Mo 00:00-24:00; Tu 00:00-18:00", "Ouvert jusqu'à demain à 18 h", "Geöffnet bis morgen um 18 Uhr"),
        (
            "24/7; 2026 Nov 25 off; We 08:00-10:00",
            "Ouvert jusqu'à mercredi à 0 h",
            "Geöffnet bis Mittwoch um 0 Uhr",
        ),
        (
            "24/7; 2026 Dec 25 off",
            "Ouvert jusqu'au 25 décembre à 0 h",
            "Geöffnet bis zum 25. Dezember um 0 Uhr",
        ),
    ],
)
def test_the_state_on_a_monday_at_ten(text: str, fr: str, de: str) -> None:
    moment = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # 10:00 in Brussels
    state = state_at(parse(text), moment, BELGIAN_HOLIDAYS)
    assert plain(describe_state(state, moment, "fr")) == fr
    assert plain(describe_state(state, moment, "de")) == de


def test_a_week_with_christmas() -> None:
    lines = week_table(
        parse("Mo-Fr 08:30-12:00,13:00-16:00; PH off"), date(2026, 12, 21), "fr", BELGIAN_HOLIDAYS
    )
    assert [line.label for line in lines][:2] == ["Lundi", "Mardi"]
    assert [plain(span) for span in lines[3].spans] == ["8 h 30 – 12 h", "13 h – 16 h"]
    label, day, spans, is_holiday = lines[4]
    assert (label, day, spans, is_holiday) == ("Vendredi", date(2026, 12, 25), [], True)
    assert closed_word("fr") == "Fermé"


def test_a_week_starts_on_monday_and_unknown_hours_have_none() -> None:
    with pytest.raises(ValueError, match="not a Monday"):
        week_table(parse("24/7"), date(2026, 12, 22), "fr", ())
    assert week_table(UNKNOWN, date(2026, 12, 21), "fr", ()) == []


@UNTIMED
@given(HOURS, MOMENTS, st.sampled_from(["fr", "nl", "en", "de"]))
def test_everything_can_be_said_and_nothing_is_left_unfilled(
    hours: Hours, moment: datetime, lang: str
) -> None:
    said = [*describe(hours, lang), describe_state(state_at(hours, moment, BELGIAN_HOLIDAYS), moment, lang)]
    assert bool(describe(hours, lang)) == hours.known
    assert all(one and "{" not in one and one == one.strip() and not one.endswith(",") for one in said)
