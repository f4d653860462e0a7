"""Rows of one class that lie nearest to another, judged by their nearest or by their farthest rare rows.

Only the best few of many rows are wanted. So each row first gets a floor under its total distance,
from a matrix product; the rows with the lowest floors are measured exactly; and every row whose
floor lies above the worst total that is still wanted is left out unmeasured.

For the farthest rare rows the floor comes from the outposts alone: the few rare rows that a sample of
the class names as farthest. They lie at the rim of the rare class and are the farthest ones for
nearly every row, whatever their number.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import row_chunks
from steelyard.kernels.mixed_distance import Points, pair_squared
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.overflow import refuse_huge
from steelyard.kernels.rough_distance import RoughPoints, Tilted

__all__ = ["near_farthest", "near_nearest", "total_to_nearest"]

Totals = Callable[[NDArray[np.intp]], NDArray[np.float64]]

DOUBLE_BYTES = 8
# The block of distances, a copy to partition, and the flags and lists of those far enough.
BLOCK_COPIES = 4
# Blocks this small stay in the cache of a core.
BLOCK_MB = 4
# Rows of the class that name the outposts.
SCOUTS = 512


def near_nearest(
    around: Neighborhood, rows: NDArray[np.intp], rare: NDArray[np.intp], k: int, n: int
) -> NDArray[np.intp]:
    """The n rows with the least total distance to their k nearest rare rows.

    Parameters
    ----------
    around : Neighborhood
    rows, rare : ndarray of int
        Rows of the two classes, in ascending order.
    k, n : int
        At most as many as there are rare rows, and rows.

    Returns
    -------
    ndarray of int, shape (n,)
        Least total first; among equal totals the smaller row number first.

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [9.0], [3.0], [4.0], [5.0]]))
    >>> near_nearest(around, np.array([0, 1, 2]), np.array([3, 4]), k=2, n=2).tolist()
    [2, 0]
    """

    def totals(some: NDArray[np.intp]) -> NDArray[np.float64]:
        return total_to_nearest(around, some, rare, k)

    if around.engine is not None:
        return _least(rows, totals(rows), n)
    plane = _Plane(around, rare)
    nearest = np.concatenate([plane.floor_of_nearest(part) for part in plane.parts(rows)])
    return _best(rows, k * nearest, totals, n)


def near_farthest(
    around: Neighborhood, rows: NDArray[np.intp], rare: NDArray[np.intp], k: int, n: int
) -> NDArray[np.intp]:
    """The n rows with the least total distance to their k farthest rare rows.

    Parameters
    ----------
    around : Neighborhood
    rows, rare : ndarray of int
        Rows of the two classes, in ascending order.
    k, n : int
        At most as many as there are rare rows, and rows.

    Returns
    -------
    ndarray of int, shape (n,)
        Least total first; among equal totals the smaller row number first.

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [9.0], [3.0], [4.0], [7.0]]))
    >>> near_farthest(around, np.array([0, 1, 2]), np.array([3, 4]), k=1, n=2).tolist()
    [2, 1]
    """

    def totals(some: NDArray[np.intp]) -> NDArray[np.float64]:
        if around.engine is not None:
            return _farthest_by_engine(around, some, rare, k)
        return np.concatenate([plane.total_to_farthest(part, k) for part in plane.parts(some)])

    if around.engine is not None:
        return _least(rows, totals(rows), n)
    plane = _Plane(around, rare)
    outposts = _Plane(around, _outposts(plane, rows, k))
    floor = [outposts.floor_of_farthest(part, k) for part in outposts.parts(rows)]
    return _best(rows, np.concatenate(floor), totals, n)


def total_to_nearest(
    around: Neighborhood, rows: NDArray[np.intp], rare: NDArray[np.intp], k: int
) -> NDArray[np.float64]:
    """Total distance of each row to its k nearest rare rows.

    Parameters
    ----------
    around : Neighborhood
    rows, rare : ndarray of int
    k : int

    Returns
    -------
    ndarray of shape (len(rows),)

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [3.0], [4.0], [7.0]]))
    >>> total_to_nearest(around, np.array([0, 3]), np.array([1, 2]), k=2)
    array([7., 7.])
    """
    return np.asarray(around.nearest(k, asked=rows, pool=rare)[1].sum(axis=1))


def _best(rows: NDArray[np.intp], floor: NDArray[np.float64], totals: Totals, n: int) -> NDArray[np.intp]:
    """The n rows with the least totals, measuring only those whose floor lets them in."""
    first = np.argpartition(floor, n - 1)[:n]
    measured = np.full(rows.shape[0], np.inf)
    measured[first] = totals(rows[first])
    rest = floor <= measured[first].max()
    rest[first] = False
    if rest.any():
        measured[rest] = totals(rows[rest])
    return _least(rows, measured, n)


def _least(rows: NDArray[np.intp], totals: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    return rows[np.argsort(totals, kind="stable")[:n]]


def _outposts(plane: _Plane, rows: NDArray[np.intp], k: int) -> NDArray[np.intp]:
    """Rare rows that are among the k farthest for some of the scouts."""
    scouts = rows[:: max(1, rows.shape[0] // SCOUTS)]
    named = [
        np.argpartition(plane.rough(part), plane.rare.shape[0] - k, axis=1)[:, -k:]
        for part in plane.parts(scouts)
    ]
    return plane.rare[np.unique(np.concatenate(named))]


def _farthest_by_engine(
    around: Neighborhood, rows: NDArray[np.intp], rare: NDArray[np.intp], k: int
) -> NDArray[np.float64]:
    """All distances, asked of an engine that finds the nearest only."""
    parts = row_chunks(rows.shape[0], rare.shape[0] * DOUBLE_BYTES * BLOCK_COPIES, around.memory_mb)
    asked = [around.nearest(rare.shape[0], asked=rows[part], pool=rare)[1] for part in parts]
    return np.concatenate([distances[:, -k:].sum(axis=1) for distances in asked])


class _Plane:
    """Distances of any rows to the rare ones, block by block."""

    def __init__(self, around: Neighborhood, rare: NDArray[np.intp]) -> None:
        refuse_huge(around.numbers)
        self.rare, self.memory_mb = rare, min(BLOCK_MB, around.memory_mb)
        self.exact = Points(around.numbers, around.codes, around.mismatch**2)
        self.middle = RoughPoints.middle_of(self.exact.take(rare))
        self.near = self._near(rare)
        self.tilted = Tilted(self.near)

    def _near(self, rows: NDArray[np.intp]) -> RoughPoints:
        return RoughPoints.of(self.exact.take(rows), self.middle)

    def parts(self, rows: NDArray[np.intp]) -> list[NDArray[np.intp]]:
        """Cut rows into lots whose distances fit the memory."""
        chunks = row_chunks(rows.shape[0], self.rare.shape[0] * DOUBLE_BYTES * BLOCK_COPIES, self.memory_mb)
        return [rows[part] for part in chunks]

    def rough(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Squared distances to all rare rows, up to rounding."""
        return self._near(rows).squared_to(self.near)

    def floor_of_nearest(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """What the distance to the nearest rare row is at least."""
        asked = self._near(rows)
        return _floor(asked, asked.least_squared_to(self.tilted))

    def floor_of_farthest(self, rows: NDArray[np.intp], k: int) -> NDArray[np.float64]:
        """What the total distance to the k farthest rare rows is at least."""
        asked = self._near(rows)
        rough = asked.squared_to(self.near)
        farthest = np.partition(rough, rough.shape[1] - k, axis=1)[:, -k:]
        return np.asarray(sum(_floor(asked, farthest[:, place]) for place in range(k)))

    def total_to_farthest(self, rows: NDArray[np.intp], k: int) -> NDArray[np.float64]:
        """Exact total distance of each row to its k farthest rare rows."""
        asked = self._near(rows)
        rough = asked.squared_to(self.near)
        edge = np.partition(rough, rough.shape[1] - k, axis=1)[:, -k]
        # Twice: the k-th may itself be too large by the slack, and a truly far row too small by it.
        limit = edge - 2 * asked.slack(rough.max(axis=1))
        row, column = np.nonzero(rough >= limit[:, None])
        squared = pair_squared(self.exact, rows[row], self.exact, self.rare[column])
        order = np.lexsort((squared, row))
        last = np.searchsorted(row, np.arange(rows.shape[0]), side="right")
        chosen = order[last[:, None] - np.arange(k, 0, -1)]
        return np.asarray(np.sqrt(squared[chosen]).sum(axis=1))


def _floor(asked: RoughPoints, squared: NDArray[np.float64]) -> NDArray[np.float64]:
    """What distances are at least whose squares are known up to rounding."""
    return np.asarray(np.sqrt(np.maximum(squared - 2 * asked.slack(squared), 0.0)))
