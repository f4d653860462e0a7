"""Searches among parts of a table, against sorting by hand."""

import numpy as np
import pytest

from steelyard.errors import BadOption
from steelyard.kernels.neighborhood import Neighborhood


def by_hand(numbers, codes, mismatch, k, asked, pool):
    found = []
    for row in asked:
        squared = ((numbers[pool] - numbers[row]) ** 2).sum(axis=1)
        if codes is not None:
            squared = squared + mismatch**2 * (codes[pool] != codes[row]).sum(axis=1)
        order = [other for _, other in sorted(zip(squared, pool, strict=True)) if other != row]
        found.append(order[:k])
    return np.array(found)


@pytest.mark.parametrize("with_codes", [False, True])
@pytest.mark.parametrize("whole_numbers", [False, True])
def test_the_nearest_of_a_part_are_those_of_sorting(with_codes, whole_numbers):
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(80, 3))
    if whole_numbers:
        numbers = np.rint(numbers)
    codes = rng.integers(3, size=(80, 2)) if with_codes else None
    asked, pool = rng.permutation(80)[:30], rng.permutation(80)[:50]
    around = Neighborhood(numbers, codes, mismatch=0.7)
    rows, distances = around.nearest(4, asked=asked, pool=pool)
    np.testing.assert_array_equal(rows, by_hand(numbers, codes, 0.7, 4, asked, np.sort(pool)))
    assert (np.diff(distances, axis=1) >= 0).all()


def test_all_rows_are_the_default_and_none_is_its_own_neighbour():
    numbers = np.repeat([[0.0], [3.0]], 3, axis=0)
    rows, _ = Neighborhood(numbers).nearest(2)
    assert rows.tolist() == [[1, 2], [0, 2], [0, 1], [4, 5], [3, 5], [3, 4]]
    some, _ = Neighborhood(numbers).nearest(2, asked=np.array([4]))
    assert some.tolist() == [[3, 5]]


def test_a_pool_too_small_is_refused():
    around = Neighborhood(np.arange(4.0)[:, None])
    with pytest.raises(BadOption, match="k must be between 1 and 1"):
        around.nearest(2, asked=np.array([0, 1]), pool=np.array([0, 1]))
    rows, _ = around.nearest(2, asked=np.array([3]), pool=np.array([0, 1]))
    assert rows.tolist() == [[1, 0]]
