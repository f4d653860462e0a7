"""Which rows repeat others exactly, and which of them can still be among the nearest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.mixed_distance import Points

__all__ = ["first_of_equal"]

Words = NDArray[np.uint64]

# Constants of the splitmix64 mixer (Steele, Lea and Flood, OOPSLA 2014).
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX = np.uint64(0xBF58476D1CE4E5B9)
SHIFT = np.uint64(29)


def first_of_equal(points: Points, most: int) -> NDArray[np.intp]:
    """Leave out rows that equal ``most`` earlier ones, for they lose every tie against these.

    Parameters
    ----------
    points : Points
    most : int

    Returns
    -------
    ndarray of int
        Row numbers that stay, ascending.

    Examples
    --------
    >>> first_of_equal(Points(np.array([[1.0], [2.0], [1.0], [1.0], [2.0]])), 2)
    array([0, 1, 2, 4])
    """
    group = np.unique(_fingerprints(points), return_inverse=True)[1]
    by_group = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[by_group], np.arange(group.max(initial=-1) + 1))
    first = by_group[starts[group]]
    repeat = np.empty_like(group)
    repeat[by_group] = np.arange(group.shape[0]) - starts[group[by_group]]
    late = np.flatnonzero(repeat >= most)
    # Equal fingerprints are not yet equal rows.
    late = late[_are_equal(points, late, first[late])]
    stays = np.ones(len(points), dtype=bool)
    stays[late] = False
    return np.flatnonzero(stays)


def _mixed(words: Words) -> Words:
    words = words * GOLDEN
    return (words ^ (words >> SHIFT)) * MIX


def _bits(values: NDArray[Any]) -> Words:
    """Bit patterns of floats, with one zero instead of two."""
    plain = values + values.dtype.type(0)
    words: Words = plain.view(np.uint32 if plain.itemsize == 4 else np.uint64).astype(np.uint64)
    return words


def _fingerprints(points: Points) -> Words:
    """A hash of each row."""
    total = np.zeros(len(points), dtype=np.uint64)
    if points.is_sparse:
        table = points.numeric.copy()
        table.sum_duplicates()
        table.eliminate_zeros()
        words = _mixed(_bits(table.data) ^ _mixed(table.indices.astype(np.uint64)))
        sums = np.concatenate([total[:1] * 0, np.cumsum(words, dtype=np.uint64)])
        total = sums[table.indptr[1:]] - sums[table.indptr[:-1]]
    else:
        for column in range(points.width):
            total = _mixed(total ^ _bits(points.numeric[:, column])) + GOLDEN
    if points.codes is not None:
        for column in range(points.codes.shape[1]):
            total = _mixed(total ^ points.codes[:, column].astype(np.uint64)) + GOLDEN
    return total


def _are_equal(points: Points, rows: NDArray[np.intp], others: NDArray[np.intp]) -> NDArray[np.bool_]:
    equal: NDArray[np.bool_]
    if points.is_sparse:
        equal = np.diff((points.numeric[rows] != points.numeric[others]).tocsr().indptr) == 0
    else:
        equal = (points.numeric[rows] == points.numeric[others]).all(axis=1)
    if points.codes is not None:
        equal = equal & (points.codes[rows] == points.codes[others]).all(axis=1)
    return equal
