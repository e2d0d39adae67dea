"""What may be told of counts: whoever sees the tables cannot tell hidden counts from one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.small_counts import SMALLEST, protect, table, told


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, None),
        (1, None),
        (7, None),
        (8, 10),
        (12, 10),
        (13, 15),
        (15, 15),
        (17, 15),
        (18, 20),
        (1002, 1000),
    ],
)
def test_none_to_seven_are_not_told_the_rest_is_rounded_to_five(count, shown):
    assert told(count) == shown


def test_less_than_nothing_is_no_count():
    with pytest.raises(ValueError, match="-1"):
        told(-1)


MONTHS, BASSINS, KINDS = ("01", "02"), ("nord", "sud", ""), ("food", "care", "money")
keys = st.tuples(st.sampled_from(MONTHS), st.sampled_from(BASSINS), st.sampled_from(KINDS))
counts = st.dictionaries(keys, st.integers(0, 40))


def tables(true: dict) -> list:
    """Every table that is made of the same counts: by bassin, by month, of one bassin, of one month."""
    shown = protect(true)
    made = []
    for bassins in (BASSINS, *[(one,) for one in BASSINS]):
        for months in (MONTHS, *[(one,) for one in MONTHS]):
            some = {key: count for key, count in shown.items() if key[0] in months and key[1] in bassins}
            made.append(table(some, row=lambda k: k[2], column=lambda k: k[1], rows=KINDS, columns=BASSINS))
            made.append(table(some, row=lambda k: k[2], column=lambda k: k[0], rows=KINDS, columns=MONTHS))
    return made


def everything(made) -> list:
    return [
        (
            [one.cell(row, column) for row in one.rows for column in one.columns],
            [one.of_row(row) for row in one.rows],
            [one.of_column(column) for column in one.columns],
            one.total,
        )
        for one in made
    ]


@given(counts, st.data())
def test_other_counts_of_none_to_seven_would_give_the_very_same_tables(true, data):
    """So nothing can be found by subtracting cells from totals, months from periods, bassins from all."""
    other = dict(true)
    for key in [*true, *data.draw(st.sets(keys, max_size=6))]:
        if true.get(key, 0) <= SMALLEST:
            other[key] = data.draw(st.integers(0, SMALLEST), label=str(key))
        else:  # within what it is rounded to, more than seven
            near = [count for count in range(8, 50) if told(count) == told(true[key])]
            other[key] = data.draw(st.sampled_from(near))
    assert everything(tables(other)) == everything(tables(true))


@given(counts)
def test_what_is_shown_is_never_one_to_seven_and_adds_up(true):
    for one in tables(true):
        shown = [one.cell(row, column) for row in one.rows for column in one.columns]
        assert all(cell is None or (cell > SMALLEST and cell % 5 == 0) for cell in shown)
        assert one.total == (sum(cell or 0 for cell in shown) or None)
        assert sum(one.of_row(row) or 0 for row in one.rows) == sum(
            one.of_column(c) or 0 for c in one.columns
        )


@given(counts)
def test_a_row_of_the_whole_is_off_by_at_most_two_for_each_cell_that_is_told(true):
    whole = tables(true)[0]
    for row in whole.rows:
        told_ones = [count for key, count in true.items() if key[2] == row and count > SMALLEST]
        assert abs((whole.of_row(row) or 0) - sum(told_ones)) <= 2 * len(told_ones)
