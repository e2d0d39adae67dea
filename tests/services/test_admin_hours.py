"""Opening hours in the admin's form: days ticked, times typed, codes kept, and words read back."""

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import translation

from services.admin.hours import DaysInput, TimeInput, clean_time, join_byday, sentences, split_byday
from services.models import Schedule


@pytest.mark.parametrize(
    ("days", "weeks", "text"),
    [
        (["MO"], [], "MO"),
        (["FR", "MO"], [], "MO,FR"),
        (["SA"], [1], "1SA"),
        (["SA", "TU"], [-1, 1], "1TU,-1TU,1SA,-1SA"),
        ([], [], ""),
    ],
)
def test_days_are_written_and_read(days, weeks, text):
    assert join_byday(days, weeks) == text
    found = split_byday(text)
    assert (set(found[0]), set(found[1])) == (set(days), set(weeks))


@pytest.mark.parametrize("text", ["1SA,2SU", "MO,1SA", "XX,", "MO;TU", "every day"])
def test_what_boxes_cannot_say_stays_a_code(text):
    assert split_byday(text) is None
    html = DaysInput().render("byday", text, {"id": "id_byday"})
    assert 'name="byday"' in html
    assert f'value="{text}"' in html
    assert DaysInput().value_from_datadict(QueryDict(f"byday={text}"), {}, "byday") == text


def test_the_form_shows_and_takes_ticked_days():
    html = DaysInput().render("s-0-byday", "1TU,1SA", {"id": "id_s-0-byday"})
    assert html.count(" checked") == 3
    posted = QueryDict("s-0-byday_days=SA&s-0-byday_days=TU&s-0-byday_weeks=1&s-0-byday_weeks=evil")
    assert DaysInput().value_from_datadict(posted, {}, "s-0-byday") == "1TU,1SA"
    assert DaysInput().value_from_datadict(QueryDict("s-0-byday_days=<b>"), {}, "s-0-byday") == ""


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("8", "08:00"),
        ("8h", "08:00"),
        ("8 h 30", "08:30"),
        ("8h30", "08:30"),
        ("08.30", "08:30"),
        ("830", "08:30"),
        ("1630", "16:30"),
        ("9u", "09:00"),
        (" 12:30 ", "12:30"),
        ("nine", "nine"),
        ("12:5", "12:5"),
        ("", ""),
    ],
)
def test_times_as_people_type_them(typed, kept):
    assert clean_time(typed) == kept
    assert TimeInput().value_from_datadict({"t": typed}, {}, "t") == kept


@pytest.mark.parametrize(
    ("byday", "on_holidays", "freq"),
    [("MO,TU", "regular", "WEEKLY"), ("1SA", "off", "MONTHLY"), ("-1TH", "off", "MONTHLY"), ("", "only", "")],
)
def test_how_it_repeats_follows_from_the_days(byday, on_holidays, freq):
    row = Schedule(byday=byday, on_holidays=on_holidays, opens_at="09:00", closes_at="12:00")
    row.clean()
    assert row.freq == freq


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"opens_at": "nine", "closes_at": "12:00"}, "opens_at", "nine"),
        ({"opens_at": "25:00", "closes_at": "12:00"}, "opens_at", "25:00"),
        ({"opens_at": "09:00"}, "closes_at", "08:30"),
        ({"closed": True, "opens_at": "09:00", "closes_at": "12:00"}, "closed", "closed"),
        ({"byday": "LU", "opens_at": "09:00", "closes_at": "12:00"}, "byday", "LU"),
        ({"opens_at": "09:00", "closes_at": "12:00", "yearly": True}, "valid_from", "every year"),
    ],
)
def test_a_wrong_row_says_what_to_do(values, field, says):
    with translation.override("en"), pytest.raises(ValidationError) as raised:
        Schedule(**{"byday": "MO", **values}).clean()
    with translation.override("en"):  # the messages are lazy: they are read in the language of their reader
        messages = raised.value.message_dict
    assert list(messages) == [field]
    assert says in messages[field][0]


def test_hours_are_read_back_in_the_readers_language():
    rows = [Schedule(byday="MO,TU,WE,TH,FR", opens_at="08:30", closes_at="16:00")]
    with translation.override("fr"):
        [line] = sentences(rows)
    assert line.replace("\xa0", " ").replace("\u202f", " ") == "Du lundi au vendredi, 8 h 30 – 16 h"
    assert sentences([Schedule(byday="MO", opens_at="x", closes_at="y")]) == []
