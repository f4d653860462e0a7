"""Scores as a model would give them, and an estimator that just hands them out."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Oracle(ClassifierMixin, BaseEstimator):
    """Column c of X is the probability of class c."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.asarray(X)


def binary_scores(n, *, prior=0.1, spread=2.0, seed=0):
    """Calibrated probabilities and labels drawn from them."""
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-rng.normal(np.log(prior / (1 - prior)), spread, n)))
    return np.column_stack([1 - p, p]), (rng.random(n) < p).astype(int)


def many_scores(n, k, *, seed=0):
    """Calibrated probabilities of k classes, later ones rarer, and labels drawn from them."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, k)) * 2 - np.arange(k)
    p = np.exp(logits)
    p /= p.sum(axis=1, keepdims=True)
    codes = (rng.random((n, 1)) > np.cumsum(p, axis=1)).sum(axis=1)
    codes[:k] = np.arange(k)  # every class occurs
    return p, codes
