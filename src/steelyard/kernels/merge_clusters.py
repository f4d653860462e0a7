"""Clusters of the parts of a table merged into clusters of the whole, with the error split exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.kmeans import clusters_of, kmeans

__all__ = ["Merged", "merge_clusters"]


@dataclass(frozen=True, eq=False)
class Merged:
    """Clusters of clusters, and where their error comes from.

    ``centers`` (k, p), ``mass`` and ``sse`` (k,) are those of the merged clusters, ``member`` (m,) says
    which of them each of the given ones went to. ``sse_partition`` is the error within the given ones,
    ``sse_merge`` that of moving their means together; the error of the rows, each in the cluster its own
    cluster went to, is exactly their sum.
    """

    centers: NDArray[np.float64]
    member: NDArray[np.intp]
    mass: NDArray[np.float64]
    sse: NDArray[np.float64]
    sse_partition: float
    sse_merge: float


def merge_clusters(
    means: Any, mass: Any, sse: Any, k: int, rng: np.random.Generator, *, n_jobs: int | None = None
) -> Merged:
    """Merge the clusters of several parts of a table into ``k``, by k-means on their means.

    Parameters
    ----------
    means : array of shape (m, p)
        True means of the rows of each cluster.
    mass, sse : arrays of shape (m,)
        Its weight and its sum of squared distances to the mean.
    k : int
        At most m.
    rng : Generator
    n_jobs : int, optional

    Returns
    -------
    Merged

    Notes
    -----
    By the parallel axis theorem the squared distances of a cluster's rows to any point are its own sum
    of squares plus its mass times the squared distance of its mean to the point. Rows may be nearer to
    another merged centre than to their own, so the sum is an upper bound of the error once every row
    goes to its nearest.

    Examples
    --------
    >>> means = [[0.0], [2.0], [9.0]]
    >>> merged = merge_clusters(means, [1, 3, 2], [0.0, 6.0, 0.5], 2, np.random.default_rng(0))
    >>> merged.centers.ravel().tolist(), merged.sse_partition, merged.sse_merge
    ([1.5, 9.0], 6.5, 3.0)
    """
    points, weight = np.asarray(means, dtype=np.float64), np.asarray(mass, dtype=np.float64)
    centers = kmeans(points, k, rng, weight=weight, points_per_center=len(points), n_jobs=n_jobs)
    found = clusters_of(points, centers, weight=weight, n_jobs=n_jobs)
    within = np.bincount(found.member, weights=np.asarray(sse, dtype=np.float64), minlength=k)
    return Merged(
        found.centers,
        found.member,
        found.mass,
        found.sse + within,
        float(within.sum()),
        float(found.sse.sum()),
    )
