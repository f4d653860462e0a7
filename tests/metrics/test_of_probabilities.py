"""Metrics of probabilities: ranking, losses and calibration."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as theirs

from steelyard.errors import BadOption
from steelyard.metrics import (
    BinnedScores,
    average_precision,
    brier,
    calibration_error,
    precision_at_k,
    roc_auc,
)
from steelyard.metrics.row_losses import brier_rows, log_loss_rows, weighted_mean


@pytest.fixture(scope="module")
def three():
    rng = np.random.default_rng(0)
    y = rng.choice(3, 400, p=[0.8, 0.15, 0.05])
    proba = rng.dirichlet([1, 1, 1], 400) + 0.5 * np.eye(3)[y] * rng.random((400, 1))
    return y, proba / proba.sum(axis=1, keepdims=True), rng.random(400)


@pytest.mark.parametrize("weighted", [False, True])
def test_scikit_learn(three, weighted):
    y, proba, w = three
    weight = w if weighted else None
    each = [theirs.average_precision_score(y == c, proba[:, c], sample_weight=weight) for c in range(3)]
    assert average_precision(y, proba, sample_weight=weight) == pytest.approx(np.mean(each))
    each = [theirs.roc_auc_score(y == c, proba[:, c], sample_weight=weight) for c in range(3)]
    assert roc_auc(y, proba, sample_weight=weight) == pytest.approx(np.mean(each))
    assert average_precision(y, proba, positive=2, sample_weight=weight) == pytest.approx(
        theirs.average_precision_score(y == 2, proba[:, 2], sample_weight=weight)
    )
    assert weighted_mean(log_loss_rows(y, proba), weight) == pytest.approx(
        theirs.log_loss(y, proba, sample_weight=weight)
    )
    assert brier(y, proba, sample_weight=weight) == pytest.approx(
        theirs.brier_score_loss(y, proba, sample_weight=weight, scale_by_half=True)
    )
    two = y == 2
    assert brier(two, proba[:, 2], sample_weight=weight) == pytest.approx(
        theirs.brier_score_loss(two, proba[:, 2], sample_weight=weight)
    )


def test_losses_by_loop(three):
    y, proba, _ = three
    surprise = [-math.log(proba[i, y[i]]) for i in range(len(y))]
    np.testing.assert_allclose(log_loss_rows(y, proba), surprise)
    distance = [sum((proba[i, c] - (y[i] == c)) ** 2 for c in range(3)) / 2 for i in range(len(y))]
    np.testing.assert_allclose(brier_rows(y, proba), distance)


def test_a_certain_error_is_finite():
    assert log_loss_rows(np.array([0]), np.array([[0.0, 1.0]])) == pytest.approx(36.04, abs=0.01)


def test_a_class_that_does_not_occur_is_left_out(three):
    y, proba, _ = three
    kept = y != 2
    without = average_precision(y[kept], proba[kept], labels=[0, 1, 2])
    each = [theirs.average_precision_score(y[kept] == c, proba[kept, c]) for c in (0, 1)]
    assert without == pytest.approx(np.mean(each))
    each = [theirs.roc_auc_score(y[kept] == c, proba[kept, c]) for c in (0, 1)]
    assert roc_auc(y[kept], proba[kept], labels=[0, 1, 2]) == pytest.approx(np.mean(each))
    assert math.isnan(average_precision(y[kept], proba[kept], labels=[0, 1, 2], positive=2))
    assert math.isnan(roc_auc([0, 0], [0.1, 0.2], labels=[0, 1], positive=1))


def test_the_rare_class_is_the_positive_one():
    y, score = ["x", "x", "x", "a"], [0.1, 0.2, 0.3, 0.9]
    assert average_precision(y, score) == 1.0
    assert average_precision(y, score, positive="x") < 1.0
    assert precision_at_k(y, score, 1) == 1.0
    with pytest.raises(BadOption, match="The positive class 'z' is not among"):
        average_precision(y, score, positive="z")


def test_partial_area(three):
    y, proba, _ = three
    assert roc_auc(y == 1, proba[:, 1], max_fpr=0.2, positive=True) == pytest.approx(
        theirs.roc_auc_score(y == 1, proba[:, 1], max_fpr=0.2)
    )
    assert roc_auc(y == 1, proba[:, 1], max_fpr=1.0) == roc_auc(y == 1, proba[:, 1])
    with pytest.raises(BadOption, match="max_fpr"):
        roc_auc(y == 1, proba[:, 1], max_fpr=0.0)


def test_precision_at_a_share_and_beyond():
    y, score = [1, 0, 0, 0, 0, 0, 0, 0, 0, 1], np.linspace(1, 0, 10)
    assert precision_at_k(y, score, 0.2) == 0.5 == precision_at_k(y, score, 2)
    assert precision_at_k(y, score, 1000) == 0.2
    proba = np.column_stack([1 - score, score])
    assert precision_at_k(y, proba, 2) == 0.5
    for k in (0, -3, np.nan):
        with pytest.raises(BadOption, match="'k' parameter"):
            precision_at_k(y, score, k)


# -- calibration -------------------------------------------------------------------------------------

cells = st.lists(st.tuples(st.booleans(), st.integers(0, 8), st.integers(0, 3)), min_size=1, max_size=40)


def calibration_twin(positive, proba, weight, n_bins, debias):
    """Tie by tie into the bin of the tie's middle; then gap by gap."""
    total, before = weight.sum(), 0.0
    bins = {}
    for value in sorted(set(proba)):
        tie = proba == value
        size = weight[tie].sum()
        place = min(int((before + size / 2) / total * n_bins + 1e-12), n_bins - 1)
        bins.setdefault(place, []).extend(np.flatnonzero(tie))
        before += size
    error = 0.0
    for rows in bins.values():
        gap = sum(weight[i] * (proba[i] - positive[i]) for i in rows)
        chance = sum(weight[i] ** 2 * proba[i] * (1 - proba[i]) for i in rows)
        error += math.sqrt(max(gap**2 - chance, 0.0)) if debias else abs(gap)
    return error / total


