"""All distances between two lots of rows, some rows at a time, good to rounding."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import row_chunks
from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.rough_distance import RoughPoints

__all__ = ["distance_blocks"]

DOUBLE_BYTES = 8
# The block of squares, its roots, and what a caller makes of them.
BLOCK_COPIES = 3


def distance_blocks(
    around: Neighborhood, asked: NDArray[np.intp], pool: NDArray[np.intp]
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Distances from each row asked to every row of a pool, for means and medians of them.

    Parameters
    ----------
    around : Neighborhood
    asked, pool : ndarray of int
        Row numbers.

    Yields
    ------
    part : slice
        Which of the rows asked.
    distances : ndarray of shape (part, len(pool))
        NaN from a row to itself.

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [1.0], [4.0]]))
    >>> for part, far in distance_blocks(around, np.array([1]), np.arange(3)):
    ...     print(part, far.round(6).tolist())
    slice(0, 1, None) [[1.0, nan, 3.0]]
    """
    of_pool, of_asked = (_points(around, rows) for rows in (pool, asked))
    middle = RoughPoints.middle_of(of_pool)
    right = RoughPoints.of(of_pool, middle)
    for part in row_chunks(asked.shape[0], pool.shape[0] * DOUBLE_BYTES * BLOCK_COPIES, around.memory_mb):
        squared = RoughPoints.of(of_asked.take(part), middle).squared_to(right)
        distances = np.sqrt(np.maximum(squared, 0.0, out=squared), out=squared)
        distances[asked[part, None] == pool] = np.nan
        yield part, distances


def _points(around: Neighborhood, rows: NDArray[np.intp]) -> Points:
    codes = None if around.codes is None else around.codes[rows]
    return Points(around.numbers[rows].astype(np.float64), codes, around.mismatch**2)
