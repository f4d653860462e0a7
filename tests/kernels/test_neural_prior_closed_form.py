"""The exact minimum of the one-way loss: a plain joint optimiser as twin, the formula, the sign."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning

from steelyard.kernels import neural_prior_closed_form as module
from steelyard.kernels.neural_prior_closed_form import neural_prior_closed_form, with_ones
from steelyard.kernels.neural_prior_theory import own_log_prior_at_rest


def rows(n=80, d=3, k=4, seed=0):
    rng = np.random.default_rng(seed)
    codes = rng.choice(k, n, p=[0.6, 0.25, 0.1, 0.05])
    return rng.normal(size=(n, d)) + codes[:, None], codes


def value(theta, features, codes, alpha):
    """The loss as it is written, by a loop."""
    theta = theta.reshape(-1, features.shape[1] + 1)
    each = [np.logaddexp(0, theta[code] @ np.append(h, 1)) for h, code in zip(features, codes, strict=True)]
    return np.mean(each) + alpha / 2 * (theta**2).sum()


def test_it_is_where_a_plain_optimiser_of_all_classes_at_once_ends():
    features, codes = rows()
    theta = neural_prior_closed_form(features, codes, 4, alpha=0.01)
    slow = minimize(value, np.zeros(16), args=(features, codes, 0.01), tol=1e-10)
    np.testing.assert_allclose(theta.ravel(), slow.x, atol=1e-3)
    assert value(theta, features, codes, 0.01) <= slow.fun + 1e-12


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(1e-4, 1.0), st.floats(1e-3, 1e3))
def test_the_gradient_is_nothing_there_for_features_of_any_scale(seed, alpha, scale):
    features, codes = rows(seed=seed)
    features = features * scale
    theta = neural_prior_closed_form(features, codes, 4, alpha)
    h = with_ones(features)
    pull = 1 / (1 + np.exp(-np.einsum("ij,ij->i", h, theta[codes])))
    for code in range(4):
        own = codes == code
        gradient = (pull[own, None] * h[own]).sum(axis=0) / codes.size + alpha * theta[code]
        length = np.sqrt((h[own] ** 2).sum() / max(own.sum(), 1))
        assert np.abs(gradient).max() <= 1e-4 * length * own.mean()


def test_a_point_a_class_rests_where_the_formula_says():
    norms = np.array([30.0, 20.0, 5.0])
    means, counts = np.diag(np.sqrt(norms - 1)), np.array([900, 90, 10])
    codes = np.arange(3).repeat(counts)
    theta = neural_prior_closed_form(means[codes], codes, 3, alpha=1e-3)
    own = -np.einsum("ij,ij->i", with_ones(means), theta)
    np.testing.assert_allclose(own, own_log_prior_at_rest(counts / 1000, norms, 1e-3), atol=1e-5)
    assert own[0] > own[1] > own[2]


def test_a_weight_of_two_is_two_rows_and_one_of_nothing_none():
    features, codes = rows()
    times = np.random.default_rng(1).integers(0, 4, codes.size)
    weighted = neural_prior_closed_form(features, codes, 4, 0.01, weight=times)
    repeated = neural_prior_closed_form(features.repeat(times, axis=0), codes.repeat(times), 4, 0.01)
    np.testing.assert_allclose(weighted, repeated, atol=1e-5)


def test_a_class_without_rows_has_zeros():
    features, codes = rows()
    theta = neural_prior_closed_form(features, codes, 6, 0.01)
    assert (theta[4:] == 0).all()
    np.testing.assert_array_equal(theta[:4], neural_prior_closed_form(features, codes, 4, 0.01))


def test_it_says_when_it_runs_out_of_steps(monkeypatch):
    monkeypatch.setattr(module, "MOST_STEPS", 1)
    with pytest.warns(ConvergenceWarning, match="common scale"):
        neural_prior_closed_form(*rows(), 4)
