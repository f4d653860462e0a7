"""Densities of a target beside plain sums."""

import numpy as np
import pytest
from scipy.stats import gaussian_kde

from steelyard.kernels.target_density import (
    kernel_density,
    silverman_bandwidth,
    smoothed_histogram,
    smoothing_window,
)


@pytest.mark.parametrize("draw", ["normal", "exponential", "lognormal"])
def test_the_grid_gives_the_density_of_plain_sums(draw):
    y = getattr(np.random.default_rng(0), draw)(size=300)
    width = silverman_bandwidth(y)
    plain = np.exp(-0.5 * ((y[:, None] - y) / width) ** 2).sum(axis=1) / (len(y) * width * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(kernel_density(y), plain, rtol=2e-3, atol=1e-5)


def test_silvermans_rule_is_scipys_where_the_spread_is_normal():
    y = np.random.default_rng(0).normal(size=20_000)
    scipys = gaussian_kde(y, "silverman").factor * y.std(ddof=1)
    assert silverman_bandwidth(y) == pytest.approx(scipys, rel=0.03)
    assert silverman_bandwidth(np.r_[y, 1e6]) < 1.1 * scipys  # one far value does not blur the others
    assert silverman_bandwidth(np.r_[np.zeros(90), np.ones(5)]) > 0  # quartiles that coincide


def test_a_weight_of_two_is_a_row_twice():
    y, weight = np.array([0.0, 1.0, 5.0]), np.array([1.0, 2.0, 1.0])
    twice = kernel_density(np.array([0.0, 1.0, 1.0, 5.0]), bandwidth=0.7)
    np.testing.assert_allclose(kernel_density(y, 0.7, weight), twice[[0, 1, 3]], rtol=1e-9)


def test_equal_values_and_single_ones_have_no_density_to_speak_of():
    assert kernel_density(np.ones(5)).tolist() == [1.0] * 5
    assert kernel_density([3.0]).tolist() == [1.0]


def test_a_window_is_symmetric_and_peaks_at_one():
    for kind in ("gaussian", "triangular", "laplace"):
        window = smoothing_window(kind, 7, 1.5)
        np.testing.assert_array_equal(window, window[::-1])
        assert window.max() == window[3] == 1.0
        assert (np.diff(window[:4]) > 0).all()


def test_the_smoothed_histogram_equals_plain_loops():
    y = np.random.default_rng(0).exponential(size=200)
    window = smoothing_window("gaussian", 5, 2.0)
    bins, effective = smoothed_histogram(y, 12, window)
    low, high = y.min(), y.max()
    expected_bins = [min(int((value - low) / (high - low) * 12), 11) for value in y]
    counts = [expected_bins.count(place) for place in range(12)]
    expected = [
        sum(counts[place + off] * window[2 + off] for off in range(-2, 3) if 0 <= place + off < 12)
        for place in range(12)
    ]
    assert bins.tolist() == expected_bins
    np.testing.assert_allclose(effective, expected)
