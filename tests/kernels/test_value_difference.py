import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.value_difference import ValueDifferences, class_shares


def plain_distances(codes, labels, n_classes):
    """Squared, straight from the definition."""
    n = len(codes)
    apart = np.zeros((n, n))
    for f in range(codes.shape[1]):
        for i in range(n):
            for j in range(n):
                total = 0.0
                for c in range(n_classes):
                    share = [np.mean(labels[codes[:, f] == codes[row, f]] == c) for row in (i, j)]
                    total += abs(share[0] - share[1])
                apart[i, j] += total**2
    return apart


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), n_classes=st.integers(2, 4), n=st.integers(4, 14), k=st.integers(1, 3))
def test_the_nearest_are_those_of_the_definition(seed, n_classes, n, k):
    rng = np.random.default_rng(seed)
    codes, labels = rng.integers(3, size=(n, 2)), rng.integers(n_classes, size=n)
    shares = [class_shares(column, labels, n_classes) for column in codes.T]
    rows, distances = ValueDifferences(codes, shares, memory_mb=1e-4).nearest(k)
    apart = plain_distances(codes, labels, n_classes)
    np.fill_diagonal(apart, np.inf)
    np.testing.assert_allclose(distances**2, np.sort(apart, axis=1)[:, :k], atol=1e-9)
    np.testing.assert_allclose(np.take_along_axis(apart, rows, axis=1), distances**2, atol=1e-9)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_ties_go_to_the_smaller_number_within_the_pool(n_classes):
    codes = np.zeros((6, 1), dtype=int)
    shares = [class_shares(codes[:, 0], np.arange(6) % n_classes, n_classes)]
    around = ValueDifferences(codes, shares)
    rows, distances = around.nearest(2, asked=np.array([3, 0]), pool=np.array([5, 3, 0, 1]))
    assert rows.tolist() == [[0, 1], [1, 3]]
    assert (distances == 0).all()
    assert len(around) == 6


def test_a_category_that_does_not_occur_has_no_shares():
    assert class_shares(np.array([0, 2]), np.array([1, 0]), 2).tolist() == [[0, 1], [0, 0], [1, 0]]
