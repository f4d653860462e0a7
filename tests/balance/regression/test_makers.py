"""SMOTER, SMOGN and Gaussian noise beside what their papers say, in plain loops."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest

from steelyard.balance.regression import SMOGN, SMOTER, GaussianNoise
from steelyard.errors import CannotResample

POINTS = [[20, 0], [25, 1]]


def nearest_in(X, rows, row, k):
    others = [other for other in rows if other != row]
    return sorted(others, key=lambda other: (math.dist(X[row], X[other]), other))[:k]


def rare_rows(sampler, y):
    low, high = sampler.region_bounds_[1]
    return [row for row in range(len(y)) if low <= y[row] <= high]


def test_smoter_lies_between_neighbours_and_the_target_is_weighted_by_nearness(rows):
    X, y = rows
    sampler = SMOTER(relevance=POINTS, k_neighbors=3, random_state=1)
    X_out, y_out = sampler.fit_resample(X, y)
    rare = rare_rows(sampler, y)
    made = np.flatnonzero(sampler.origin_ < 0)
    for row in made:
        seed, partner = sampler.parents_[row]
        assert partner in nearest_in(X, rare, seed, 3)
        step = sampler.steps_[row]
        np.testing.assert_allclose(X_out[row], X[seed] + step * (X[partner] - X[seed]))
        near, far = math.dist(X_out[row], X[seed]), math.dist(X_out[row], X[partner])
        assert y_out[row] == pytest.approx((far * y[seed] + near * y[partner]) / (near + far))
    counts = np.bincount(sampler.parents_[made, 0], minlength=200)[rare]
    assert np.ptp(counts) <= 1  # every row is a seed equally often


def test_categories_count_in_the_nearness_of_the_target():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    frame["shop"] = pd.Categorical(rng.choice(["x", "y", "z"], 60))
    y = np.r_[rng.random(50), 10 + rng.random(10)]
    sampler = SMOTER(relevance=[[2, 0], [9, 1]], random_state=0)
    X_out, y_out = sampler.fit_resample(frame, y)
    numbers = frame[["a", "b"]].to_numpy()
    price = np.median(numbers[50:].std(axis=0))

    def distance(child, parent):
        numeric = math.dist(X_out[["a", "b"]].iloc[child], numbers[parent])
        return math.sqrt(numeric**2 + price**2 * (X_out["shop"].iloc[child] != frame["shop"].iloc[parent]))

    for row in np.flatnonzero(sampler.origin_ < 0):
        seed, partner = sampler.parents_[row]
        near, far = distance(row, seed), distance(row, partner)
        assert y_out[row] == pytest.approx((far * y[seed] + near * y[partner]) / (near + far))


def test_equal_rows_share_their_targets_evenly():
    X = np.r_[np.arange(20.0)[:, None], np.full((4, 1), 99.0)]
    y = np.r_[np.zeros(20), 10.0, 20.0, 30.0, 40.0]
    sampler = SMOTER(relevance=[[1, 0], [9, 1]], random_state=0)
    _, y_out = sampler.fit_resample(X, y)
    for row in np.flatnonzero(sampler.origin_ < 0):
        assert y_out[row] == pytest.approx(y[sampler.parents_[row]].mean())


def test_smogn_interpolates_only_where_the_neighbour_is_near(rows):
    X, y = rows
    sampler = SMOGN(relevance=POINTS, k_neighbors=8, random_state=1)
    X_out, y_out = sampler.fit_resample(X, y)
    rare = rare_rows(sampler, y)
    made = np.flatnonzero(sampler.origin_ < 0)
    kinds = sampler.method_[made].tolist()
    assert {"SMOTER", "GaussianNoise"} == set(kinds)
    for row, kind in zip(made, kinds, strict=True):
        seed = sampler.parents_[row, 0]
        distances = [math.dist(X[seed], X[other]) for other in rare if other != seed]
        reach = statistics.median(distances) / 2
        if kind == "SMOTER":
            partner = sampler.parents_[row, 1]
            assert math.dist(X[seed], X[partner]) < reach
            near, far = math.dist(X_out[row], X[seed]), math.dist(X_out[row], X[partner])
            assert y_out[row] == pytest.approx((far * y[seed] + near * y[partner]) / (near + far))
        else:
            around = nearest_in(X, rare, seed, 8)
            assert any(math.dist(X[seed], X[other]) >= reach for other in around)
            assert np.abs(X_out[row] - X[seed]).max() < 6 * 0.02 * X[rare].std(axis=0, ddof=1).max()


def test_noise_has_the_spread_asked_for():
    rng = np.random.default_rng(0)
    X = np.r_[rng.normal(size=(60, 2)), rng.normal(size=(40, 2)) * [1, 100] + 5]
    y = np.r_[np.zeros(60), 100 + rng.normal(size=40) * 10]
    sampler = GaussianNoise(
        relevance=[[10, 0], [50, 1]],
        pert=0.1,
        sampling_strategy=[1, 200],
        target_range=None,
        random_state=0,
    )
    X_out, y_out = sampler.fit_resample(X, y)
    made = sampler.origin_ < 0
    seeds = sampler.parents_[made, 0]
    ratio = (X_out[made] - X[seeds]).std(axis=0) / X[60:].std(axis=0, ddof=1)
    np.testing.assert_allclose(ratio, 0.1, rtol=0.05)
    assert (y_out[made] - y[seeds]).std() / y[60:].std(ddof=1) == pytest.approx(0.1, rel=0.05)
    assert np.isnan(sampler.steps_).all()


@pytest.mark.parametrize("kind", [GaussianNoise, SMOGN])
def test_targets_stay_within_bounds(kind):
    rng = np.random.default_rng(0)
    X = np.r_[rng.normal(size=(60, 2)), rng.normal(size=(12, 2))]
    y = np.r_[np.zeros(60), 50 + np.arange(12.0)]
    options = {"relevance": [[10, 0], [40, 1]], "pert": 5.0, "sampling_strategy": [1, 30], "random_state": 0}
    observed = kind(**options).fit_resample(X, y)[1]
    assert (observed.min(), observed.max()) == (0.0, 61.0)
    bounded = kind(**options, target_range=(-2, 64)).fit_resample(X, y)[1]
    assert bounded.max() == 64.0
    assert kind(**options, target_range=None).fit_resample(X, y)[1].max() > 64


def test_gaps_stay_gaps_under_noise():
    X = np.r_[np.zeros((30, 2)), [[1.0, np.nan], [2.0, 5.0], [3.0, np.nan], [4.0, 6.0]]]
    y = np.r_[np.zeros(30), 10.0, 11.0, 12.0, 13.0]
    sampler = GaussianNoise(relevance=[[1, 0], [9, 1]], random_state=0)
    X_out, _ = sampler.fit_resample(X, y)
    made = sampler.origin_ < 0
    assert (np.isnan(X_out[made]) == np.isnan(X[sampler.parents_[made, 0]])).all()
    assert np.isnan(X_out[made]).any()


@pytest.mark.parametrize("kind", [SMOTER, SMOGN, GaussianNoise])
def test_a_stretch_of_one_row_stays_and_that_is_said(kind):
    X = np.arange(30.0)[:, None]
    y = np.r_[-90.0, np.zeros(23), np.full(6, 50.0) + np.arange(6)]
    sampler = kind(relevance=[[-50, 1], [-1, 0], [1, 0], [40, 1]], random_state=0)
    sampler.fit_resample(X, y)
    assert sampler.region_counts_after_.tolist() == [1, 10, 10]
    assert "the rare values from -90 to -90 stay as they are" in sampler.note_
    with pytest.raises(CannotResample, match="can make no row"):
        kind(relevance=[[-50, 1], [-1, 0]], random_state=0).fit_resample(X, y)


def test_few_neighbours_are_said():
    X = np.arange(30.0)[:, None]
    y = np.r_[np.zeros(27), 50.0, 51.0, 52.0]
    for kind in (SMOTER, SMOGN):
        sampler = kind(relevance=[[1, 0], [40, 1]], random_state=0)
        sampler.fit_resample(X, y)
        assert "2 neighbours instead of 5, for there are 3 rows" in sampler.note_


def test_rows_alone_in_their_group_are_no_seeds_of_smoter_and_get_noise_from_smogn():
    X = np.arange(30.0)[:, None]
    y = np.r_[np.zeros(24), 50.0 + np.arange(6)]
    groups = np.r_[np.zeros(24), 1, 1, 1, 1, 2, 3]
    points = [[1, 0], [40, 1]]
    sampler = SMOTER(relevance=points, random_state=0)
    sampler.fit_resample(X, y, groups=groups)
    assert set(sampler.parents_[sampler.origin_ < 0, 0]) <= {24, 25, 26, 27}
    noisy = SMOGN(relevance=points, random_state=0, sampling_strategy=[1, 4])
    noisy.fit_resample(X, y, groups=groups)
    alone = np.isin(noisy.parents_[:, 0], [28, 29])
    assert set(noisy.method_[alone]) == {"GaussianNoise"}
    with pytest.raises(CannotResample, match="no row has a neighbour among them"):
        SMOTER(relevance=points, random_state=0).fit_resample(X, y, groups=np.arange(30))
