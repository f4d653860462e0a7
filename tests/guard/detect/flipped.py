"""Tables with flipped labels, and out-of-fold probabilities that know nothing of the flips."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steelyard.kernels.out_of_fold import inner_splits, out_of_fold_proba


def flip(y, target, to, share, seed=0):
    """Relabel a share of a class's rows; the labels and the rows."""
    rng = np.random.default_rng(seed)
    rows = np.flatnonzero(y == target)
    flipped = np.sort(rng.choice(rows, round(share * rows.size), replace=False))
    out = y.copy()
    out[flipped] = to
    return out, flipped


def clouds(counts=(300, 60), dims=4, apart=3.0, seed=0):
    """Clouds of points on the corners of a simplex, their classes named a, b, c ..."""
    rng = np.random.default_rng(seed)
    y = np.repeat(np.array(list("abcdefgh"))[: len(counts)], counts)
    centers = apart * np.eye(len(counts), dims)
    return rng.normal(size=(y.size, dims)) + np.repeat(centers, counts, axis=0), y


def out_of_fold(X, y, groups=None, folds=3):
    """Probabilities of a logistic regression that has not seen the row."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    return out_of_fold_proba(model, X, y, inner_splits(y, folds, groups=groups, random_state=0))
