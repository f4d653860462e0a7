"""Prior estimation against its known answer: figures of a published method's theory, within tolerances."""

import numpy as np
import pytest

from steelyard.deep.known_answer import KnownAnswer
from steelyard.kernels.neural_prior_closed_form import with_ones
from steelyard.kernels.neural_prior_theory import own_log_prior_at_rest
from steelyard.kernels.prior_fit import prior_fit

EQUAL = KnownAnswer()


def test_counts_fall_a_hundredfold_and_features_are_as_said():
    assert EQUAL.counts[0] == 100 * EQUAL.counts[-1]
    np.testing.assert_allclose(EQUAL.means @ EQUAL.means.T, 20 * np.eye(10), atol=1e-9)
    tilted = KnownAnswer(norm_head=40, norm_tail=5, cosine=0.5)
    gram = tilted.means @ tilted.means.T
    np.testing.assert_allclose(np.diag(gram)[[0, -1]], [40, 5])
    np.testing.assert_allclose(gram[0, -1], 0.5 * np.sqrt(40 * 5))


@pytest.mark.parametrize(
    ("time", "slope", "error"), [(100, 1.03, 0.07), (1000, 1.01, 0.03), (10_000, 1.0, 0.0)]
)
def test_without_decay_the_flow_comes_to_the_log_prior(time, slope, error):
    fit = EQUAL.in_flow(time)
    assert fit.slope == pytest.approx(slope, abs=0.005)
    assert fit.largest_error == pytest.approx(error, abs=0.006)
    assert fit.correlation > 0.9999


@pytest.mark.parametrize(
    ("decay", "slope", "error"), [(2e-4, 0.87, 0.33), (1e-3, 0.84, 0.40), (5e-3, 0.80, 0.50)]
)
def test_decay_shrinks_it_at_rest(decay, slope, error):
    fit = EQUAL.at_rest(decay)
    assert fit.slope == pytest.approx(slope, abs=0.005)
    assert fit.largest_error == pytest.approx(error, abs=0.006)
    norms = np.square(with_ones(EQUAL.means)).sum(axis=1)
    by_formula = prior_fit(own_log_prior_at_rest(EQUAL.shares, norms, decay), EQUAL.counts)
    assert fit.slope == pytest.approx(by_formula.slope, abs=1e-5)


@pytest.mark.parametrize(("head", "tail", "slope"), [(40, 5, 1.22), (5, 40, 0.50)])
def test_unequal_lengths_tilt_it(head, tail, slope):
    fit = KnownAnswer(norm_head=head, norm_tail=tail).at_rest(2e-4)
    assert fit.slope == pytest.approx(slope, abs=0.01)


def test_at_the_mean_of_the_tail_the_correction_works_against_it():
    """Right angles between classes: only the own-class entry is the log prior (the true gap is 4.6)."""
    np.testing.assert_allclose(EQUAL.correction(2e-4), [8.3, 2.1, -4.1], atol=0.05)
    np.testing.assert_allclose(KnownAnswer(cosine=-1 / 9).correction(2e-4), [8.8, 1.9, -5.0], atol=0.05)
    common = KnownAnswer(cosine=0.64).correction(2e-4)
    assert common.at_tail > 0
    assert common.at_head < EQUAL.correction(2e-4).at_head


def test_sgd_without_momentum_finds_it():
    fit = EQUAL.learned(momentum=0.0, epochs=10)
    assert fit.slope == pytest.approx(1.02, abs=0.02)
    assert fit.correlation > 0.9995


def test_sgd_with_momentum_overshoots_and_decay_brings_it_back():
    overshot = EQUAL.learned(momentum=0.9)
    assert overshot.slope == pytest.approx(1.30, abs=0.03)
    assert overshot.correlation == pytest.approx(0.973, abs=0.005)
    assert overshot.largest_error > 1.5
    back = EQUAL.learned(momentum=0.9, weight_decay=2e-4)
    assert 0.9 < back.slope < 1.0  # on its way from 1.4 down to the 0.87 of rest


def test_adam_evens_out_what_tells_the_classes_apart():
    assert EQUAL.learned(optimizer="adamw", learning_rate=2e-3, weight_decay=1e-2, epochs=4).slope < 0.2


def test_equal_seeds_give_equal_figures():
    one, other = (KnownAnswer(most=500).learned(epochs=1, random_state=3) for _ in range(2))
    assert one == other
    assert one != KnownAnswer(most=500).learned(epochs=1, random_state=4)
