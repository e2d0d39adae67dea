"""Texts from outside, in tables: what is refused, what a national number is, and hours as people type them."""

import pytest

from services.personal_numbers import has_national_number, national_numbers
from services.suggestions.fields import same
from services.suggestions.screening import faults, proves_work
from services.suggestions.week import NotHours, days_of, hours_of


@pytest.mark.parametrize(
    "text",
    [
        "né le 30 juillet, 85.07.30-033.28",
        "85073003328",
        "NISS: 85 07 30 033 28.",
        "85/07/30-033/28",
        "Rue 5 85.07.30-033.28",
        "85.07.30–033.28 (tiret long)",
        "17073003384",  # born after 1999
        "(85073003328)",
        "85,07,30 033 28",
        "85:07:30-033-28",
        "85.07.30 (033) 28",
        "85.07.30 n° 033.28",
        "85_07_30_033_28",
    ],
)
def test_a_national_number_is_seen_however_it_is_written(text):
    assert has_national_number(text)


def test_a_bis_number_is_seen_too():
    assert has_national_number("98.47.28-997.65")


@pytest.mark.parametrize(
    "text",
    [
        "85.07.30-033.29",  # wrong check number
        "02 512 34 56 ou 0475 12 34 56",
        "+32 475 12 34 56",
        "BE68 5390 0754 7034",
        "BE 0403.170.701",
        "850730033281",  # one digit more
        "1850730-03328",
        "",
    ],
)
def test_phones_accounts_and_enterprise_numbers_are_no_national_numbers(text):
    assert not has_national_number(text)


def test_where_it_stands():
    assert list(national_numbers("x 85 07 30 033 28 y")) == [(2, 17)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<script>alert(1)</script>", "markup"),
        ("<b>gras", "markup"),
        ("< a href=x>", "markup"),
        ("[url=http://x]y[/url]", "markup"),
        ("javascript:alert(1)", "markup"),
        ("&#x3c;script", "markup"),
        ("http://a.be http://b.be www.c.be", "links"),
        ("a\x00b", "control"),
        ("\u202egnp.exe", "control"),
        ("le 85.07.30-033.28", "national_number"),
    ],
)
def test_what_is_refused(text, fault):
    assert fault in faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pour les <18 ans, > 65 ans aussi",
        "Voir https://www.exemple.be et www.autre.be",
        "Ligne 1\nLigne 2\tfin",
        "C'est « fermé » depuis 2025 !",
    ],
)
def test_what_people_write_is_taken(text):
    assert faults(text) == []


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("9-12", "Mo 09:00-12:00"),
        ("9h30 à 12h", "Mo 09:30-12:00"),
        ("09:00–12:00 en 13:00–17:00", "Mo 09:00-12:00,13:00-17:00"),
        ("8h - 12h30 et 14h-18h", "Mo 08:00-12:30,14:00-18:00"),
        ("9u tot 12u30", "Mo 09:00-12:30"),
        ("9 bis 12 und 13 bis 16 Uhr", "Mo 09:00-12:00,13:00-16:00"),
        ("22-2", "Mo 22:00-02:00"),
        ("0-24", "Mo 00:00-24:00"),
    ],
)
def test_a_day_as_people_type_it(line, hours):
    assert hours_of([line, *[""] * 6]) == hours


@pytest.mark.parametrize(
    "line", ["x", "9", "lundi", "9-12 sur rendez-vous", "25-26", "9-9", "9:75-10", "rdv 9-12"]
)
def test_what_is_no_hours_names_the_day(line):
    with pytest.raises(NotHours) as refused:
        hours_of(["", "", line, "", "", "", ""])
    assert refused.value.day == 2


def test_a_week_comes_back_as_it_was():
    text = "Mo-Th 09:00-12:00,13:00-17:00; Fr 09:00-12:00; PH off"
    assert hours_of(days_of(text), before=text) == text


def test_closed_on_every_day_is_not_the_same_as_unknown():
    assert hours_of(["fermé"] * 7) == "off"
    assert hours_of([""] * 7) == ""


def test_what_a_week_does_not_say_is_left_to_words():
    for text in (
        "Mo-Fr 09:00-12:00; Jul 01-Aug 31 off",
        "Sa[1] 10:00-12:00",
        "Mo-Fr 09:00-12:00; PH 10:00-12:00",
    ):
        assert days_of(text) is None


def test_spaces_and_line_ends_are_no_correction():
    assert same("Rue  Haute\r\n5", "Rue Haute\n5 ")
    assert not same(["02 1"], ["02 2"])


def test_the_proof_is_quick_to_check_and_bound_to_its_sheet():
    number = next(str(n) for n in range(1_000_000) if proves_work("aa", str(n), bits=10))
    assert proves_work("aa", number, bits=10)
    assert not proves_work("ab", number, bits=20)
    for wrong in ("", "-1", "1" * 13, "x", "١"):
        assert not proves_work("aa", wrong, bits=0)
