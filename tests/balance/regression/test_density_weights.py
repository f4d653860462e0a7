"""DenseWeight and label distribution smoothing beside plain loops."""

import math

import numpy as np
import pandas as pd
import pytest

from steelyard.balance.regression import dense_weight, label_distribution_weight
from steelyard.errors import BadOption, BadTarget


def plain_dense_weight(y, alpha, epsilon, width):
    density = [sum(math.exp(-0.5 * ((a - b) / width) ** 2) for b in y) for a in y]
    scaled = [(d - min(density)) / (max(density) - min(density)) for d in density]
    weight = [max(1 - alpha * s, epsilon) for s in scaled]
    return [w * len(y) / sum(weight) for w in weight]


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_dense_weight_equals_the_paper(alpha):
    y = np.random.default_rng(0).lognormal(size=150)
    expected = plain_dense_weight(y.tolist(), alpha, 1e-3, 0.2)
    np.testing.assert_allclose(
        dense_weight(y, alpha=alpha, epsilon=1e-3, bandwidth=0.2), expected, rtol=2e-2, atol=2e-3
    )


def plain_lds(y, n_bins, size, sigma):
    low, high = min(y), max(y)
    bins = [min(int((v - low) / (high - low) * n_bins), n_bins - 1) for v in y]
    half = size // 2
    smooth = [
        sum(math.exp(-0.5 * (off / sigma) ** 2) * bins.count(home + off) for off in range(-half, half + 1))
        for home in range(n_bins)
    ]
    weight = [1 / smooth[home] for home in bins]
    return [w * len(y) / sum(weight) for w in weight]


def test_label_distribution_smoothing_equals_the_paper():
    y = np.random.default_rng(0).exponential(size=120)
    expected = plain_lds(y.tolist(), 20, 5, 2.0)
    np.testing.assert_allclose(label_distribution_weight(y, n_bins=20), expected)


def test_the_square_root_is_milder():
    y = np.random.default_rng(0).exponential(size=200)
    assert np.ptp(label_distribution_weight(y, square_root=True)) < np.ptp(label_distribution_weight(y))


@pytest.mark.parametrize("weigh", [dense_weight, label_distribution_weight])
def test_rare_targets_weigh_more_and_the_mean_is_one(weigh):
    y = np.r_[np.random.default_rng(0).normal(size=300), 9.0, 10.0]
    weight = weigh(pd.Series(y))
    assert weight.mean() == pytest.approx(1)
    assert weight[-2:].min() > 1.3 * weight[:-2].mean()
    assert weigh([3, 3, 3]).tolist() == [1.0, 1.0, 1.0]


def test_no_alpha_no_difference():
    assert dense_weight([1.0, 2.0, 9.0], alpha=0).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: dense_weight([1.0, 2.0], alpha=-1),
        lambda: dense_weight([1.0, 2.0], epsilon=0),
        lambda: dense_weight([1.0, 2.0], bandwidth=0),
        lambda: label_distribution_weight([1.0, 2.0], n_bins=0),
        lambda: label_distribution_weight([1.0, 2.0], window_size=4),
        lambda: label_distribution_weight([1.0, 2.0], window="box"),
        lambda: label_distribution_weight([1.0, 2.0], sigma=0),
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong):
    with pytest.raises(BadOption, match=r"parameter|window"):
        wrong()


def test_missing_targets_are_refused():
    with pytest.raises(BadTarget, match="missing"):
        dense_weight([1.0, np.nan])
