"""How sparse and how crowded the surroundings of a row are within its class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from steelyard.kernels.batching import DEFAULT_MEMORY_MB, row_chunks
from steelyard.kernels.mixed_distance import Points

__all__ = ["core_and_reach", "crowding"]

DOUBLE_BYTES = 8
BLOCK_COPIES = 2


def core_and_reach(
    near: NDArray[np.intp], distances: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Core distance of each row, and how far it is reached from its neighbours.

    Parameters
    ----------
    near : ndarray of int, shape (n, k)
        Positions of each row's neighbours, nearest first.
    distances : ndarray of shape (n, k)

    Returns
    -------
    core : ndarray of shape (n,)
        Distance of the k-th neighbour.
    reach : ndarray of shape (n,)
        The least, over the neighbours, of the larger of the neighbour's core distance and its own.

    Examples
    --------
    >>> core, reach = core_and_reach(np.array([[1], [0], [1]]), np.array([[1.0], [1.0], [4.0]]))
    >>> core.tolist(), reach.tolist()
    ([1.0, 1.0, 4.0], [1.0, 1.0, 4.0])
    """
    core = distances[:, -1]
    return core, np.asarray(np.maximum(core[near], distances).min(axis=1))


def crowding(points: Points, radius: float, memory_mb: float = DEFAULT_MEMORY_MB) -> NDArray[np.intp]:
    """Count the other rows within ``radius`` of each row.

    Parameters
    ----------
    points : Points
    radius : float
    memory_mb : float

    Returns
    -------
    ndarray of int, shape (n,)

    Examples
    --------
    >>> crowding(Points(np.array([[0.0], [1.0], [5.0]])), 2.0).tolist()
    [1, 1, 0]
    """
    counts = np.empty(len(points), dtype=np.intp)
    for part in row_chunks(len(points), BLOCK_COPIES * DOUBLE_BYTES * len(points), memory_mb):
        squared = np.zeros((part.stop - part.start, len(points)))
        if points.numeric.shape[1]:
            squared += cdist(points.numeric[part], points.numeric, "sqeuclidean")
        if points.codes is not None:
            differing = cdist(points.codes[part], points.codes, "hamming") * points.codes.shape[1]
            squared += points.price * differing
        counts[part] = (squared <= radius**2).sum(axis=1) - 1
    return counts
