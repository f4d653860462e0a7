"""The confident joint against a plain loop and against cleanlab."""

import numpy as np
import pytest
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from hypothesis import given, settings
from hypothesis import strategies as st

from steelyard.kernels.confident_joint import (
    UNSURE,
    calibrated_joint,
    confident_classes,
    confident_joint,
    confident_thresholds,
    label_issues,
)


def scores(n=400, k=4, noise=0.1, seed=0):
    """Labels of unequal classes, some of them wrong, and probabilities that know the truth roughly."""
    rng = np.random.default_rng(seed)
    prior = np.arange(1, k + 1) / np.arange(1, k + 1).sum()
    truth = rng.choice(k, n, p=prior)
    truth[:k] = np.arange(k)
    given_label = np.where(rng.random(n) < noise, rng.integers(k, size=n), truth)
    given_label[:k] = np.arange(k)
    proba = rng.dirichlet(np.ones(k), n) + 1.5 * np.eye(k)[truth] * rng.random((n, 1))
    return given_label, proba / proba.sum(axis=1, keepdims=True)


def joint_by_hand(codes, proba):
    k = proba.shape[1]
    bars = [np.mean([p[j] for c, p in zip(codes, proba, strict=True) if c == j]) for j in range(k)]
    joint, issues = np.zeros((k, k), dtype=int), []
    for row, (code, p) in enumerate(zip(codes, proba, strict=True)):
        reached = [j for j in range(k) if p[j] >= bars[j] - 1e-6]
        if not reached:
            continue
        guess = max(reached, key=lambda j: p[j])
        joint[code, guess] += 1
        if guess != code and p.max() > p[code]:
            issues.append(row)
    return joint, issues


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k", [2, 5])
def test_equals_a_plain_loop(k, seed):
    codes, proba = scores(k=k, seed=seed)
    joint, issues = joint_by_hand(codes, proba)
    np.testing.assert_array_equal(confident_joint(codes, proba), joint)
    assert np.flatnonzero(label_issues(codes, proba)).tolist() == issues
    assert 0 < len(issues) < len(codes) / 2


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k", [2, 3, 6])
def test_equals_cleanlab(k, seed):
    codes, proba = scores(k=k, seed=seed)
    np.testing.assert_allclose(confident_thresholds(codes, proba), get_confident_thresholds(codes, proba))
    joint = confident_joint(codes, proba)
    np.testing.assert_array_equal(joint, compute_confident_joint(codes, proba, calibrate=False))
    theirs = find_label_issues(codes, proba, filter_by="confident_learning", n_jobs=1)
    np.testing.assert_array_equal(label_issues(codes, proba), theirs)
    # cleanlab rounds to whole rows and keeps the totals of rows; we keep the fractions.
    calibrated = calibrated_joint(joint, np.bincount(codes, minlength=k))
    assert np.abs(calibrated - compute_confident_joint(codes, proba, calibrate=True)).max() <= 1


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 5), st.integers(0, 10_000), st.floats(0, 0.5))
def test_calibrated_rows_have_the_right_totals(k, seed, noise):
    codes, proba = scores(n=60, k=k, noise=noise, seed=seed)
    counts = np.bincount(codes, minlength=k)
    calibrated = calibrated_joint(confident_joint(codes, proba), counts)
    np.testing.assert_allclose(calibrated.sum(axis=1), counts)
    assert (np.diagonal(calibrated) > 0).all()


def test_a_class_without_rows_attracts_nothing():
    codes, proba = np.array([0, 0, 1, 1]), np.array([[0.2, 0.1, 0.7]] * 4)
    assert np.isinf(confident_thresholds(codes, proba)[2])
    assert not (confident_classes(proba, confident_thresholds(codes, proba)) == 2).any()


def test_equal_probabilities_reach_their_own_mean_in_spite_of_rounding():
    proba = np.tile([0.1, 0.9], (7, 1))
    codes = np.ones(7, dtype=int)
    assert (confident_classes(proba, confident_thresholds(codes, proba)) == 1).all()


def test_nothing_is_certain_when_no_bar_is_reached():
    assert confident_classes(np.array([[0.5, 0.5]]), np.array([0.8, 0.8])).tolist() == [UNSURE]


def test_a_rare_class_is_judged_by_its_own_bar():
    """Rows given 0.4 for a rare class count for it, because its own rows get 0.35 on average."""
    proba = np.array([[0.95, 0.05]] * 8 + [[0.6, 0.4]] + [[0.65, 0.35]])
    codes = np.array([0] * 8 + [0, 1])
    assert confident_joint(codes, proba)[0, 1] == 1
    assert not label_issues(codes, proba).any()
