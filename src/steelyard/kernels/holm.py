"""Holm's correction for trying several remedies, as p-values and as levels for intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["holm", "holm_levels"]

ALPHA = 0.05


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """P-values corrected for their number, stepping down.

    Parameters
    ----------
    p_values : array of shape (m,)

    Returns
    -------
    ndarray of shape (m,)

    References
    ----------
    Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of Statistics
    6, 1979.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3)
    array([0.03, 0.06, 0.06])
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected


def holm_levels(p_values: ArrayLike, *, alpha: float = ALPHA) -> NDArray[np.float64]:
    """Error levels whose intervals exclude zero exactly where `holm` rejects.

    A value that is rejected gets the level of its own step, ``alpha / (m - step)``; from the first
    one that is not, all get that step's level.

    Parameters
    ----------
    p_values : array of shape (m,)
    alpha : float
        Chance that any of the m intervals misses its truth.

    Returns
    -------
    ndarray of shape (m,)

    References
    ----------
    Follows from Holm 1979; the step-down is stopped as there.

    Examples
    --------
    >>> holm_levels([0.01, 0.04, 0.03]).round(4)
    array([0.0167, 0.025 , 0.025 ])
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    steps = alpha / np.arange(p.size, 0, -1)
    kept = np.flatnonzero(p[order] > steps)
    if kept.size:
        steps[kept[0] :] = steps[kept[0]]
    levels = np.empty_like(p)
    levels[order] = steps
    return levels
