"""The prior counted on the way: a plain loop as twin, and codes that are none."""

import numpy as np
import pytest

from steelyard.errors import BadOption, BadTarget
from steelyard.learn.running_prior import RunningPrior


def test_it_is_the_plain_loop():
    rng = np.random.default_rng(0)
    prior, seen = RunningPrior(n_classes=3, momentum=0.9), np.zeros(3)
    for _ in range(20):
        labels = rng.choice(3, (4, 4), p=[0.7, 0.2, 0.1])
        seen = 0.9 * seen + [(labels == code).sum() for code in range(3)]
        assert prior.update(labels) is prior
    np.testing.assert_allclose(np.exp(prior.log_prior_), (seen + 1) / (seen + 1).sum())


def test_it_follows_a_prior_that_turns_round():
    rng = np.random.default_rng(0)
    prior = RunningPrior(n_classes=2, momentum=0.9)
    for _ in range(50):
        prior.update(rng.choice(2, 64, p=[0.9, 0.1]))
    assert np.exp(prior.log_prior_)[0] > 0.8
    for _ in range(50):
        prior.update(rng.choice(2, 64, p=[0.1, 0.9]))
    np.testing.assert_allclose(np.exp(prior.log_prior_), [0.1, 0.9], atol=0.03)


def test_it_starts_equal_and_does_not_count_what_has_no_label():
    prior = RunningPrior(n_classes=4).update([]).update([-100, -100])
    np.testing.assert_allclose(np.exp(prior.log_prior_), 0.25)


@pytest.mark.parametrize("labels", [[0, 3], [-1], [0.5], ["a"]])
def test_codes_out_of_range(labels):
    with pytest.raises(BadTarget, match="RunningPrior needs whole numbers from 0 to 2"):
        RunningPrior(n_classes=3).update(labels)


@pytest.mark.parametrize("settings", [{"n_classes": 0}, {"n_classes": 2, "momentum": 1.0}])
def test_parameters_that_make_no_sense(settings):
    with pytest.raises(BadOption, match="parameter of RunningPrior"):
        RunningPrior(**settings)
