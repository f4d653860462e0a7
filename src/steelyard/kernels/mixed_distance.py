"""Distance between rows of numbers and codes: Euclidean, plus a fixed price for each code that differs.

Two forms of the same squared distance live here. ``pair_squared`` sums squared differences and is
what results are defined by: equal rows are exactly 0 apart and a grid of whole numbers gives exact
ties. ``block_squared`` goes through a matrix product, is much faster for many pairs, and is off by
rounding; ``rounding_slack`` bounds by how much. Categories are compared as integer codes, so a
column of a thousand levels costs what a column of two costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.batching import DEFAULT_MEMORY_MB, row_chunks

__all__ = ["Points", "block_squared", "pair_squared", "rounding_slack"]

# A dot product of d terms is off by at most about d roundings; the factor covers the three terms of
# the expanded square, their sum, and the rounding of the centred values.
ROUNDINGS_FACTOR = 4
ROUNDINGS_EXTRA = 8
DOUBLE_BYTES = 8
# Differences, their squares, and the two gathered blocks they came from.
PAIR_COPIES = 4


@dataclass(frozen=True, eq=False)
class Points:
    """Rows to measure distances between.

    ``numeric`` (n, p) holds finite floats, dense or CSR; ``codes`` (n, q) whole numbers or None;
    ``price`` is what one differing code adds to the squared distance.
    """

    numeric: Any
    codes: NDArray[np.integer[Any]] | None = None
    price: float = 1.0

    def __len__(self) -> int:
        return int(self.numeric.shape[0])

    @property
    def is_sparse(self) -> bool:
        """Whether the numbers are kept in CSR form."""
        return bool(sparse.issparse(self.numeric))

    @property
    def squared_norms(self) -> NDArray[np.float64]:
        """Sum of squares of each row's numbers."""
        if self.is_sparse:
            return np.asarray(self.numeric.power(2).sum(axis=1), dtype=np.float64).ravel()
        return np.asarray(np.einsum("ij,ij->i", self.numeric, self.numeric), dtype=np.float64)

    def take(self, rows: slice | NDArray[np.intp]) -> Points:
        """Return these rows only."""
        return Points(self.numeric[rows], None if self.codes is None else self.codes[rows], self.price)


def pair_squared(
    left: Points,
    left_rows: NDArray[np.intp],
    right: Points,
    right_rows: NDArray[np.intp],
    memory_mb: float = DEFAULT_MEMORY_MB,
) -> NDArray[np.float64]:
    """Squared distance of each row of ``left`` to the row of ``right`` at the same place in the lists.

    Parameters
    ----------
    left, right : Points
    left_rows, right_rows : ndarray of int, shape (m,)
    memory_mb : float

    Returns
    -------
    ndarray of shape (m,)

    Examples
    --------
    >>> rows = Points(np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[1], [2]]), price=1.0)
    >>> pair_squared(rows, np.array([0, 0]), rows, np.array([0, 1]))
    array([ 0., 26.])
    """
    squared = np.empty(left_rows.shape[0])
    width = max(1, left.numeric.shape[1])
    for part in row_chunks(left_rows.shape[0], PAIR_COPIES * width * DOUBLE_BYTES, memory_mb):
        one, other = left.numeric[left_rows[part]], right.numeric[right_rows[part]]
        if left.is_sparse:
            gap = (one - other).astype(np.float64)
            squared[part] = np.asarray(gap.power(2).sum(axis=1)).ravel()
        else:
            gap = one.astype(np.float64) - other
            squared[part] = np.square(gap, out=gap).sum(axis=1)
        if left.codes is not None and right.codes is not None:
            squared[part] += left.price * (left.codes[left_rows[part]] != right.codes[right_rows[part]]).sum(
                axis=1
            )
    return squared


def block_squared(
    left: Points,
    right: Points,
    left_norms: NDArray[np.float64],
    right_norms: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Squared distances of all rows of ``left`` to all rows of ``right``, up to rounding.

    Parameters
    ----------
    left, right : Points
    left_norms, right_norms : ndarray of shape (m,) and (n,)
        Their ``squared_norms``, which callers keep over many blocks.

    Returns
    -------
    ndarray of shape (m, n)

    Examples
    --------
    >>> rows = Points(np.array([[0.0], [3.0]]))
    >>> block_squared(rows, rows, rows.squared_norms, rows.squared_norms)
    array([[0., 9.],
           [9., 0.]])
    """
    product = left.numeric @ right.numeric.T
    squared = np.asarray(product.toarray() if sparse.issparse(product) else product, dtype=np.float64)
    squared *= -2.0
    squared += left_norms[:, None]
    squared += right_norms
    if left.codes is not None and right.codes is not None:
        for column in range(left.codes.shape[1]):
            differs = left.codes[:, column, None] != right.codes[None, :, column]
            np.add(squared, left.price, out=squared, where=differs)
    return squared


def rounding_slack(
    points: Points, norms: NDArray[np.float64], reach: NDArray[np.float64]
) -> NDArray[np.float64]:
    """By how much `block_squared` may miss the truth for rows within a squared distance ``reach``.

    Parameters
    ----------
    points : Points
        Only its width and precision are read.
    norms, reach : ndarray of shape (m,)
        Squared norms of the rows asked about, and the squared distance up to which it matters.

    Returns
    -------
    ndarray of shape (m,)
    """
    roundings = ROUNDINGS_FACTOR * (points.numeric.shape[1] + ROUNDINGS_EXTRA)
    farthest = np.square(np.sqrt(norms) + np.sqrt(np.maximum(reach, 0.0)))
    return np.asarray(roundings * np.finfo(points.numeric.dtype).eps * (norms + farthest))
