"""Squared error, weighed by how relevant the true value is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steelyard.errors import BadTarget
from steelyard.kernels.relevance import relevance_by

__all__ = ["sera"]


def sera(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    relevance: Any = "auto",
    sample_weight: ArrayLike | None = None,
) -> float:
    """Squared error relevance area: squared errors summed over ever more relevant rows.

    Parameters
    ----------
    y_true, y_pred : array of shape (n,)
        True and predicted values.
    relevance : "auto", "high", "low", array or callable, default="auto"
        Relevance of the true values, from 0 to 1: by the box plot of ``y_true`` (both tails or one), by
        control points (value, relevance) or (value, relevance, slope), by one relevance a row, or by a
        function of ``y_true``. On test rows give the control points of the training rows, such as
        ``box_plot_points(y_train)``: a few test rows make a poor box plot.
    sample_weight : array of shape (n,), optional

    Returns
    -------
    float
        The integral over thresholds t from 0 to 1 of the sum of squared errors of the rows whose
        relevance is at least t. Not divided by the number of rows: compare models on the same rows.

    Raises
    ------
    BadTarget
        The two are not of one length, or not finite.
    BadOption
        ``relevance`` is none.

    Notes
    -----
    A row counts at every threshold up to its relevance, so the integral is exactly the sum of squared
    errors times relevance; no grid of thresholds is needed.

    References
    ----------
    Ribeiro and Moniz, Imbalanced regression and extreme value prediction, Machine Learning 109, 2020.

    Examples
    --------
    >>> sera([1, 2, 3, 4, 5, 30], [1, 2, 3, 4, 4, 20], relevance=[[3.5, 0], [5, 1]])
    101.0
    """
    true, said = np.asarray(y_true, dtype=np.float64), np.asarray(y_pred, dtype=np.float64)
    if true.ndim != 1 or true.shape != said.shape:
        raise BadTarget(
            f"sera needs one prediction per true value. Got shapes {true.shape} and {said.shape} instead."
        )
    if not (np.isfinite(true).all() and np.isfinite(said).all()):
        raise BadTarget("sera needs finite values. Leave out rows with NaN or infinity.")
    if true.size == 0:
        return float("nan")
    phi, _ = relevance_by(relevance, true)
    weight = phi if sample_weight is None else phi * np.asarray(sample_weight, dtype=np.float64)
    return float(weight @ np.square(said - true))
