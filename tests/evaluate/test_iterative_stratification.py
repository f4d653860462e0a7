"""Folds of multi-label rows: the paper's rule, each label's share, and what scikit-learn does with them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.datasets import make_multilabel_classification
from sklearn.model_selection import KFold, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.tree import DecisionTreeClassifier

from steelyard.data import load
from steelyard.errors import BadOption, BadTarget, CannotEvaluate
from steelyard.evaluate.iterative_stratification import IterativeStratification


def folds_of(Y, **options):
    fold = np.full(len(Y), -1)
    for place, (train, test) in enumerate(IterativeStratification(**options).split(Y, Y)):
        assert (fold[test] == -1).all()
        assert np.array_equal(np.union1d(train, test), np.arange(len(Y)))
        fold[test] = place
    assert (fold >= 0).all()
    return fold


def is_a_valid_run(Y, fold, n_splits):
    """Replay the paper's rule: at each step some rarest label, and each of its rows to a neediest fold."""
    n, n_labels = Y.shape
    left = list(range(n))
    wants = [n / n_splits] * n_splits
    lacks = [[Y[:, j].sum() / n_splits for j in range(n_labels)] for _ in range(n_splits)]

    def allowed(row, need):
        most = [f for f in range(n_splits) if need[f] == max(need)]
        most = [f for f in most if wants[f] == max(wants[g] for g in most)]
        return fold[row] in most

    def step(rows, column, state):
        """Give rows away in order; None when the fold seen is not among those the rule allows."""
        for row in rows:
            need = [lacks[f][column] for f in range(n_splits)] if column is not None else wants
            if not allowed(row, need):
                return False
            wants[fold[row]] -= 1
            for j in range(n_labels):
                lacks[fold[row]][j] -= Y[row, j]
            state.remove(row)
        return True

    while left:
        counts = {j: sum(Y[row, j] for row in left) for j in range(n_labels)}
        counts = {j: count for j, count in counts.items() if count}
        if not counts:
            return step(list(left), None, left)
        tied = [j for j, count in counts.items() if count == min(counts.values())]
        if len(tied) > 1:  # the lot decided: follow the label whose rows fit
            saved = (list(left), list(wants), [list(row) for row in lacks])
            for j in tied:
                if step([row for row in left if Y[row, j]], j, left):
                    break
                left[:], wants[:] = saved[0], saved[1]
                for f in range(n_splits):
                    lacks[f][:] = saved[2][f]
            else:
                return False
        elif not step([row for row in left if Y[row, tied[0]]], tied[0], left):
            return False
    return True


@pytest.mark.parametrize("seed", range(4))
def test_it_follows_the_paper(seed):
    rng = np.random.default_rng(seed)
    Y = (rng.random((60, 5)) < [0.5, 0.31, 0.22, 0.13, 0.06]).astype(int)
    fold = folds_of(Y, n_splits=3, random_state=seed)
    assert is_a_valid_run(Y, fold, 3)
    swapped = fold.copy()
    rare = np.flatnonzero(Y[:, 4])[:2]
    swapped[rare] = (swapped[rare] + 1) % 3
    assert not is_a_valid_run(Y, swapped, 3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 5), st.integers(1, 2))
def test_every_label_has_its_share_in_every_fold(seed, n_splits, order):
    rng = np.random.default_rng(seed)
    Y = (rng.random((80, 4)) < rng.uniform(0.05, 0.6, 4)).astype(int)
    Y[0] = 1
    fold = folds_of(Y, n_splits=n_splits, order=order, random_state=seed)
    rarest = np.flatnonzero(Y.sum(axis=0) == Y.sum(axis=0).min())
    per_fold = np.array([Y[fold == place].sum(axis=0) for place in range(n_splits)])
    sizes = np.bincount(fold, minlength=n_splits)
    if order == 1 and rarest.size == 1:  # its rows are the first to be given away
        assert np.ptp(per_fold[:, rarest[0]]) <= 1
    # Frequent labels follow the rows of the rarer ones; they stay within a few rows of their share.
    assert (np.abs(per_fold - Y.sum(axis=0) / n_splits) <= 4).all()
    assert (np.abs(sizes - 80 / n_splits) <= 8).all()


