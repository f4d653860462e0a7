"""Rows that equal earlier ones are left out, and no others."""

import numpy as np
import pytest
from scipy import sparse

from steelyard.kernels import equal_rows
from steelyard.kernels.equal_rows import first_of_equal
from steelyard.kernels.mixed_distance import Points, compact_codes


def by_hand(lines, most):
    seen, stays = {}, []
    for number, line in enumerate(lines):
        seen[line] = seen.get(line, 0) + 1
        if seen[line] <= most:
            stays.append(number)
    return stays


@pytest.mark.parametrize("most", [1, 3])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("with_codes", [False, True])
def test_only_the_first_of_equal_rows_stay(most, kind, with_codes):
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 3, size=(200, 3)).astype(kind)
    codes = rng.integers(0, 2, size=(200, 2)).astype(np.uint8) if with_codes else None
    lines = [tuple(row) for row in (np.hstack([numbers, codes]) if with_codes else numbers)]
    assert first_of_equal(Points(numbers, codes), most).tolist() == by_hand(lines, most)


def test_both_zeros_are_equal_and_columns_are_told_apart():
    assert first_of_equal(Points(np.array([[0.0], [-0.0]])), 1).tolist() == [0]
    assert first_of_equal(Points(np.array([[1.0, 2.0], [2.0, 1.0]])), 1).tolist() == [0, 1]
    assert first_of_equal(Points(np.empty((3, 0)), np.array([[1, 2], [2, 1], [1, 2]])), 1).tolist() == [0, 1]


def test_sparse_rows_are_equal_whatever_is_written_out():
    table = sparse.csr_array(
        (
            np.array([1.0, 2.0, 1.0, 2.0, 0.0, 1.0, 1.0]),
            np.array([0, 3, 0, 3, 1, 0, 1]),
            np.array([0, 2, 5, 6, 7, 7]),
        )
    )
    assert first_of_equal(Points(table), 1).tolist() == [0, 2, 3, 4]


def test_equal_fingerprints_are_not_taken_for_equal_rows(monkeypatch):
    monkeypatch.setattr(equal_rows, "_fingerprints", lambda points: np.zeros(len(points), dtype=np.uint64))
    assert first_of_equal(Points(np.array([[1.0], [2.0], [1.0], [3.0]])), 1).tolist() == [0, 1, 3]


def test_codes_are_written_in_the_smallest_type():
    left, right = compact_codes([np.array([[-1, 5]]), np.array([[254, 5]])])
    assert (left.dtype, right.dtype) == (np.uint8, np.uint8)
    assert left.tolist() == [[0, 0]]
    assert compact_codes([np.array([[-1], [255]])])[0].dtype == np.uint16
    assert compact_codes([np.array([[0], [2**40]])])[0].dtype == np.uint64
    assert compact_codes([np.empty((0, 2), dtype=int)])[0].shape == (0, 2)
    already = np.array([[3]], dtype=np.uint8)
    assert compact_codes([already])[0] is already
