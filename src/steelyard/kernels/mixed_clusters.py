"""Clusters of rows that hold numbers and categories: means of the ones, most frequent of the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.batching import DEFAULT_MEMORY_MB, row_chunks
from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.rough_distance import RoughPoints

__all__ = ["mixed_clusters"]

MOST_ROUNDS = 20
DOUBLE_BYTES = 8
# The block of distances, and the flags of differing codes.
BLOCK_COPIES = 2


def mixed_clusters(
    points: Points, n_clusters: int, rng: np.random.Generator, memory_mb: float = DEFAULT_MEMORY_MB
) -> tuple[Points, NDArray[np.intp]]:
    """Cut rows into clusters around centres that hold numbers and categories (k-prototypes).

    Parameters
    ----------
    points : Points
        Dense numbers (possibly no column) and codes.
    n_clusters : int
        At most as many as there are rows.
    rng : Generator
        Draws the rows to start from.
    memory_mb : float

    Returns
    -------
    centres : Points
        Means of the numbers and most frequent codes (the smaller of equally frequent ones); a cluster
        that lost all its rows keeps the centre it had.
    member : ndarray of int, shape (n,)
        The cluster of each row.

    References
    ----------
    Huang, Extensions to the k-means algorithm for clustering large data sets with categorical values,
    Data Mining and Knowledge Discovery 2, 1998.

    Examples
    --------
    >>> rows = Points(np.array([[0.0], [1.0], [9.0], [9.0]]), np.array([[0], [0], [1], [2]]))
    >>> centres, member = mixed_clusters(rows, 2, np.random.default_rng(0))
    >>> sorted(centres.numeric.ravel().tolist()), bool(member[2] == member[3] != member[0])
    ([0.5, 9.0], True)
    """
    start = np.sort(rng.choice(len(points), size=n_clusters, replace=False))
    centres = points.take(start)
    member = _nearest(points, centres, memory_mb)
    for _ in range(MOST_ROUNDS):
        centres = _moved(points, centres, member)
        before, member = member, _nearest(points, centres, memory_mb)
        if (before == member).all():
            break
    return centres, member


def _nearest(points: Points, centres: Points, memory_mb: float) -> NDArray[np.intp]:
    middle = RoughPoints.middle_of(points)
    rough_centres = RoughPoints.of(centres, middle)
    member = np.empty(len(points), dtype=np.intp)
    for part in row_chunks(len(points), len(centres) * DOUBLE_BYTES * BLOCK_COPIES, memory_mb):
        member[part] = RoughPoints.of(points.take(part), middle).squared_to(rough_centres).argmin(axis=1)
    return member


def _moved(points: Points, centres: Points, member: NDArray[np.intp]) -> Points:
    n, n_clusters = len(points), len(centres)
    belongs = sparse.csr_array((np.ones(n), (member, np.arange(n))), shape=(n_clusters, n))
    size = np.bincount(member, minlength=n_clusters)
    held = size > 0
    numeric, codes = centres.numeric.copy(), None
    numeric[held] = (belongs @ points.numeric)[held] / size[held, None]
    if points.codes is not None and centres.codes is not None:
        codes = centres.codes.copy()
        for column in range(codes.shape[1]):
            least = int(points.codes[:, column].min())
            code = points.codes[:, column] - least
            levels = int(code.max()) + 1
            pair, times = np.unique(member * levels + code, return_counts=True)
            cluster = pair // levels
            # By cluster, the most frequent first, then the smaller code.
            order = np.lexsort((pair, -times, cluster))
            which, first = np.unique(cluster[order], return_index=True)
            codes[which, column] = pair[order][first] % levels + least
    return Points(numeric, codes, points.price)
