"""Width of the Gaussian kernel that smooths a bootstrap."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["normal_bandwidth"]


def normal_bandwidth(values: Any) -> NDArray[np.float64]:
    """Bandwidth per column that is best, to second order, where the rows are normally distributed.

    Parameters
    ----------
    values : ndarray with gaps, or CSR matrix, of shape (n, p)

    Returns
    -------
    ndarray of shape (p,)
        ``(4 / ((p + 2) n)) ** (1 / (p + 4))`` times the column's standard deviation.

    References
    ----------
    Bowman and Azzalini, Applied Smoothing Techniques for Data Analysis, Oxford University Press, 1997.

    Examples
    --------
    >>> normal_bandwidth(np.array([[0.0], [2.0]])).round(3)
    array([1.304])
    """
    n, width = values.shape
    if sparse.issparse(values):
        mean = np.asarray(values.mean(axis=0)).ravel()
        square = np.asarray(values.power(2).mean(axis=0)).ravel()
        spread = np.sqrt(np.maximum(square - mean**2, 0.0) * n / max(n - 1, 1))
    else:
        spread = _spread(values)
    return np.asarray((4 / ((width + 2) * n)) ** (1 / (width + 4)) * spread)


def _spread(values: NDArray[Any]) -> NDArray[np.float64]:
    """Standard deviation of each column over the n values that are there, with n - 1; 0 for none or one."""
    there = ~np.isnan(values)
    count = there.sum(axis=0)
    # Relative to the largest, for the square of a large number may not fit.
    largest = np.where(there, np.abs(values), 0).max(axis=0, initial=0).astype(np.float64)
    largest[largest == 0] = 1.0
    scaled = np.where(there, values, 0.0) / largest
    mean = scaled.sum(axis=0) / np.maximum(count, 1)
    squares = np.where(there, scaled - mean, 0.0) ** 2
    return np.asarray(np.sqrt(squares.sum(axis=0) / np.maximum(count - 1, 1)) * largest)
