"""Pruning by coefficients: a plain version, rows of every kind, and what scikit-learn asks."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import matthews_corrcoef
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from steelyard.errors import BadOption, BadTarget, CannotEvaluate
from steelyard.kernels.rng import int_seed
from steelyard.learn.coefficient_pruner import GRID, CoefficientPruner


@parametrize_with_checks([CoefficientPruner(held_out=0.4, random_state=0)])
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def rows():
    return make_classification(
        400, 30, n_informative=3, n_redundant=0, weights=[0.6], shuffle=False, class_sep=0.7, random_state=0
    )


def test_the_size_is_that_of_a_plain_search(rows):
    X, y = rows
    grid = (0.0, 0.05, 0.2, 0.5, 1.0, 9.0)
    pruner = CoefficientPruner(grid=grid[::-1], random_state=1).fit(X, y)
    split = StratifiedShuffleSplit(1, test_size=0.1, random_state=int_seed(1, "held-out rows"))
    train, test = next(split.split(X, y))

    def fitted(X, y):
        return make_pipeline(
            StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=10_000)
        ).fit(X, y)

    size = np.abs(fitted(X[train], y[train])[-1].coef_[0])
    trail = []
    for least in grid:
        kept = size >= least
        if kept.any():
            proba = fitted(X[train][:, kept], y[train]).predict_proba(X[test][:, kept])[:, 1]
            trail.append((least, int(kept.sum()), matthews_corrcoef(y[test], proba > 0.4)))
    assert [one[:2] for one in pruner.trail_] == [one[:2] for one in trail]
    assert [one[2] for one in pruner.trail_] == pytest.approx([one[2] for one in trail])
    assert pruner.size_ == max(trail, key=lambda one: (round(one[2], 9), -one[0]))[0]
    everywhere = np.abs(fitted(X, y)[-1].coef_[0])
    assert pruner.coef_ == pytest.approx(everywhere, abs=2e-3)
    assert pruner.transform(X).shape[1] == (pruner.coef_ >= pruner.size_).sum()


def test_noise_goes_and_what_tells_stays():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 40))
    y = (X[:, 0] - X[:, 1] > 0).astype(int)
    pruner = CoefficientPruner(grid=(0.0, 1.0), metric=lambda true, decided: (true == decided).mean(),
                               threshold=0.5, random_state=0).fit(X, y)  # fmt: skip
    assert pruner.size_ in (0.0, 1.0)
    assert {size: kept for size, kept, _ in pruner.trail_}[1.0] == 2
    assert np.argsort(pruner.coef_)[-2:].tolist() in ([0, 1], [1, 0])


def test_equals_take_the_smaller_size_and_zero_keeps_all(rows):
    X, y = rows
    pruner = CoefficientPruner(grid=GRID, metric=lambda true, decided: 1.0, random_state=0).fit(X, y)
    assert pruner.size_ == 0.0
    assert pruner.get_support().all()


def test_sparse_rows_give_the_same_and_stay_sparse(rows):
    X, y = rows
    thin = np.where(np.abs(X) > 0.7, X, 0.0)
    dense = CoefficientPruner(grid=(0.0, 0.1, 0.3), random_state=0).fit(thin, y)
    same = CoefficientPruner(grid=(0.0, 0.1, 0.3), random_state=0).fit(sparse.csr_matrix(thin), y)
    assert dense.size_ == same.size_
    assert dense.coef_ == pytest.approx(same.coef_, abs=1e-3)
    assert sparse.issparse(same.transform(sparse.csr_matrix(thin)))


def test_several_classes_go_by_the_largest_coefficient():
    X, y = make_classification(300, 8, n_informative=4, n_classes=3, random_state=0)
    names = np.array(["u", "v", "w"])[y]
    pruner = CoefficientPruner(grid=(0.0, 0.2), held_out=0.3, random_state=0).fit(X, names)
    assert pruner.classes_.tolist() == ["u", "v", "w"]
    assert pruner.coef_.shape == (8,)


def test_groups_are_on_one_side(rows):
    X, y = rows
    groups = np.arange(len(y)) // 20
    pruner = CoefficientPruner(random_state=0)
    train, test = pruner._split(X, y, groups)
    assert not set(groups[train]) & set(groups[test])
    pruner.fit(X, y, groups=groups)
    with pytest.raises(CannotEvaluate, match="2 classes"):
        CoefficientPruner(held_out=0.5, random_state=0).fit(X, y, groups=y)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"grid": ()}, "'grid'"),
        ({"grid": (-1.0,)}, "'grid'"),
        ({"grid": ("a",)}, "'grid'"),
        ({"grid": (np.nan,)}, "'grid'"),
        ({"grid": (1e9,)}, "keeps a column"),
        ({"metric": "f2"}, "'metric'"),
        ({"threshold": 2}, "'threshold'"),
        ({"held_out": 0}, "'held_out'"),
        ({"C": -1}, "'C'"),
    ],
)
def test_parameters_that_make_no_sense(rows, options, word):
    with pytest.raises(BadOption, match=word):
        CoefficientPruner(**options).fit(*rows)


def test_too_few_rows_or_classes(rows):
    X, y = rows
    with pytest.raises(BadTarget, match="2 classes"):
        CoefficientPruner().fit(X, np.zeros(len(y)))
    with pytest.raises(CannotEvaluate, match="hold out rows"):
        CoefficientPruner().fit(X[:5], [0, 0, 0, 0, 1])
