"""Parameters of a search: what is taken, and how what is wrong is named."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.request import BadParameter, SearchRequest, parse
from search.vocabulary import Vocabulary

NOW = datetime(2026, 11, 22, 14, 30)
KNOWN = Vocabulary(
    labels={"need": {"food": {"fr": "Alimentation"}}, "cost": {"free": {}}, "bassin": {"nord": {}}},
    replaced={"need": {"eating": "food"}},
)


def read(strict: bool = True, **parameters) -> SearchRequest:
    return parse(
        {name: value if isinstance(value, list) else [value] for name, value in parameters.items()},
        vocabulary=KNOWN,
        languages=("fr", "nl", "en", "de"),
        default_language="fr",
        now=NOW,
        strict=strict,
    )


def test_nothing_asked_is_everything_by_relevance():
    assert read() == SearchRequest()


def test_every_parameter_has_its_place():
    request = read(
        q="  colis   alimentaire ",
        lang="nl",
        near="50.8550, 4.3053",
        radius_km="2,5",
        need=["food"],
        cost=["free"],
        age="75",
        open="2026-11-22T14:30",
        sort="distance",
        page="2",
        size="50",
    )
    assert request.q == "colis alimentaire"
    assert (request.lang, request.near_point, request.radius_km) == ("nl", (50.8550, 4.3053), 2.5)
    assert request.filters == {"need": ("food",), "cost": ("free",)}
    assert (request.age, request.open_at, request.open_now) == (75, NOW, False)
    assert (request.sort, request.page, request.size, request.offset) == ("distance", 2, 50, 50)


def test_a_retired_code_keeps_resolving():
    assert read(need=["eating", "food"]).filters == {"need": ("food",)}


def test_open_now_is_this_minute():
    assert (read(open="now").open_now, read(open="now").open_at) == (True, NOW)


def test_words_in_near_are_a_place():
    assert (read(near="1030 Schaerbeek").near_text, read(near="1030 Schaerbeek").near_point) == (
        "1030 Schaerbeek",
        None,
    )


WRONG = [
    ("lang", "xx"),
    ("near", "91.0,4.3"),
    ("near", "50.8,181"),
    ("radius_km", "0"),
    ("radius_km", "-1"),
    ("radius_km", "nan"),
    ("radius_km", "inf"),
    ("radius_km", "wide"),
    ("need", "nothing_like_it"),
    ("age", "old"),
    ("age", "-1"),
    ("age", "121"),
    ("age", "7.5"),
    ("open", "later"),
    ("open", "2026-02-30T10:00"),
    ("open", "9999-01-01T10:00"),
    ("sort", "best"),
    ("sort", "distance"),
    ("page", "0"),
    ("page", "1000000"),
    ("size", "0"),
    ("size", "101"),
    ("size", "٣"),
    ("q", "x" * 501),
    ("near", "x" * 201),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named(name, value):
    with pytest.raises(BadParameter) as raised:
        read(**{name: value})
    assert raised.value.parameter == name
    assert raised.value.detail


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_page_goes_on_without_the_wrong_value_and_says_so(name, value):
    request = read(strict=False, **{name: value})
    assert [problem.parameter for problem in request.problems] == [name]


def test_control_characters_are_spaces():
    assert read(q="colis\x00\x1f\u202ealimentaire").q == "colis alimentaire"


@given(
    st.dictionaries(
        st.sampled_from("q lang near radius_km need cost bassin age open sort page size other".split()),
        st.lists(st.text(max_size=40), max_size=3),
    )
)
def test_no_text_breaks_the_reader(parameters):
    request = parse(
        parameters, vocabulary=KNOWN, languages=("fr", "nl"), default_language="fr", now=NOW, strict=False
    )
    assert 1 <= request.size <= 100
    assert request.page >= 1
