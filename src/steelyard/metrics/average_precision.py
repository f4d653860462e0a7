"""Average precision, of one class or as a mean over classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.metrics.labels import code_of, codes_of
from steelyard.metrics.ranked import RankedScores

__all__ = ["average_precision", "one_class_scores"]


def one_class_scores(
    proba: NDArray[np.float64], y_codes: NDArray[np.intp], positive: int | None
) -> list[RankedScores]:
    """The rankings a metric is a mean of: the positive class of two, else every class."""
    k = proba.shape[1]
    ranked = range(k) if positive is None else [positive]
    return [RankedScores(y_codes == code, proba[:, code]) for code in ranked]


def scores_of(
    y_true: ArrayLike, y_score: ArrayLike, labels: ArrayLike | None, positive: Any
) -> list[RankedScores]:
    """Rankings from labels and scores as a user has them."""
    classes, (true,) = codes_of(labels, y_true)
    scores = np.asarray(y_score, dtype=np.float64)
    if scores.ndim == 1:
        return [RankedScores(true == code_of(positive, classes, true), scores)]
    two = classes.size == 2 or positive is not None
    return one_class_scores(scores, true, code_of(positive, classes, true) if two else None)


def average_precision(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    positive: Any = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Average precision of the positive class, or the mean over classes.

    Parameters
    ----------
    y_true : array of shape (n,)
        Labels.
    y_score : array of shape (n,) or (n, k)
        Scores of the positive class, or one column per class in sorted order.
    labels : array of shape (k,), optional
        All classes, sorted; those that occur by default.
    positive : label, optional
        The class of interest; the rarer of two classes by default. With more than two classes the
        value is the mean over the classes that occur, unless ``positive`` names one.
    sample_weight : array of shape (n,), optional

    Returns
    -------
    float
        A random ranking scores the share of the positive class, so values are comparable only at equal
        shares. NaN when the positive class does not occur.

    References
    ----------
    Manning, Raghavan and Schütze, Introduction to Information Retrieval, 2008, section 8.4. On
    comparing it between shares: McDermott et al., NeurIPS 2024, arXiv:2401.06091.

    Examples
    --------
    >>> average_precision(["ok", "ok", "fraud", "ok"], [0.1, 0.7, 0.6, 0.2])
    0.5
    """
    values = [
        ranked.average_precision(sample_weight) for ranked in scores_of(y_true, y_score, labels, positive)
    ]
    return mean_of_known(values)


def mean_of_known(values: Any) -> float:
    """Mean of the values that are not NaN; NaN when none is left."""
    known = [float(value) for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
