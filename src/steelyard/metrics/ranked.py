"""Scores sorted once, then measured under as many weightings as wanted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["RankedScores"]

Floats = NDArray[np.float64]


class RankedScores:
    """The ranking of one class against the rest.

    Sorting is the costly part of every ranking metric and does not depend on weights; a bootstrap
    that draws multiplicities asks this object a thousand times at the price of two cumulative sums each.

    Parameters
    ----------
    is_positive : array of bool, shape (n,)
    score : array of shape (n,)
        Higher means more likely positive; ties are one step.

    Examples
    --------
    >>> ranked = RankedScores([True, False, True, False], [0.9, 0.8, 0.3, 0.1])
    >>> round(ranked.average_precision(), 3), ranked.roc_auc()
    (0.833, 0.75)
    >>> ranked.average_precision([[1, 0, 1, 0], [0, 1, 1, 1]])
    array([1. , 0.5])
    """

    def __init__(self, is_positive: ArrayLike, score: ArrayLike) -> None:
        values = np.asarray(score, dtype=np.float64)
        self._order = np.argsort(-values)
        self._positive = np.asarray(is_positive, dtype=bool)[self._order]
        self._ends = np.flatnonzero(np.diff(values[self._order], append=np.nan))  # last row of each tie
        # Only ties with a positive count for average precision and AUC, and positives are rare.
        self._hits = np.flatnonzero(self._positive)
        tie = np.searchsorted(self._ends, self._hits)
        self._hit_starts = np.flatnonzero(np.diff(tie, prepend=-1))
        tie = tie[self._hit_starts]
        self._last = self._ends[tie]
        self._before = np.where(tie > 0, self._ends[tie - 1], -1)  # row before each such tie

    def _steps(self, weight: Floats) -> tuple[Floats, Floats]:
        """Weight of positives and of all rows down to each distinct score."""
        ranked = weight.take(self._order)
        true = np.cumsum(np.where(self._positive, ranked, 0.0))
        return true[self._ends], np.cumsum(ranked)[self._ends]

    def _hit_steps(self, weight: Floats) -> tuple[Floats, Floats, Floats, float]:
        """For ties with a positive: their positive weight, all weight above, all weight with them."""
        ranked = weight.take(self._order)
        every = np.append(np.cumsum(ranked), 0.0)  # so that row -1 has nothing above it
        gained = np.add.reduceat(ranked[self._hits], self._hit_starts)
        return gained, every[self._before], every[self._last], float(ranked.sum())

    def _under(self, weights: ArrayLike | None, value: Callable[[Floats], float]) -> float | Floats:
        if weights is None:
            return value(np.ones(self._order.size))
        given = np.asarray(weights, dtype=np.float64)
        if given.ndim == 1:
            return value(given)
        return np.array([value(row) for row in given])

    def average_precision(self, weights: ArrayLike | None = None) -> float | Floats:
        """Sum over the distinct scores of precision times the gain in recall.

        Parameters
        ----------
        weights : array of shape (n,) or (b, n), optional

        Returns
        -------
        float, or ndarray of shape (b,)
            NaN where no positive has weight.
        """
        return self._under(weights, lambda weight: _average_precision(*self._hit_steps(weight)))

    def roc_auc(self, weights: ArrayLike | None = None) -> float | Floats:
        """Share of pairs of a positive and another row that are in order; a tie counts half.

        Parameters
        ----------
        weights : array of shape (n,) or (b, n), optional

        Returns
        -------
        float, or ndarray of shape (b,)
            NaN where one side has no weight.
        """
        return self._under(weights, lambda weight: _roc_auc(*self._hit_steps(weight)))

    def partial_roc_auc(self, max_fpr: float, weights: ArrayLike | None = None) -> float | Floats:
        """Area under the ROC curve up to a false-positive rate, rescaled so that chance is 0.5.

        Parameters
        ----------
        max_fpr : float in (0, 1]
        weights : array of shape (n,) or (b, n), optional

        Returns
        -------
        float, or ndarray of shape (b,)

        References
        ----------
        McClish, Analyzing a portion of the ROC curve, Medical Decision Making 9(3), 1989.
        """
        return self._under(weights, lambda weight: _partial_roc_auc(*self._steps(weight), max_fpr))

    def precision_at(self, k: float, weights: ArrayLike | None = None) -> float | Floats:
        """Share of positives among the ``k`` highest rows; a tie at the border is shared out evenly.

        Parameters
        ----------
        k : float
            Rows (or weight); all rows when there are fewer.
        weights : array of shape (n,) or (b, n), optional

        Returns
        -------
        float, or ndarray of shape (b,)
            NaN without rows.
        """
        return self._under(weights, lambda weight: _precision_at(*self._steps(weight), k))


def _average_precision(gained: Floats, above: Floats, every: Floats, total: float) -> float:
    true = np.cumsum(gained)
    if gained.sum() <= 0:
        return float("nan")
    precision = np.divide(true, every, out=np.zeros_like(true), where=every > 0)
    return float(gained @ precision / true[-1])


def _roc_auc(gained: Floats, above: Floats, every: Floats, total: float) -> float:
    positives = float(gained.sum())
    negatives = total - positives
    if positives <= 0 or negatives <= 0:
        return float("nan")
    true = np.cumsum(gained)
    ahead = (above - (true - gained) + every - true) / 2.0  # negatives ranked higher; a tie counts half
    return float(gained @ (negatives - ahead) / (positives * negatives))


def _partial_roc_auc(true: Floats, every: Floats, max_fpr: float) -> float:
    false = every - true
    if true.size == 0 or true[-1] <= 0 or false[-1] <= 0:
        return float("nan")
    fpr, tpr = np.append(0.0, false / false[-1]), np.append(0.0, true / true[-1])
    stop = int(np.searchsorted(fpr, max_fpr, side="right"))
    at_stop = np.interp(max_fpr, fpr, tpr)
    x, y = np.append(fpr[:stop], max_fpr), np.append(tpr[:stop], at_stop)
    area = float(np.dot(np.diff(x), y[1:] + y[:-1]) / 2.0)
    least, most = max_fpr**2 / 2.0, max_fpr
    return 0.5 * (1.0 + (area - least) / (most - least))


def _precision_at(true: Floats, every: Floats, k: float) -> float:
    if true.size == 0 or every[-1] <= 0:
        return float("nan")
    budget = min(float(k), float(every[-1]))
    last = int(np.searchsorted(every, budget, side="left"))
    true_before, every_before = (true[last - 1], every[last - 1]) if last else (0.0, 0.0)
    step = every[last] - every_before
    share = (budget - every_before) / step if step > 0 else 0.0
    return float((true_before + share * (true[last] - true_before)) / budget)
