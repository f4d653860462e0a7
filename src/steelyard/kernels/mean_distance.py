"""How far apart some rows are on average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import euclidean_distances

from steelyard.kernels.batching import row_chunks
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["mean_distance"]

DOUBLE_BYTES = 8
BLOCK_COPIES = 3  # the block of distances, its root, and one comparison of codes


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
    numbers = around.numbers[rows]
    codes = None if around.codes is None else around.codes[rows]
    n_rows, total = rows.shape[0], 0.0
    for part in row_chunks(n_rows, n_rows * DOUBLE_BYTES * BLOCK_COPIES, around.memory_mb):
        squared = np.zeros((part.stop - part.start, n_rows))
        if numbers.shape[1]:
            squared += euclidean_distances(numbers[part], numbers, squared=True)
        if codes is not None:
            for column in codes.T:
                squared += around.mismatch**2 * (column[part, None] != column)
        own = np.arange(part.start, part.stop)
        squared[own - part.start, own] = 0.0
        total += float(np.sqrt(squared).sum())
    return float(total / (n_rows * (n_rows - 1)))
