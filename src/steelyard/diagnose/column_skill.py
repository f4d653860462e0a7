"""How well each column alone tells each class apart, on rows that were not used to learn it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.tree import DecisionTreeClassifier

from steelyard.diagnose.column_view import ColumnView

__all__ = ["auc_per_class", "column_aucs"]

Split = tuple[NDArray[np.intp], NDArray[np.intp]]

LEAVES = 16
LEAF_ROWS = 5


def auc_per_class(proba: NDArray[np.float64], codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Area under the ROC curve of each class against the rest.

    Parameters
    ----------
    proba : ndarray of shape (n, k)
        Rows with NaN are left out.
    codes : ndarray of int, shape (n,)

    Returns
    -------
    ndarray of shape (k,)
        NaN where one side has no row.

    Examples
    --------
    >>> auc_per_class(np.array([[0.9, 0.1], [0.4, 0.6], [0.5, 0.5]]), np.array([0, 1, 0])).tolist()
    [1.0, 1.0]
    """
    known = ~np.isnan(proba).any(axis=1)
    proba, codes = proba[known], codes[known]
    k = proba.shape[1]
    inside = np.bincount(codes, minlength=k).astype(np.float64)
    outside = codes.size - inside
    aucs = np.full(k, np.nan)
    for c in np.flatnonzero((inside > 0) & (outside > 0)):
        ranks = rankdata(proba[:, c])[codes == c]
        aucs[c] = (ranks.sum() - inside[c] * (inside[c] + 1) / 2) / (inside[c] * outside[c])
    return aucs


def column_aucs(
    columns: Sequence[ColumnView], codes: NDArray[np.intp], rows: NDArray[np.intp], splits: Sequence[Split]
) -> NDArray[np.float64]:
    """`auc_per_class` of every column alone, out of fold.

    Numbers go through a small tree, levels through their smoothed class shares; a level that the
    training part lacks tells nothing, so an id gives nothing away.

    Parameters
    ----------
    columns : sequence of ColumnView
        Of all rows.
    codes : ndarray of int, shape (m,)
        Classes of the sampled rows.
    rows : ndarray of int, shape (m,)
        Positions of the sampled rows.
    splits : sequence of (train, test)
        Folds of the sampled rows.

    Returns
    -------
    ndarray of shape (d, k)
    """
    k = int(codes.max()) + 1
    return np.array(
        [auc_per_class(_column_proba(column, codes, rows, splits, k), codes) for column in columns]
    )


def _column_proba(
    column: ColumnView, codes: NDArray[np.intp], rows: NDArray[np.intp], splits: Sequence[Split], k: int
) -> NDArray[np.float64]:
    proba = np.full((codes.size, k), np.nan)
    values = _ranks(column.numbers[rows])[:, None] if column.ordered else column.codes[rows]
    for train, test in splits:
        if column.ordered:
            tree = DecisionTreeClassifier(max_leaf_nodes=LEAVES, min_samples_leaf=LEAF_ROWS, random_state=0)
            tree.fit(values[train], codes[train])
            proba[test] = 0.0
            proba[np.ix_(test, tree.classes_)] = tree.predict_proba(values[test])
        else:
            proba[test] = _level_shares(values[train], codes[train], column.n_levels, k)[values[test]]
    return proba


def _ranks(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers as ranks: the same cuts for a tree, which would squeeze huge or tiny ones into float32."""
    rank = np.unique(numbers, return_inverse=True)[1]
    return np.where(np.isnan(numbers), np.nan, rank).astype(np.float64)


def _level_shares(
    levels: NDArray[np.intp], codes: NDArray[np.intp], n_levels: int, k: int
) -> NDArray[np.float64]:
    """Share of each class per level, with the overall shares as one more row of each level."""
    counts = np.bincount(levels * k + codes, minlength=n_levels * k).reshape(n_levels, k).astype(np.float64)
    counts += np.bincount(codes, minlength=k) / codes.size
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))
