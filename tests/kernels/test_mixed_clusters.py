import numpy as np

from steelyard.kernels.mixed_clusters import mixed_clusters
from steelyard.kernels.mixed_distance import Points


def test_clusters_that_lie_apart_are_found_by_numbers_and_by_codes():
    rng = np.random.default_rng(0)
    numbers = np.repeat([[0.0], [0.0], [50.0]], 30, axis=0) + rng.normal(size=(90, 1))
    codes = np.repeat([[0, 3, 3], [4, 1, 1], [0, 3, 3]], 30, axis=0)
    codes[::10] = 2
    found = []
    for seed in range(8):
        _, member = mixed_clusters(Points(numbers, codes, 100.0), 3, np.random.default_rng(seed))
        clean = np.arange(90) % 10 != 0
        parts = [set(member[clean & (np.arange(90) // 30 == part)]) for part in range(3)]
        found.append(all(len(part) == 1 for part in parts) and len(set.union(*parts)) == 3)
    assert any(found)


def test_centres_are_means_and_most_frequent_codes():
    numbers = np.array([[1.0], [2.0], [6.0]])
    codes = np.array([[5, 1], [5, 0], [7, 0]])
    centres, member = mixed_clusters(Points(numbers, codes, 1.0), 1, np.random.default_rng(0))
    assert (centres.numeric.tolist(), centres.codes.tolist(), member.tolist()) == ([[3.0]], [[5, 0]], [0] * 3)


def test_the_smaller_of_equally_frequent_codes():
    centres, _ = mixed_clusters(
        Points(np.zeros((4, 0)), np.array([[3], [1], [3], [1]]), 1.0), 1, np.random.default_rng(0)
    )
    assert centres.codes.tolist() == [[1]]


def test_equal_rows_leave_clusters_without_rows():
    centres, member = mixed_clusters(
        Points(np.ones((6, 2)), np.zeros((6, 1), dtype=int), 1.0), 3, np.random.default_rng(0)
    )
    assert set(member) == {0}
    np.testing.assert_array_equal(centres.numeric, 1.0)
