"""Out-of-fold probabilities against a plain loop, and splits that keep their promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from steelyard.errors import CannotEvaluate
from steelyard.kernels.out_of_fold import aligned_proba, inner_splits, out_of_fold_proba


def rows(n=60, k=3, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) % k
    return rng.normal(size=(n, 4)) + y[:, None], y


def test_equals_a_plain_loop():
    X, y = rows()
    splits = inner_splits(y, 3, random_state=1)
    expected = np.full((60, 3), np.nan)
    for train, test in splits:
        expected[test] = clone(GaussianNB()).fit(X[train], y[train]).predict_proba(X[test])
    np.testing.assert_allclose(out_of_fold_proba(GaussianNB(), X, y, splits), expected)


def test_result_does_not_depend_on_workers():
    X, y = rows()
    splits = inner_splits(y, 3, random_state=1)
    one = out_of_fold_proba(LogisticRegression(), X, y, splits, n_jobs=1)
    two = out_of_fold_proba(LogisticRegression(), X, y, splits, n_jobs=2)
    np.testing.assert_array_equal(one, two)


def test_estimator_handed_in_stays_unfitted():
    X, y = rows()
    model = GaussianNB()
    out_of_fold_proba(model, X, y, inner_splits(y, 2))
    assert not hasattr(model, "classes_")


def test_rows_never_tested_are_nan():
    X, y = rows()
    splits = [(np.arange(30), np.arange(30, 60))]
    proba = out_of_fold_proba(GaussianNB(), X, y, splits)
    assert np.isnan(proba[:30]).all()
    assert np.isfinite(proba[30:]).all()


def test_row_tested_twice_holds_the_mean():
    X, y = rows()
    test = np.arange(5)
    a, b = np.arange(5, 40), np.arange(20, 60)
    both = out_of_fold_proba(GaussianNB(), X, y, [(a, test), (b, test)])
    each = [out_of_fold_proba(GaussianNB(), X, y, [(train, test)]) for train in (a, b)]
    np.testing.assert_allclose(both[test], (each[0] + each[1])[test] / 2)


def test_class_missing_from_a_training_part_gets_probability_zero():
    X, y = rows()
    model = GaussianNB().fit(X[y < 2], y[y < 2])
    proba = aligned_proba(model, X, np.array([0, 1, 2]))
    assert proba.shape == (60, 3)
    assert (proba[:, 2] == 0).all()


def test_fit_params_follow_their_rows():
    X, y = rows()
    weight = np.where(y == 2, 10.0, 1.0)
    splits = inner_splits(y, 3, random_state=0)
    weighted = out_of_fold_proba(GaussianNB(), X, y, splits, fit_params={"sample_weight": weight})
    plain = out_of_fold_proba(GaussianNB(), X, y, splits, fit_params={"sample_weight": None})
    assert weighted[:, 2].mean() > plain[:, 2].mean()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.integers(2, 5), st.integers(0, 99))
def test_splits_partition_and_every_class_is_always_trained_on(counts, folds, seed):
    y = np.repeat(np.arange(len(counts)), counts)
    if sum(count >= 2 for count in counts) < 2:
        with pytest.raises(CannotEvaluate, match="two classes"):
            inner_splits(y, folds, random_state=seed)
        return
    splits = inner_splits(y, folds, random_state=seed)
    tested = np.concatenate([test for _, test in splits])
    assert np.unique(tested).size == tested.size == sum(count for count in counts if count > 1)
    for train, test in splits:
        assert np.intersect1d(train, test).size == 0
        singles = [label for label, count in enumerate(counts) if count == 1]
        assert set(singles) <= set(y[train])


def test_groups_stay_whole():
    _, y = rows(120)
    groups = np.repeat(np.arange(30), 4)
    for train, test in inner_splits(y, 3, groups=groups, random_state=0):
        assert not set(groups[train]) & set(groups[test])


def test_one_group_is_refused():
    _, y = rows()
    with pytest.raises(CannotEvaluate, match="at least 2 groups, got 1"):
        inner_splits(y, 3, groups=np.zeros(60))


def test_time_only_looks_forward():
    _, y = rows(100)
    time = np.random.default_rng(0).permutation(100)
    splits = inner_splits(y, 4, time=time)
    assert len(splits) == 4
    for train, test in splits:
        assert time[train].max() < time[test].min()


def test_window_whose_past_knows_one_class_is_left_out():
    y = np.r_[np.zeros(50), np.arange(50) % 2].astype(int)
    splits = inner_splits(y, 3, time=np.arange(100))
    assert 0 < len(splits) < 3
    assert all(np.unique(y[train]).size == 2 for train, _ in splits)
