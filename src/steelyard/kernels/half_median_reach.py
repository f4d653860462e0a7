"""How far from a row another may lie for a point between the two to be safe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.distance_blocks import distance_blocks
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["half_median_reach"]


def half_median_reach(
    around: Neighborhood, asked: NDArray[np.intp], pool: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Half the median distance from each row to the other rows of a pool.

    Parameters
    ----------
    around : Neighborhood
    asked, pool : ndarray of int
        Row numbers; a row is left out of its own median. The pool holds at least one other row.

    Returns
    -------
    ndarray of shape (len(asked),)

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [1.0], [4.0], [9.0]]))
    >>> half_median_reach(around, np.array([0]), np.arange(4))
    array([2.])
    """
    reach = np.empty(asked.shape[0])
    for part, distances in distance_blocks(around, asked, pool):
        reach[part] = np.nanmedian(distances, axis=1) / 2
    return reach
