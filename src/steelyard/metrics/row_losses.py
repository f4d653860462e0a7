"""Losses that are a mean over rows, so that any weighting is one product."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.metrics.labels import codes_of

__all__ = ["brier", "brier_rows", "log_loss_rows"]

Floats = NDArray[np.float64]

SMALLEST = float(np.finfo(np.float64).eps)  # a certain error costs 36 nats, not infinity


def log_loss_rows(y_codes: NDArray[np.intp], proba: Floats) -> Floats:
    """Minus the log of the probability given to the true class; shape (n,), in nats.

    Examples
    --------
    >>> log_loss_rows(np.array([0, 1]), np.array([[0.5, 0.5], [0.8, 0.2]])).round(3)
    array([0.693, 1.609])
    """
    given = proba[np.arange(proba.shape[0]), y_codes]
    return -np.log(np.clip(given, SMALLEST, 1.0))


def brier_rows(y_codes: NDArray[np.intp], proba: Floats) -> Floats:
    """Half the squared distance between the probabilities and the truth; shape (n,), in [0, 1].

    Examples
    --------
    >>> brier_rows(np.array([0, 1]), np.array([[0.5, 0.5], [0.0, 1.0]]))
    array([0.25, 0.  ])
    """
    given = proba[np.arange(proba.shape[0]), y_codes]
    return 0.5 * (np.einsum("ij,ij->i", proba, proba) - given**2 + (1.0 - given) ** 2)


def weighted_mean(rows: Floats, weight: Floats | None = None) -> float:
    """Mean of a loss over rows; NaN without weight."""
    if weight is None:
        return float(rows.mean()) if rows.size else float("nan")
    total = float(weight.sum())
    return float(np.dot(rows, weight) / total) if total > 0 else float("nan")


def brier(
    y_true: ArrayLike,
    proba: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Brier score: half the mean squared distance between probabilities and truth.

    The half makes the score of two classes the usual mean of ``(p - y) ** 2``, and keeps every score
    in [0, 1].

    Parameters
    ----------
    y_true : array of shape (n,)
        Labels.
    proba : array of shape (n,) or (n, k)
        Probability of the larger of two labels, or one column per class in sorted order.
    labels : array of shape (k,), optional
        All classes, sorted; those that occur by default.
    sample_weight : array of shape (n,), optional

    Returns
    -------
    float
        0 is perfect; NaN without rows.

    References
    ----------
    Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78,
    1950 (there without the half).

    Examples
    --------
    >>> round(brier(["a", "b", "c"], [[0.8, 0.1, 0.1], [0.2, 0.8, 0.0], [0.0, 0.5, 0.5]]), 4)
    0.1067
    """
    _, (true,) = codes_of(labels, y_true)
    given = np.asarray(proba, dtype=np.float64)
    full = np.column_stack([1.0 - given, given]) if given.ndim == 1 else given
    weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    return weighted_mean(brier_rows(true, full), weight)
