"""Points on the line between two rows: the one operation all interpolating samplers share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["interpolate"]

HALF = 0.5


def interpolate(
    values: Any, base: NDArray[np.intp], partner: NDArray[np.intp], step: NDArray[np.float64]
) -> Any:
    """Rows that lie ``step`` of the way from one row to another.

    Where one of the two lacks a value (NaN), the value of the nearer of the two is taken, present or
    not, so that a column keeps about its share of gaps.

    Parameters
    ----------
    values : ndarray or CSR matrix of shape (n, p)
        A dense table may hold NaN.
    base, partner : ndarray of int, shape (m,)
        Rows to start from and to move towards.
    step : ndarray of shape (m,)
        In [0, 1].

    Returns
    -------
    ndarray or CSR matrix of shape (m, p)
        In the precision of ``values``; each value lies between its two parents'.

    Examples
    --------
    >>> table = np.array([[0.0, 1.0], [10.0, np.nan]])
    >>> interpolate(table, np.array([0]), np.array([1]), np.array([0.25]))
    array([[2.5, 1. ]])
    """
    if sparse.issparse(values):
        start = values[base]
        # Differences and products stay sparse; duplicates of a column index do not arise.
        return (start + sparse.diags_array(step).tocsr() @ (values[partner] - start)).tocsr()
    start, end = values[base], values[partner]
    weight = step.astype(values.dtype)[:, None]
    # In this form nothing overflows; rounding may step past an end by one unit in the last place.
    made = (1 - weight) * start + weight * end
    np.clip(made, np.minimum(start, end), np.maximum(start, end), out=made)
    gap = np.isnan(made)
    made[gap] = np.where(weight < HALF, start, end)[gap]
    return made
