import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from steelyard.balance.slope_and_shift import apply_slope_and_shift, fit_slope_and_shift


def drawn(n, slope, shift, seed=0):
    """Probabilities p whose labels follow slope and shift on the log-odds of p."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 1, n)
    y = (rng.random(n) < expit(slope * logit(p) + shift)).astype(int)
    return np.c_[1 - p, p], y


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (1.0, -2.0), (0.5, 1.0), (2.0, -1.0)])
def test_the_truth_is_found_again(slope, shift):
    proba, y = drawn(40_000, slope, shift)
    found_slope, found_shift = fit_slope_and_shift(proba, y)
    assert found_slope == pytest.approx(slope, abs=0.06)
    assert found_shift[1] - found_shift[0] == pytest.approx(shift, abs=0.06)


def test_for_two_classes_it_is_platts_sigmoid():
    proba, y = drawn(20_000, 0.7, -1.0)
    odds = logit(proba[:, 1:])
    platt = LogisticRegression(C=np.inf).fit(odds, y)
    ours = apply_slope_and_shift(proba, *fit_slope_and_shift(proba, y))
    np.testing.assert_allclose(ours[:, 1], platt.predict_proba(odds)[:, 1], atol=2e-3)


def test_weights_count_as_repeated_rows():
    proba, y = drawn(300, 0.7, -1.0)
    times = np.random.default_rng(1).integers(1, 4, 300)
    weighted = fit_slope_and_shift(proba, y, times.astype(float))
    repeated = fit_slope_and_shift(np.repeat(proba, times, axis=0), np.repeat(y, times))
    assert weighted[0] == pytest.approx(repeated[0], abs=0.02)


def test_without_rows_of_a_class_it_stays_near_the_start():
    proba = np.full((4, 3), 1 / 3)
    slope, shift = fit_slope_and_shift(proba, np.array([0, 0, 1, 1]))
    assert slope == pytest.approx(1, abs=0.5)
    assert (np.abs(shift) < 3).all()


def test_the_order_of_scores_is_never_turned_round():
    proba, y = drawn(2000, 1.0, 0.0)
    slope, _ = fit_slope_and_shift(proba, 1 - y)
    assert slope == 0.0


def test_exact_zeros_stay_finite_and_impossible_classes_impossible():
    proba = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    moved = apply_slope_and_shift(proba, *fit_slope_and_shift(proba, np.array([1, 0])))
    assert np.isfinite(moved).all()
    assert moved[:, 2].tolist() == [0, 0]
    np.testing.assert_allclose(moved.sum(axis=1), 1)
