"""Bring probabilities back to what is seen out of fold: one slope for all classes, one shift for each.

For two classes this is Platt's sigmoid on the log-odds, for more a multinomial logistic regression
with a single slope. No slope and shift at all is the starting point, from which a small penalty
lets the data move it: with few rows of a class it stays close to where it started.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

__all__ = ["apply_slope_and_shift", "fit_slope_and_shift"]

Floats = NDArray[np.float64]

# A probability of 0 would have an infinite logarithm; models that vote write exact zeros.
LEAST_PROBA = 1e-9
# Total penalty per squared unit, against a log-loss summed over rows: that of about one row.
PENALTY = 0.5


def _log(proba: Floats) -> Floats:
    return np.log(np.clip(proba, LEAST_PROBA, 1.0))


def fit_slope_and_shift(
    proba: Floats, codes: NDArray[np.intp], weight: Floats | None = None
) -> tuple[float, Floats]:
    """Find the slope and the shifts under which the labels are most likely.

    Parameters
    ----------
    proba : ndarray of shape (n, k)
        Of rows the model was not fitted on.
    codes : ndarray of int, shape (n,)
    weight : ndarray of shape (n,), optional

    Returns
    -------
    slope : float
        At least 0, so that the order of scores is never turned round.
    shift : ndarray of shape (k,)

    References
    ----------
    Platt, Probabilistic outputs for support vector machines, 1999; Guo, Pleiss, Sun and Weinberger, On
    calibration of modern neural networks, ICML 2017 (one slope for all classes).

    Examples
    --------
    >>> p = np.full(1000, 0.5)
    >>> slope, shift = fit_slope_and_shift(np.c_[1 - p, p], np.repeat([0, 1], [900, 100]))
    >>> apply_slope_and_shift(np.array([[0.5, 0.5]]), slope, shift).round(2)
    array([[0.9, 0.1]])
    """
    scores = _log(proba)
    each = np.ones(codes.shape[0]) if weight is None else weight / weight.mean()
    truth = np.zeros_like(scores)
    truth[np.arange(codes.shape[0]), codes] = 1.0

    def loss(parameters: Floats) -> tuple[float, Floats]:
        slope, shift = parameters[0], parameters[1:]
        logits = slope * scores + shift
        drawn_to = np.concatenate([[slope - 1.0], shift])
        value = -(each * (truth * log_softmax(logits, axis=1)).sum(axis=1)).sum() + PENALTY * (
            drawn_to @ drawn_to
        )
        residual = each[:, None] * (softmax(logits, axis=1) - truth)
        gradient = np.concatenate([[(residual * scores).sum()], residual.sum(axis=0)])
        return float(value), gradient + 2 * PENALTY * drawn_to

    n_classes = scores.shape[1]
    start = np.concatenate([[1.0], np.zeros(n_classes)])
    bounds = [(0.0, None)] + [(None, None)] * n_classes
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0]), np.asarray(found.x[1:])


def apply_slope_and_shift(proba: Floats, slope: float, shift: Floats) -> Floats:
    """Return the probabilities after slope and shifts; a class that was impossible stays so.

    Examples
    --------
    >>> apply_slope_and_shift(np.array([[0.2, 0.8]]), 1.0, np.zeros(2))
    array([[0.2, 0.8]])
    """
    moved = softmax(slope * _log(proba) + shift, axis=1) * (proba.sum(axis=0) > 0)
    return np.asarray(moved / moved.sum(axis=1, keepdims=True))
