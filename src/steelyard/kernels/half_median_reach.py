"""How far from a row another may lie for a point between the two to be safe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.metrics import euclidean_distances

from steelyard.kernels.batching import row_chunks
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["half_median_reach"]

DOUBLE_BYTES = 8
# The block of squared distances and the copy that the median partitions.
BLOCK_COPIES = 3


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
    numbers, codes = around.numbers, around.codes
    if not sparse.issparse(numbers) and numbers.shape[1]:
        numbers = numbers - numbers[pool].mean(axis=0)  # values near their mean lose the fewest digits
    reach = np.empty(asked.shape[0])
    for part in row_chunks(asked.shape[0], pool.shape[0] * DOUBLE_BYTES * BLOCK_COPIES, around.memory_mb):
        own = asked[part]
        squared = np.zeros((own.shape[0], pool.shape[0]))
        if numbers.shape[1]:
            squared += euclidean_distances(numbers[own], numbers[pool], squared=True)
        if codes is not None:
            for column in range(codes.shape[1]):
                differs = codes[own, column, None] != codes[None, pool, column]
                squared += around.mismatch**2 * differs
        distances = np.sqrt(squared, out=squared)
        distances[own[:, None] == pool] = np.nan
        reach[part] = np.nanmedian(distances, axis=1) / 2
    return reach
