"""Cells of the CSV format: what is read, written, guarded and refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.transfer import csv_cells as cells
from services.transfer.csv_cells import CellRefused, clean, guarded, unguarded
from services.transfer.csv_columns import COLUMNS


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+32 2 212 96 12", "'+32 2 212 96 12"),
        ("-5", "'-5"),
        ("@home", "'@home"),
        ("'=quoted", "''=quoted"),
        ("'t Huis", "'t Huis"),
        ("rue Haute", "rue Haute"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_is_guarded(text, written):
    assert guarded(text) == written
    assert unguarded(written) == text


@given(st.text(alphabet="'=+-@a\t", max_size=6))
def test_the_guard_is_undone_exactly(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in tuple("=+-@\t")


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("needs", "food_parcel| food_meal |food_parcel", ("food_parcel", "food_meal")),
        ("audiences", "bim|seniors:exclusive", (("bim", "preferential"), ("seniors", "exclusive"))),
        ("age_min", "18", 18),
        ("age_min", "", None),
        ("lat", "50,8503", 50.8503),
        ("verified_at", "2026-10-02", date(2026, 10, 2)),
        ("opening_hours", "Mo-Fr 09:00-12:00;PH off", "Mo-Fr 09:00-12:00; PH off"),
        ("phone", "'+32 2 212 96 12|1712|02/212 96 12", ("+32 2 212 96 12", "1712")),
        ("visibility", "", None),
        ("visibility", "address_hidden", ("public", "address_hidden")),
        ("visibility", "professionals|address_professionals", ("professionals", "professionals")),
        ("description_fr", "moins de 3 < 5, <3", "moins de 3 < 5, <3"),
    ],
)
def test_read(column, text, value):
    kind = COLUMNS[column]
    assert kind.value(clean(text)) == value
    if value is not None:
        assert kind.value(clean(kind.write(value))) == value, "what is written is read again"


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("languages", "fr|klingon", 'unknown code "klingon"'),
        ("costs", "gratis", "unknown code"),
        ("status", "in_review", "unknown code"),
        ("audiences", "bim:perhaps", "after the colon"),
        ("visibility", "secret", "unknown code"),
        ("age_max", "121", "from 0 to 120"),
        ("age_max", "٣", "whole number"),
        ("lat", "91", "from -90 to 90"),
        ("lon", "nan", "from -180 to 180"),
        ("verified_at", "22/11/2026", "2026-11-22"),
        ("verified_at", "2026-02-30", "no such day"),
        ("opening_hours", "Monday nine", "Monday"),
        ("phone", "ask at the desk", "no phone number"),
        ("email", "info(at)x.be", "no e-mail address"),
        ("website", "javascript:alert(1)", "no web address"),
        ("name_fr", "x" * 201, "at most 200"),
        ("name_fr", "two\nlines", "one line"),
        ("description_nl", "Welkom <b>iedereen</b>", "HTML"),
        ("description_nl", "&lt;script&gt;", "HTML"),
    ],
)
def test_refused(column, text, reason):
    with pytest.raises(CellRefused, match=reason):
        COLUMNS[column].value(clean(text))


def test_control_characters_and_endless_cells_are_refused():
    with pytest.raises(CellRefused, match=r"U\+0007"):
        clean("a\x07b")
    with pytest.raises(CellRefused, match="quote left open"):
        clean("x" * 20_001)


@pytest.mark.parametrize(
    ("cell", "number", "box"),
    [("12 bte 3", "12", "3"), ("12A bus B2", "12A", "B2"), ("12", "12", ""), ("", "", "")],
)
def test_house_number_and_box(cell, number, box):
    assert cells.split_box(cell) == (number, box)
    assert cells.split_box(cells.join_box(number, box)) == (number, box)
