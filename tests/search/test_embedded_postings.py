"""The parts of the embedded engine that make it quick, each against the plainest way to say the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engines.embedded.cards import NO_CARD, Packer
from search.engines.embedded.collecting import Collector
from search.engines.embedded.columns import Columns
from search.engines.embedded.facets import Chosen, FacetCounts
from search.engines.embedded.postings import Postings, damage
from search.engines.embedded.ranking import _first
from search.engines.embedded.schema import LANGUAGES, row_values
from search.engines.embedded.spots import Spots

from .builders import FLAGEY, GENT, SCHUMAN, listing


def _postings(folder, names):
    collector = Collector()
    for number, name in enumerate(names):
        collector.add(listing(name, pk=number + 1))
    collector.save(folder / "postings")
    return Postings(folder / "postings")


@pytest.mark.parametrize("every", [1, 2, 7, 20, 254, 255, 256, 700])
def test_rows_come_back_whatever_form_they_were_kept_in(tmp_path, every):
    names = [f"mot{' rare' if row % every == 0 else ''}{' zz' if row == 1500 else ''}" for row in range(2000)]
    postings = _postings(tmp_path, names)
    expected = list(range(0, 2000, every))
    assert postings.rows("name_x", "rare").tolist() == expected
    assert postings.count("name_x", "rare") == len(expected)
    mask = np.zeros(2005, bool)
    postings.mark("name_x", "rare", mask)
    assert np.flatnonzero(mask).tolist() == expected
    assert postings.rows("name_x", "zz").tolist() == [1500]
    assert postings.rows("name_x", "mot").tolist() == list(range(2000))
    assert postings.rows("body_x", "mot").tolist() == []
    assert postings.rows("name_x", "mo").tolist() == []


def test_prefixes_are_ranges_of_a_field(tmp_path):
    postings = _postings(tmp_path, ["école parc", "parc", "parking", "zoo parc", "épicerie"])
    assert dict(postings.terms("name_x", "par")) == {"parc": 3, "parking": 1}
    assert postings.commonest("name_x", "par", 1) == [("parc", 3)]
    assert dict(postings.terms("name_x")) == {"ecole": 1, "parc": 3, "parking": 1, "zoo": 1, "epicerie": 1}
    assert list(postings.terms("topic_x", "par")) == []
    assert list(postings.terms("name_x", "q")) == []


def test_no_documents_have_no_postings(tmp_path):
    postings = _postings(tmp_path, [])
    assert postings.rows("name_x", "parc").tolist() == []
    assert list(postings.terms("name_x")) == []


def test_postings_that_are_not_whole_are_refused(tmp_path):
    _postings(tmp_path, ["parc"])
    np.save(tmp_path / "postings" / "keys.npy", np.zeros(1, np.uint32))
    with pytest.raises(ValueError, match="not whole"):
        Postings(tmp_path / "postings")


def test_a_changed_byte_is_found_out(tmp_path):
    _postings(tmp_path, ["parc", "parc zoo"])
    folder = tmp_path / "postings"
    assert damage(folder) is None
    written = bytearray((folder / "places.npy").read_bytes())
    written[-1] ^= 1
    (folder / "places.npy").write_bytes(written)
    assert damage(folder) == "places.npy is not as it was written"


def _columns(listings, columns=None):
    return (columns or Columns.empty(LANGUAGES)).replaced([(one.pk, row_values(one)) for one in listings])


def test_facets_follow_edits_as_if_counted_anew():
    pick = np.random.default_rng(4)
    codes = [f"code{number}" for number in range(9)]

    def some(first, count):
        return [
            listing("N", pk=first + number, need=pick.choice(codes, 3, replace=False).tolist())
            for number in range(count)
        ]

    columns = _columns(some(1, 300))
    counts = FacetCounts(columns)
    old = (columns, counts)
    counts.count("need", Chosen(np.ones(300, bool)))
    for first in (301, 302, 310, 500):
        columns = _columns(some(first, 7), columns)
        counts = FacetCounts(columns, counts)
        for mask in (np.ones(len(columns), bool), columns.alive, pick.random(len(columns)) < 0.5):
            ragged = columns.multi["need"]
            values = ragged.values[ragged.of(np.flatnonzero(mask))[1]]
            expected = {columns.codes["need"][code]: int((values == code).sum()) for code in set(values)}
            assert counts.count("need", Chosen(mask)) == expected
    mask = np.ones(300, bool)  # who still reads the old rows counts none of the new ones
    assert sum(old[1].count("need", Chosen(mask)).values()) == 900


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=60), st.integers(0, 70))
def test_the_first_of_an_order_are_those_of_the_whole_order(pairs, wanted):
    keys = [
        np.array([pair[0] for pair in pairs], float),
        np.array([pair[1] for pair in pairs], float),
        np.arange(len(pairs)),
    ]
    found = _first(keys, wanted).tolist()
    whole = sorted(range(len(pairs)), key=lambda at: (*pairs[at], at))
    assert len(set(found)) == len(found)
    assert sorted(found, key=whole.index)[:wanted] == whole[:wanted]


def test_the_nearest_of_several_places_and_of_none():
    columns = _columns([listing("A", at=[GENT, FLAGEY, SCHUMAN]), listing("B"), listing("C", at=FLAGEY)])
    rows = np.arange(3)
    found = Spots(columns).nearest(rows, *SCHUMAN)
    assert found.point.tolist() == [2, 0, 0]
    assert found.metres == pytest.approx([0.0, np.inf, 1861], abs=15)
    more = _columns([listing("D", at=[SCHUMAN, SCHUMAN])], columns)
    followed = Spots(more, Spots(columns)).nearest(np.array([2, 3]), *SCHUMAN)
    assert followed.metres == pytest.approx([found.metres[2], 0.0], abs=1e-6)
    assert followed.point.tolist() == [0, 0]


def test_a_card_comes_back_from_its_dictionary_and_without(tmp_path):
    card = {"uuid": "u", "name": {"fr": "Épicerie"}, "phones": [1, None, 2.5]}
    Packer.taught_by([card, card]).save(tmp_path / "dictionary")
    packer = Packer.load(tmp_path / "dictionary")
    assert packer.card(packer.packed(card)) == card
    assert len(packer.packed(card)) < len(Packer.plain(card))
    assert packer.card(Packer.plain(card)) == card
    assert packer.card(NO_CARD) is None
    with pytest.raises(ValueError, match="card"):
        packer.card(b"d" + b"\xff" * 9)
