"""Temperature scaling: a grid as twin, the class it never changes, and what it cannot mend."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.metrics import log_loss

from decide.simulated_scores import binary_scores, many_scores
from steelyard.decide.calibrators.temperature import TemperatureCalibrator
from steelyard.kernels.priors import correct_prior


@pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
@pytest.mark.parametrize("scores", [binary_scores, lambda n, seed=0: many_scores(n, 4, seed=seed)])
def test_a_temperature_is_found_and_undone(scores, temperature):
    truth, codes = scores(6000, seed=0)
    raw = softmax(np.log(truth) * temperature, axis=1)
    fitted = TemperatureCalibrator().fit(raw, codes)
    assert fitted.temperature_ == pytest.approx(temperature, rel=0.1)
    new, new_codes = scores(3000, seed=1)
    after = fitted.calibrate(softmax(np.log(new) * temperature, axis=1))
    np.testing.assert_allclose(after.sum(axis=1), 1)
    assert np.abs(after - new).mean() < 0.01
    assert log_loss(new_codes, after) <= log_loss(new_codes, new) * 1.01


def test_no_temperature_of_a_grid_is_better():
    truth, codes = many_scores(2000, 4)
    raw = softmax(np.log(truth) * 1.8, axis=1)
    fitted = TemperatureCalibrator().fit(raw, codes)
    least = log_loss(codes, fitted.calibrate(raw))
    for temperature in np.geomspace(0.2, 5, 60):
        assert least <= log_loss(codes, softmax(np.log(raw) / temperature, axis=1)) + 1e-6


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=40))
def test_any_scores_give_probabilities_in_rising_order(rows):
    p = np.array([score for score, _ in rows])
    codes = np.array([int(hit) for _, hit in rows])
    proba = np.column_stack([1 - p, p])
    after = TemperatureCalibrator().fit(proba, codes).calibrate(proba)
    assert np.isfinite(after).all()
    assert (np.diff(after[np.argsort(p, kind="stable"), 1]) >= -1e-12).all()


def test_the_likeliest_class_stays_and_a_weight_of_two_is_two_rows():
    truth, codes = many_scores(500, 4)
    fitted = TemperatureCalibrator().fit(truth, codes)
    assert (fitted.calibrate(truth).argmax(axis=1) == truth.argmax(axis=1)).all()
    times = np.random.default_rng(0).integers(1, 4, codes.size)
    weighted = TemperatureCalibrator().fit(truth, codes, times.astype(float))
    repeated = TemperatureCalibrator().fit(truth.repeat(times, axis=0), codes.repeat(times))
    assert weighted.temperature_ == pytest.approx(repeated.temperature_, rel=1e-4)


def test_a_shift_of_the_shares_is_not_what_it_mends():
    truth, codes = many_scores(4000, 4)
    shifted = correct_prior(truth, np.bincount(codes) / codes.size, np.full(4, 0.25))
    after = TemperatureCalibrator().fit(shifted, codes).calibrate(shifted)
    assert np.abs(after - truth).mean() > 0.5 * np.abs(shifted - truth).mean()
