"""Precision within a review budget."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steelyard.errors import BadOption
from steelyard.metrics.average_precision import scores_of

__all__ = ["budget_of", "precision_at_k"]


def budget_of(k: float, n_rows: float) -> float:
    """Rows that ``k`` stands for: a share when below 1, else a number of rows."""
    if not np.isfinite(k) or k <= 0:
        raise BadOption(
            "The 'k' parameter of precision_at_k must be a number of rows (1 or more) or a share of them "
            f"(below 1). Got {k!r} instead."
        )
    return k * n_rows if k < 1 else float(k)


def precision_at_k(
    y_true: ArrayLike,
    y_score: ArrayLike,
    k: float,
    *,
    labels: ArrayLike | None = None,
    positive: Any = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Share of positives among the ``k`` rows with the highest scores.

    Parameters
    ----------
    y_true : array of shape (n,)
        Labels.
    y_score : array of shape (n,) or (n, c)
        Scores of the positive class, or one column per class in sorted order.
    k : float
        Rows that can be reviewed; a share of the rows when below 1. All rows when there are fewer.
    labels : array of shape (c,), optional
        All classes, sorted; those that occur by default.
    positive : label, optional
        The class of interest; the rarest by default.
    sample_weight : array of shape (n,), optional
        ``k`` then counts weight.

    Returns
    -------
    float
        Where a tie straddles the border, the mean over all ways to break it. NaN without rows.

    Examples
    --------
    >>> precision_at_k([1, 0, 1, 0, 0], [0.9, 0.8, 0.7, 0.7, 0.1], k=3)
    0.5
    """
    classes_named = positive if positive is not None else _rarest(y_true)
    (ranked,) = scores_of(y_true, y_score, labels, classes_named)
    total = np.asarray(y_true).shape[0] if sample_weight is None else float(np.sum(sample_weight))
    return float(ranked.precision_at(budget_of(k, total), sample_weight))


def _rarest(y_true: ArrayLike) -> Any:
    labels, counts = np.unique(np.asarray(y_true), return_counts=True)
    return labels[::-1][np.argmin(counts[::-1])]
