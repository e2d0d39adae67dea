"""Relevance measures against values worked out by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.relevance.metrics import dcg, gain, ndcg, recall, reciprocal_rank, success

A3_B1 = {"a": 3, "b": 1}


def test_gain_and_dcg():
    assert [gain(grade) for grade in (0, 1, 2, 3)] == [0, 1, 3, 7]
    assert dcg([7, 0, 3]) == pytest.approx(7 + 3 / math.log2(4))


@pytest.mark.parametrize(
    ("ranked", "grades", "value"),
    [
        (["a", "b"], A3_B1, 1.0),
        (["a", "x", "y"], {"a": 1}, 1.0),
        (["x", "a"], {"a": 1}, 1 / math.log2(3)),
        (["b", "a"], A3_B1, (1 + 7 / math.log2(3)) / (7 + 1 / math.log2(3))),
        (["x"] * 10 + ["a"], {"a": 3}, 0.0),
        (["a", "a", "a"], {"a": 3, "b": 3}, 7 / (7 + 7 / math.log2(3))),
        ([], A3_B1, 0.0),
        (["a"], {}, 0.0),
    ],
)
def test_ndcg(ranked, grades, value):
    assert ndcg(ranked, grades) == pytest.approx(value)


@pytest.mark.parametrize(
    ("ranked", "success_at_3", "reciprocal", "recall_at_50"),
    [
        (["a", "x"], 1, 1, 0.5),
        (["x", "y", "b", "a"], 1, 1 / 3, 1),
        (["x", "y", "z", "a"], 0, 1 / 4, 0.5),
        (["x"], 0, 0, 0),
        (["x"] * 50 + ["a", "b"], 0, 1 / 51, 0),
    ],
)
def test_success_reciprocal_rank_and_recall(ranked, success_at_3, reciprocal, recall_at_50):
    assert success(ranked, A3_B1) == success_at_3
    assert reciprocal_rank(ranked, A3_B1) == pytest.approx(reciprocal)
    assert recall(ranked, A3_B1) == recall_at_50


def test_nothing_relevant_gives_nothing():
    assert recall(["a"], {}) == 0
    assert reciprocal_rank(["a"], {}) == 0


@given(st.permutations("abcdef"), st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 3), min_size=1))
def test_measures_lie_between_0_and_1_and_the_best_order_gives_1(ranked, grades):
    assert 0 <= ndcg(ranked, grades) <= 1 + 1e-9
    best = sorted(ranked, key=lambda item: -grades.get(item, 0))
    assert ndcg(best, grades) == pytest.approx(1)
    assert ndcg(best, grades) >= ndcg(ranked, grades) - 1e-9
