"""How far apart some rows are on average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.distance_blocks import distance_blocks
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["mean_distance"]


def mean_distance(around: Neighborhood, rows: NDArray[np.intp]) -> float:
    """Mean distance between two different ones of these rows, a block at a time.

    Parameters
    ----------
    around : Neighborhood
    rows : ndarray of int, shape (m,)
        At least two.

    Returns
    -------
    float

    Examples
    --------
    >>> round(mean_distance(Neighborhood(np.array([[0.0], [1.0], [9.0]])), np.array([0, 1, 2])), 3)
    6.0
    """
    total = sum(float(np.nansum(distances)) for _, distances in distance_blocks(around, rows, rows))
    return float(total / (rows.shape[0] * (rows.shape[0] - 1)))
