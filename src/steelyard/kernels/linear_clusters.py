"""Clusters that stretch in one direction each: joined along the shortest tree while directions agree."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.mixed_distance import Points, pair_squared

__all__ = ["linear_clusters", "main_direction", "shortest_tree"]


def shortest_tree(points: Points) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Find the tree of least total length that joins all points.

    Parameters
    ----------
    points : Points

    Returns
    -------
    edges : ndarray of int, shape (n - 1, 2)
        Shortest edge first.
    squared : ndarray of shape (n - 1,)
        Squared lengths.

    Examples
    --------
    >>> edges, squared = shortest_tree(Points(np.array([[0.0], [5.0], [1.0]])))
    >>> edges.tolist(), squared.tolist()
    ([[0, 2], [2, 1]], [1.0, 16.0])
    """
    n = len(points)
    nearest, squared = np.zeros(n, dtype=np.intp), np.full(n, np.inf)
    outside = np.ones(n, dtype=np.bool_)
    newest, edges, lengths = 0, [], []
    for _ in range(n - 1):
        outside[newest] = False
        rest = np.flatnonzero(outside)
        far = pair_squared(points, np.full(rest.shape[0], newest), points, rest)
        closer = far < squared[rest]
        squared[rest[closer]], nearest[rest[closer]] = far[closer], newest
        newest = int(rest[np.argmin(squared[rest])])
        edges.append((nearest[newest], newest))
        lengths.append(squared[newest])
    order = np.argsort(lengths, kind="stable")
    return np.array(edges, dtype=np.intp).reshape(-1, 2)[order], np.array(lengths)[order]


def main_direction(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Find the direction in which rows are spread most, as a unit vector; 0 where they are not.

    Parameters
    ----------
    values : ndarray of shape (n, p)

    Returns
    -------
    ndarray of shape (p,)

    Examples
    --------
    >>> np.abs(main_direction(np.array([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]]))).round(3)
    array([0.6, 0.8])
    """
    centred = values - values.mean(axis=0)
    if not centred.any():
        return np.zeros(values.shape[1])
    return np.asarray(np.linalg.svd(centred, full_matrices=False)[2][0], dtype=np.float64)


def linear_clusters(points: Points, *, least: int, cosine: float) -> NDArray[np.intp]:
    """Join points along the edges of their shortest tree, the shortest first.

    Two clusters are joined if one of them is small, or if the main directions of their numbers agree.

    Parameters
    ----------
    points : Points
        Dense numbers.
    least : int
        A cluster with fewer points is small.
    cosine : float in [0, 1]
        Directions agree if the cosine of the angle between them, sign apart, is larger.

    Returns
    -------
    ndarray of int, shape (n,)
        Cluster of each point, from 0.

    Examples
    --------
    >>> corner = [[0.0, i] for i in range(5)] + [[i, 0.0] for i in range(2, 7)]
    >>> linear_clusters(Points(np.array(corner)), least=2, cosine=0.3).tolist()
    [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    """
    cluster = np.arange(len(points))
    members = {number: [number] for number in range(len(points))}
    for one, other in shortest_tree(points)[0].tolist():
        left, right = sorted((int(cluster[one]), int(cluster[other])))
        parts = members[left], members[right]
        if min(len(part) for part in parts) >= least and points.numeric.shape[1] > 0:
            first, second = (main_direction(points.numeric[part]) for part in parts)
            if not abs(float(first @ second)) > cosine:
                continue
        cluster[members[right]] = left
        members[left] += members.pop(right)
    return np.unique(cluster, return_inverse=True)[1].astype(np.intp)
