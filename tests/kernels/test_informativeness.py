import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.naive_bayes import GaussianNB

from steelyard.errors import BadTable
from steelyard.kernels.informativeness import (
    gaussian_bayes,
    informativeness,
    left_out_proba,
    numbers_and_levels,
    rank_weighted_proba,
    skill_over_prior,
)
from steelyard.kernels.neighborhood import Neighborhood


def slow_rank_weighted(neighbor_codes, counts):
    """The definition, class by class and neighbour by neighbour."""
    n, table = sum(counts), []
    for around in neighbor_codes:
        said = [1e-3 / n] * len(counts)
        for rank, code in enumerate(around, start=1):
            said[code] += 1 / rank / counts[code]
        table.append([value / sum(said) for value in said])
    return np.array(table)


@given(st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=1, max_size=8))
def test_rank_weights_by_the_definition(around):
    counts = [50, 9, 3]
    np.testing.assert_allclose(rank_weighted_proba(around, counts), slow_rank_weighted(around, counts))


def test_class_size_is_divided_out():
    """One neighbour of a class of 10 says as much as nine of a class of 90, at equal ranks."""
    proba = rank_weighted_proba([[0, 1]], [90, 10])[0]
    assert proba[1] > proba[0]
    assert rank_weighted_proba([[0, 1]], [50, 50])[0, 0] > 0.5


def test_a_class_without_rows_gets_next_to_nothing():
    proba = rank_weighted_proba([[0, 0]], [5, 0])
    assert np.isfinite(proba).all()
    assert proba[0, 1] < 1e-3


def test_own_margin_and_entropy():
    proba = np.array([[0.6, 0.3, 0.1], [1.0, 0.0, 0.0], [1 / 3] * 3])
    known = informativeness(proba, np.array([1, 0, 2]))
    np.testing.assert_allclose(known.own, [0.3, 1.0, 1 / 3])
    np.testing.assert_allclose(known.margin, [-0.3, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(known.entropy[1:], [0.0, 1.0], atol=1e-12)


def test_levels_get_a_column_each():
    around = Neighborhood(np.array([[1.0], [2.0], [3.0]]), np.array([[5, 0], [5, 1], [7, 0]]))
    matrix = numbers_and_levels(around)
    assert matrix.shape == (3, 1 + 2 + 2)
    np.testing.assert_allclose(matrix[:, 1:].sum(axis=1), 2)
    np.testing.assert_allclose(matrix[:, 0].mean(), 0, atol=1e-12)


def test_numbers_too_large_are_refused():
    with pytest.raises(BadTable, match="Rescale"):
        numbers_and_levels(Neighborhood(np.array([[1e200], [-1e200]])))


@pytest.fixture
def two_gaussians():
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1], [300, 100])
    return rng.normal(size=(400, 1)) + 2 * codes[:, None], codes


def test_known_posterior_of_two_gaussians(two_gaussians):
    X, codes = two_gaussians
    ratio = 3 * np.exp(-(X[:, 0] ** 2) / 2 + (X[:, 0] - 2) ** 2 / 2)
    proba = left_out_proba(gaussian_bayes(), X, codes, 2)
    assert np.abs(proba[:, 0] - ratio / (1 + ratio)).mean() < 0.03


def test_no_row_vouches_for_itself():
    """A label nobody else has in its place is doubted out of fold, and trusted in sample."""
    X = np.array([[0.0]] * 20 + [[10.0]] * 20 + [[10.0]])
    codes = np.array([0] * 20 + [1] * 20 + [0])

    class Memory(GaussianNB):
        def predict_proba(self, X):
            seen = {tuple(row): code for row, code in zip(self.rows, self.codes, strict=True)}
            return np.eye(2)[[seen.get(tuple(row), 0) for row in X]]

        def fit(self, X, y):
            self.rows, self.codes, self.classes_ = X, y, np.unique(y)
            return self

    assert left_out_proba(Memory(), X, codes, 2, folds=None)[-1, 0] == 1
    assert left_out_proba(Memory(), X, codes, 2, folds=5)[-1, 0] == 0


def test_groups_stay_whole():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(12), 5)
    codes = groups % 2
    X = rng.normal(size=(12, 3))[groups]  # a group is one point: its rows give each other away
    loose = skill_over_prior(left_out_proba(gaussian_bayes(), X, codes, 2), codes, np.array([0.5, 0.5]))
    whole = left_out_proba(gaussian_bayes(), X, codes, 2, groups=groups)
    assert skill_over_prior(whole, codes, np.array([0.5, 0.5])) < loose


def test_the_only_row_of_its_class_is_not_asked():
    X = np.arange(9.0)[:, None]
    proba = left_out_proba(gaussian_bayes(), X, np.array([0] * 4 + [1] * 4 + [2]), 3, folds=2)
    assert np.isnan(proba[-1]).all()
    assert not np.isnan(proba[:-1]).any()


def test_columns_that_do_not_vary_say_nothing():
    proba = left_out_proba(gaussian_bayes(), np.ones((8, 2)), np.arange(8) % 2, 2)
    assert np.isnan(proba).all()


def test_skill():
    codes = np.array([0, 0, 0, 1])
    prior = np.array([0.75, 0.25])
    assert skill_over_prior(np.eye(2)[codes], codes, prior) == 1
    assert skill_over_prior(np.tile(prior, (4, 1)), codes, prior) == pytest.approx(0)
    assert skill_over_prior(np.eye(2)[1 - codes], codes, prior) < 0
    assert np.isnan(skill_over_prior(np.full((4, 2), np.nan), codes, prior))
    # With equal shares the single row of the small class counts as much as the three.
    half = np.array([0.5, 0.5])
    only_small = np.array([[0.5, 0.5]] * 3 + [[0.0, 1.0]])
    assert skill_over_prior(only_small, codes, half) == pytest.approx(0.5)
