"""Searches among parts of a table, against sorting by hand."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.neighbors import NearestNeighbors

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


@pytest.mark.parametrize("with_codes", [False, True])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_nearest_enemy_is_the_nearest_row_of_another_label(n_classes, with_codes):
    rng = np.random.default_rng(0)
    numbers = rng.integers(0, 5, size=(90, 2)).astype(float)
    codes = rng.integers(3, size=(90, 1)) if with_codes else None
    labels = np.array(["w", "x", "y", "z"])[rng.integers(n_classes, size=90)]
    asked = rng.permutation(90)[:40]
    rows, distances = Neighborhood(numbers, codes, mismatch=0.7).nearest_enemy(labels, asked=asked)
    for place, row in enumerate(asked):
        enemies = np.flatnonzero(labels != labels[row])
        assert rows[place] == by_hand(numbers, codes, 0.7, 1, [row], enemies)[0, 0]
    squared = ((numbers[rows] - numbers[asked]) ** 2).sum(axis=1)
    if codes is not None:
        squared += 0.49 * (codes[rows] != codes[asked])[:, 0]
    np.testing.assert_allclose(distances, np.sqrt(squared))
    every, _ = Neighborhood(numbers, codes, mismatch=0.7).nearest_enemy(labels)
    np.testing.assert_array_equal(every[asked], rows)


def test_one_label_has_no_enemy():
    with pytest.raises(BadOption, match="at least two labels"):
        Neighborhood(np.eye(3)).nearest_enemy(np.zeros(3))


class Elsewhere(BaseEstimator):
    """An engine of the user's that measures along the first column only, and says what it was asked."""

    def __init__(self, asked=None):
        self.asked = asked

    def fit(self, X):
        self.rows = X[:, 0]
        return self

    def kneighbors(self, X, n_neighbors, return_distance):
        apart = np.abs(X[:, :1] - self.rows)
        order = np.argsort(apart, axis=1, kind="stable")[:, :n_neighbors]
        return np.take_along_axis(apart, order, axis=1), order


def test_an_engine_of_the_users_answers_instead_of_ours():
    numbers = np.array([[0.0, 9.0], [1.0, 0.0], [3.0, 9.0], [3.0, 9.0]])
    engine = Elsewhere()
    around = Neighborhood(numbers, engine=engine)
    rows, distances = around.nearest(2)
    assert rows.tolist() == [[1, 2], [0, 2], [3, 1], [2, 1]]
    assert distances.tolist() == [[1, 3], [1, 2], [0, 2], [0, 2]]
    assert around.nearest(1, asked=np.array([0, 3]), pool=np.array([3, 1]))[0].tolist() == [[1], [1]]
    assert around.nearest_enemy(np.array([0, 0, 1, 1]))[0].tolist() == [2, 2, 1, 1]
    assert not hasattr(engine, "rows")
    assert around.recall_ is None


def test_an_engine_that_does_not_name_the_row_itself_loses_its_last():
    class Shy(Elsewhere):
        def kneighbors(self, X, n_neighbors, return_distance):
            distances, rows = super().kneighbors(X, n_neighbors + 1, return_distance)
            return distances[:, 1:], rows[:, 1:]

    rows, _ = Neighborhood(np.arange(5.0)[:, None], engine=Shy()).nearest(2)
    assert rows[0].tolist() == [1, 2]
    assert rows.shape == (5, 2)


def test_an_engine_gives_what_ours_gives_where_it_is_right():
    numbers = np.random.default_rng(0).normal(size=(60, 3))
    theirs = Neighborhood(numbers, engine=NearestNeighbors()).nearest(4)
    for expected, found in zip(Neighborhood(numbers).nearest(4), theirs, strict=True):
        np.testing.assert_allclose(found, expected)


def test_engines_that_answer_nonsense_are_refused():
    class Short(Elsewhere):
        def kneighbors(self, X, n_neighbors, return_distance):
            return tuple(part[:, :1] for part in super().kneighbors(X, n_neighbors, return_distance))

    class Lost(Elsewhere):
        def kneighbors(self, X, n_neighbors, return_distance):
            distances, rows = super().kneighbors(X, n_neighbors, return_distance)
            return distances, rows + 5

    numbers = np.arange(6.0)[:, None]
    with pytest.raises(BadOption, match=r"must return distances and indices of shape \(6, 3\)"):
        Neighborhood(numbers, engine=Short()).nearest(2)
    with pytest.raises(BadOption, match="indices outside of the 6 rows"):
        Neighborhood(numbers, engine=Lost()).nearest(2)
    with pytest.raises(BadOption, match="k must be between 1 and 5"):
        Neighborhood(numbers, engine=Elsewhere()).nearest(6)
    with pytest.raises(BadOption, match="measures numbers only"):
        Neighborhood(numbers, np.zeros((6, 1), dtype=int), engine=Elsewhere())


def test_codes_are_kept_small():
    around = Neighborhood(np.zeros((3, 1)), np.array([[-1], [200], [3]]))
    assert around.codes.dtype == np.uint8
    assert around.codes.ravel().tolist() == [0, 201, 4]