def unevenness(Y, splits):
    """Mean distance of a fold's share of each label from the share in all rows."""
    shares = np.array([Y[test].mean(axis=0) for _, test in splits])
    return np.abs(shares - Y.mean(axis=0)).mean()


def test_it_is_more_even_than_a_split_by_lot():
    _, Y = make_multilabel_classification(500, n_classes=12, n_labels=2, random_state=0)
    lot = unevenness(Y, KFold(5, shuffle=True, random_state=0).split(Y))
    ours = unevenness(Y, IterativeStratification(5, random_state=0).split(Y, Y))
    assert ours < 0.25 * lot


def test_second_order_looks_after_pairs():
    rng = np.random.default_rng(2)
    Y = (rng.random((400, 8)) < 0.3).astype(int)
    pairs = np.stack([Y[:, i] * Y[:, j] for i in range(8) for j in range(i)], axis=1)
    first = unevenness(pairs, IterativeStratification(5, random_state=0).split(Y, Y))
    second = unevenness(pairs, IterativeStratification(5, order=2, random_state=0).split(Y, Y))
    assert second < 0.7 * first


def test_any_kind_of_indicators_gives_the_same_folds():
    _, Y = make_multilabel_classification(100, random_state=0)
    expected = folds_of(Y, n_splits=4, random_state=3)
    for same in (sparse.csr_matrix(Y), pd.DataFrame(Y.astype(bool)), Y.tolist(), Y.astype(np.int8)):
        splits = IterativeStratification(4, random_state=3).split(None, same)
        for place, (_, test) in enumerate(splits):
            np.testing.assert_array_equal(test, np.flatnonzero(expected == place))


def test_the_seed_decides():
    _, Y = make_multilabel_classification(100, random_state=0)
    assert np.array_equal(folds_of(Y, random_state=1), folds_of(Y, random_state=1))
    assert not np.array_equal(folds_of(Y, random_state=1), folds_of(Y, random_state=2))


def test_rows_without_labels_fill_the_folds_up():
    Y = np.zeros((30, 2), dtype=int)
    Y[:5, 0] = 1
    assert np.bincount(folds_of(Y, n_splits=3, random_state=0)).tolist() == [10, 10, 10]


def test_inside_a_cross_validation():
    X, Y = make_multilabel_classification(120, random_state=0)
    splitter = IterativeStratification(3, random_state=0)
    assert splitter.get_n_splits() == 3
    assert repr(splitter) == "IterativeStratification(n_splits=3, order=1, random_state=0)"
    scores = cross_val_score(OneVsRestClassifier(DecisionTreeClassifier(max_depth=2)), X, Y, cv=splitter)
    assert scores.shape == (3,)


def test_what_makes_no_sense_is_refused():
    Y = np.eye(4, dtype=int)
    with pytest.raises(BadOption, match="'n_splits' parameter"):
        next(IterativeStratification(1).split(Y, Y))
    with pytest.raises(BadOption, match="'order' parameter"):
        next(IterativeStratification(2, order=3).split(Y, Y))
    with pytest.raises(CannotEvaluate, match="5 folds need at least as many rows, got 4"):
        next(IterativeStratification(5).split(Y, Y))
    with pytest.raises(BadTarget, match="one column per label"):
        next(IterativeStratification(2).split(Y, ["a", "b", "a", "b"]))


def test_rare_symptoms_of_real_people_are_in_every_fold():
    people = load("coswara_metadata").X
    Y = people[["cold", "cough", "diarrhoea", "pneumonia", "ihd"]].fillna(False).astype(int)
    for _, test in IterativeStratification(10, random_state=0).split(people, Y):
        assert (Y.iloc[test].sum() - Y.sum() / 10).abs().max() < 2