@given(cells, st.integers(1, 5), st.booleans())
def test_calibration_by_loop(drawn, n_bins, debias):
    positive, proba, weight = (np.array(column, dtype=float) for column in zip(*drawn, strict=True))
    proba /= 8.0
    scores = BinnedScores(positive, proba, n_bins)
    if not weight.any():
        assert math.isnan(scores.error(weight))
        return
    expected = calibration_twin(positive, proba, weight, n_bins, debias)
    assert scores.error(weight, debias=debias) == pytest.approx(expected, abs=1e-7)


def test_plain_error_is_the_textbook_one():
    rng = np.random.default_rng(0)
    proba = rng.random(3000)
    y = rng.random(3000) < proba**2
    order = np.argsort(proba)
    parts = np.array_split(order, 10)
    expected = sum(abs(proba[part].mean() - y[part].mean()) * part.size for part in parts) / 3000
    assert calibration_error(y, proba, positive=True, n_bins=10, debias=False) == pytest.approx(expected)


@pytest.mark.parametrize("n", [500, 5000])
def test_debiasing_takes_off_what_chance_gives(n):
    rng = np.random.default_rng(1)
    plain, debiased, off = [], [], []
    for _ in range(40):
        proba = rng.beta(1, 40, n)
        y = rng.random(n) < proba
        plain.append(calibration_error(y, proba, positive=True, debias=False))
        debiased.append(calibration_error(y, proba, positive=True))
        # Twice too sure: the true error is the mean of p.
        off.append(calibration_error(y, 2 * proba, positive=True))
    assert np.mean(debiased) < 0.5 * np.mean(plain)
    assert np.mean(off) == pytest.approx(1 / 41, rel=0.2)


def test_order_of_rows_does_not_matter():
    rng = np.random.default_rng(0)
    proba, y = rng.integers(0, 4, 400) / 4, rng.random(400) < 0.3
    shuffled = rng.permutation(400)
    assert calibration_error(y, proba) == pytest.approx(
        calibration_error(y[shuffled], proba[shuffled]), abs=1e-12
    )


def test_one_probability_for_all_is_one_bin():
    y = np.arange(100) < 7
    assert calibration_error(y, np.full(100, 0.07)) == pytest.approx(0.0, abs=1e-12)
    assert calibration_error(y, np.full(100, 0.57), debias=False) == pytest.approx(0.5)


def test_classwise_and_top_label(three):
    y, proba, _ = three
    each = [BinnedScores(y == c, proba[:, c]).error() for c in range(3)]
    assert calibration_error(y, proba) == pytest.approx(np.mean(each))
    assert calibration_error(y, proba, positive=1) == pytest.approx(each[1])
    top = BinnedScores(proba.argmax(axis=1) == y, proba.max(axis=1)).error()
    assert calibration_error(y, proba, kind="top-label") == pytest.approx(top)
    with pytest.raises(BadOption, match="'kind' parameter"):
        calibration_error(y, proba, kind="both")


@pytest.mark.parametrize(
    ("n", "events", "bins"),
    [(10, 5, 1), (100, 50, 5), (10_000, 5000, 15), (10_000, 20, 4), (10_000, 9_990, 2)],
)
def test_few_rows_or_events_mean_few_bins(n, events, bins):
    assert BinnedScores(np.arange(n) < events, np.linspace(0, 1, n)).n_bins == bins


def test_no_rows_have_no_calibration():
    assert math.isnan(BinnedScores(np.zeros(0), np.zeros(0)).error())
