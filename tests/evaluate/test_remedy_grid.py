"""Remedies beside a threshold: each row is what fitting it by hand gives, and groups stay whole."""

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import matthews_corrcoef
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from steelyard.balance import RandomUnderSampler
from steelyard.evaluate.remedy_grid import Remedied, remedy_grid
from steelyard.kernels.out_of_fold import inner_splits

UNDER = RandomUnderSampler(random_state=0)


@pytest.fixture(scope="module")
def rows():
    return make_classification(400, 5, n_informative=3, weights=[0.85], class_sep=0.8, random_state=1)


def test_each_row_is_what_fitting_by_hand_gives(rows):
    X, y = rows
    folds = inner_splits(y, 2, random_state=3)
    told = remedy_grid(
        {"LR": Remedied({"x": FunctionTransformer()}, LogisticRegression, {"under": UNDER})}, X, y, folds
    )
    assert len(told) == 6
    by_hand = {"none": [], "weights": [], "under": []}
    for train, test in folds:
        scaler = StandardScaler().fit(X[train])
        X_train, X_test = scaler.transform(X[train]), scaler.transform(X[test])
        kept = UNDER.select(X_train, y[train])
        for way, model in (
            ("none", LogisticRegression().fit(X_train, y[train])),
            ("weights", LogisticRegression(class_weight="balanced").fit(X_train, y[train])),
            ("under", LogisticRegression().fit(X_train[kept], y[train][kept])),
        ):
            by_hand[way].append(matthews_corrcoef(y[test], model.predict_proba(X_test)[:, 1] > 0.5))
    for way, values in by_hand.items():
        assert told[f"LR, {way}, t .5"]["MCC"] == pytest.approx(np.mean(values)), way
    for way in by_hand:
        half, tuned = told[f"LR, {way}, t .5"], told[f"LR, {way}, t tuned"]
        assert half["AUC"] == tuned["AUC"]
        assert (half["SN"], half["SP"]) != (tuned["SN"], tuned["SP"]) or way != "none"
    # Weights and fewer common rows do by themselves what a lower threshold does.
    assert told["LR, none, t .5"]["SN"] < told["LR, weights, t .5"]["SN"]
    assert told["LR, none, t .5"]["SN"] < told["LR, under, t .5"]["SN"]


def test_groups_reach_the_inner_folds(rows):
    X, y = (np.repeat(values[:100], 2, axis=0) for values in rows)
    groups = np.arange(200) // 2
    seen = []

    class Spy(LogisticRegression):
        def fit(self, X, y):
            seen.append((len(X), len({tuple(row) for row in X})))
            return super().fit(X, y)

    folds = inner_splits(y, 2, groups=groups, random_state=0)
    views = {"x": FunctionTransformer()}
    remedy_grid({"spy": Remedied(views, Spy)}, X, y, folds, groups=groups)
    assert len(seen) == 2 * 2 * 4  # outer folds, remedies, and three inner folds and the fit on all
    assert all(rows == 2 * different for rows, different in seen)  # every pair is whole
