"""Repeats and near repeats against the comparison of all pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.duplicates import (
    chance_of_close,
    close_neighbors,
    one_column_apart,
    repeat_groups,
    surprise_bits,
)

tables = st.integers(1, 5).flatmap(
    lambda d: st.lists(st.lists(st.integers(0, 2), min_size=d, max_size=d), min_size=1, max_size=25)
)


@settings(max_examples=100, deadline=None)
@given(tables)
def test_repeat_groups_are_the_distinct_rows_in_order(rows):
    seen = []
    expected = []
    for row in rows:
        if row not in seen:
            seen.append(row)
        expected.append(seen.index(row))
    assert repeat_groups(np.array(rows)).tolist() == expected


@settings(max_examples=100, deadline=None)
@given(tables)
def test_one_column_apart_is_what_all_pairs_say(rows):
    table = np.array(rows)
    n, d = table.shape
    found = dict(one_column_apart(table))
    assert list(found) == list(range(d))
    for column in range(d):
        others = [j for j in range(d) if j != column]
        for a in range(n):
            agree = [b for b in range(n) if (table[a, others] == table[b, others]).all()]
            differ = len({table[b, column] for b in agree}) > 1
            assert (found[column][a] >= 0) == differ
            if differ:
                assert np.flatnonzero(found[column] == found[column][a]).tolist() == agree


def test_large_codes_do_not_overflow():
    codes = np.array([[2**40, 5], [2**40, 5], [2**41, 5]])
    assert repeat_groups(codes).tolist() == [0, 0, 1]


def test_bits_are_the_chance_of_two_rows_to_agree():
    rng = np.random.default_rng(0)
    column = rng.integers(0, 8, 300)
    agreeing = sum(column[a] == column[b] for a in range(300) for b in range(a))
    assert surprise_bits(column[:, None])[0] == pytest.approx(-np.log2(agreeing / (300 * 299 / 2)))


def test_bits_predict_how_many_pairs_independent_columns_share():
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 5, size=(2000, 5))
    expected = 2.0 ** -(surprise_bits(codes).sum() - np.log2(2000 * 1999 / 2))
    sizes = np.bincount(repeat_groups(codes))
    assert (sizes * (sizes - 1) / 2).sum() == pytest.approx(expected, rel=0.1)


def test_a_column_without_repeats_has_bits_beyond_the_pairs():
    assert surprise_bits(np.arange(100)[:, None])[0] > np.log2(100 * 99 / 2)


def test_close_neighbors_by_hand():
    distances = np.array(
        [
            [0.001, 1.0, 1.1],  # one copy
            [0.001, 0.002, 1.0],  # two copies
            [0.5, 0.6, 0.7],  # none
            [0.001, 0.001, 0.001],  # nothing to compare with
            [0.0, 0.0, 1.0],  # exact copies
        ]
    )
    close = close_neighbors(distances, ratio=0.05)
    assert close.sum(axis=1).tolist() == [1, 2, 0, 0, 2]


@pytest.mark.parametrize("dimension", [1, 2, 4])
def test_chance_of_close_is_what_uniform_points_show(dimension):
    rng = np.random.default_rng(0)
    points = rng.random((1500, dimension))
    distances = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    np.fill_diagonal(distances, np.inf)
    nearest = np.sort(distances, axis=1)[:, :5]
    ratio = 0.3
    observed = (nearest[:, 0] <= ratio * nearest[:, 1]).mean()
    assert chance_of_close(nearest, ratio=ratio) == pytest.approx(observed, rel=0.35)


def test_chance_cannot_be_said_of_copies_only():
    assert chance_of_close(np.zeros((4, 3)), ratio=0.1) == 1.0
    assert chance_of_close(np.ones((4, 3)), ratio=0.1) == 1.0
