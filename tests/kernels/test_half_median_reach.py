"""Half the median distance to the rest, beside plain loops."""

import math
import statistics

import numpy as np
import pytest
from scipy import sparse

from steelyard.kernels.half_median_reach import half_median_reach
from steelyard.kernels.neighborhood import Neighborhood


@pytest.mark.parametrize("memory_mb", [64, 1e-4])
def test_it_equals_plain_loops(memory_mb):
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(40, 3)) + 1e4
    codes = rng.integers(0, 3, size=(40, 2))
    around = Neighborhood(numbers, codes, 0.7, memory_mb=memory_mb)
    pool, asked = np.arange(5, 35), np.array([5, 20, 36])

    def distance(one, other):
        differ = int((codes[one] != codes[other]).sum())
        return math.sqrt(math.dist(numbers[one], numbers[other]) ** 2 + 0.49 * differ)

    expected = [
        statistics.median(distance(row, other) for other in pool if other != row) / 2 for row in asked
    ]
    np.testing.assert_allclose(half_median_reach(around, asked, pool), expected, rtol=1e-9)


def test_sparse_rows_and_rows_of_categories_alone():
    numbers = np.random.default_rng(0).normal(size=(20, 4))
    rows = np.arange(20)
    dense = half_median_reach(Neighborhood(numbers), rows, rows)
    np.testing.assert_allclose(half_median_reach(Neighborhood(sparse.csr_array(numbers)), rows, rows), dense)
    codes = np.array([[0], [0], [1], [1]])
    alone = half_median_reach(Neighborhood(np.empty((4, 0)), codes, 1.0), np.arange(4), np.arange(4))
    assert alone.tolist() == [0.5] * 4
