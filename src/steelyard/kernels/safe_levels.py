"""Where between two rows a synthetic one may lie, given how safe each of them is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["safe_range"]


def safe_range(
    base: NDArray[np.intp], partner: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Range of steps from a row to its partner that keeps a child near the safer of the two.

    Parameters
    ----------
    base, partner : ndarray of int, shape (m,)
        Safe levels: neighbours of the own class. Not both 0.

    Returns
    -------
    low, high : ndarray of shape (m,)

    References
    ----------
    Bunkhumpornpat, Sinapiromsaran and Lursinsap, Safe-Level-SMOTE, PAKDD 2009.

    Examples
    --------
    >>> low, high = safe_range(np.array([4, 2, 3, 5, 0]), np.array([2, 4, 3, 0, 3]))
    >>> low.tolist(), high.tolist()
    ([0.0, 0.5, 0.0, 0.0, 1.0], [0.5, 1.0, 1.0, 0.0, 1.0])
    """
    larger = np.maximum(np.maximum(base, partner), 1)
    low = np.where(base < partner, 1 - base / larger, 0.0)
    high = np.where(base > partner, partner / larger, 1.0)
    return low, high
