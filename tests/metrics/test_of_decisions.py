"""Metrics of decisions: everything that is read off the confusion matrix."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from imblearn.metrics import geometric_mean_score
from sklearn import metrics as theirs

from steelyard.errors import BadOption
from steelyard.metrics import confusion, expected_cost, g_mean, recall_per_class
from steelyard.metrics.confusion import (
    accuracy_of,
    balanced_accuracy_of,
    g_mean_of,
    macro_f1_of,
    mcc_of,
)

rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


def split(drawn):
    return tuple(np.array(column) for column in zip(*drawn, strict=True))


@given(rows)
def test_loops(drawn):
    true, decided, weight = split(drawn)
    matrix = np.zeros((4, 4))
    for t, d, w in drawn:
        matrix[t, d] += w
    np.testing.assert_array_equal(confusion(true, decided, 4, weight), matrix)
    recalls = [
        sum(w for t, d, w in drawn if t == c == d) / sum(w for t, _, w in drawn if t == c)
        for c in range(4)
        if sum(w for t, _, w in drawn if t == c)
    ]
    if not recalls:
        assert math.isnan(g_mean(true, decided, sample_weight=weight))
        return
    known = recall_per_class(true, decided, 4, weight)
    np.testing.assert_allclose(known[~np.isnan(known)], recalls)
    assert g_mean(true, decided, sample_weight=weight) == pytest.approx(
        math.prod(recalls) ** (1 / len(recalls))
    )
    cost = np.arange(16.0).reshape(4, 4)
    paid = sum(cost[t, d] * w for t, d, w in drawn) / weight.sum()
    assert expected_cost(true, decided, cost, labels=range(4), sample_weight=weight) == pytest.approx(paid)


@given(rows)
def test_scikit_learn(drawn):
    true, decided, weight = split(drawn)
    if not weight.any():
        return
    matrix = confusion(true, decided, 4, weight)
    kept = weight > 0
    said = {"y_true": true[kept], "y_pred": decided[kept], "sample_weight": weight[kept]}
    with warnings.catch_warnings():  # a decided class without a true row is what this is about
        warnings.simplefilter("ignore")
        assert balanced_accuracy_of(matrix) == pytest.approx(theirs.balanced_accuracy_score(**said))
        assert mcc_of(matrix) == pytest.approx(theirs.matthews_corrcoef(**said), abs=1e-9)
        assert macro_f1_of(matrix) == pytest.approx(theirs.f1_score(**said, average="macro", zero_division=0))
        assert accuracy_of(matrix) == pytest.approx(theirs.accuracy_score(**said))


def test_imbalanced_learn():
    rng = np.random.default_rng(0)
    true = rng.choice(["a", "b", "c"], 300, p=[0.8, 0.15, 0.05])
    decided = np.where(rng.random(300) < 0.6, true, rng.choice(["a", "b", "c"], 300))
    assert g_mean(true, decided) == pytest.approx(geometric_mean_score(true, decided, average="multiclass"))


def test_an_absent_class_is_left_out():
    # Class 2 has no true row: it costs precision elsewhere, yet has no recall of its own.
    true, decided = [0, 0, 1, 1], [0, 2, 1, 1]
    matrix = confusion(np.array(true), np.array(decided), 3)
    assert balanced_accuracy_of(matrix) == 0.75
    assert g_mean_of(matrix) == pytest.approx(math.sqrt(0.5))
    np.testing.assert_array_equal(recall_per_class(true, decided, 3), [0.5, 1.0, np.nan])
    assert macro_f1_of(matrix) == pytest.approx((2 / 3 + 1 + 0) / 3)


def test_one_class_never_found_is_zero():
    assert g_mean(["a"] * 99 + ["b"], ["a"] * 100) == 0.0


def test_no_rows():
    nothing = np.zeros((2, 2))
    for value in (accuracy_of, balanced_accuracy_of, g_mean_of, macro_f1_of, mcc_of):
        assert math.isnan(value(nothing))


def test_the_constant_decision_has_no_correlation():
    assert mcc_of(np.array([[9.0, 0.0], [1.0, 0.0]])) == 0.0


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        ([[0, 1]], r"one row \(true\) and one column \(decided\) a class, 2 x 2. Got shape \(1, 2\)"),
        ([[0, np.nan], [1, 0]], "finite number"),
    ],
)
def test_bad_costs(cost, message):
    with pytest.raises(BadOption, match=message):
        expected_cost([0, 1], [0, 1], cost)


def test_labels_that_are_not_known():
    with pytest.raises(BadOption, match=r"Label np\.str_\('c'\)|Label 'c' is not among the labels"):
        g_mean(["a", "b"], ["a", "c"], labels=["a", "b"])
    with pytest.raises(BadOption, match="one label a row"):
        g_mean(["a", "b"], ["a"])
