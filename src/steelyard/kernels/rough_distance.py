"""Distances between many rows at once through a matrix product, and how far off they may be.

Much faster than sums of squared differences, which results are defined by, and off by rounding. What
is decided by a rough distance must therefore be decided by more than `RoughPoints.slack`, or be
looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.batching import row_chunks
from steelyard.kernels.mixed_distance import Points, code_gaps

__all__ = ["RoughPoints", "Tilted"]

# A dot product of d terms is off by at most about d roundings; the factor covers the three terms of
# the expanded square, their sum, and the rounding of the centred values.
ROUNDINGS_FACTOR = 4
ROUNDINGS_EXTRA = 8
# Rows sought among at a time, and bytes of their scores, that stay in the processor's cache.
AT_ONCE = 2048
BLOCK_MB = 4


@dataclass(frozen=True, eq=False)
class RoughPoints:
    """Rows whose numbers were moved towards 0, where they lose the fewest digits, and their squared norms.

    Examples
    --------
    >>> rows = RoughPoints.of(Points(np.array([[0.0], [3.0]])))
    >>> rows.squared_to(rows)
    array([[0., 9.],
           [9., 0.]])
    """

    points: Points
    norms: NDArray[np.float64]

    @classmethod
    def of(cls, points: Points, middle: Any = None) -> RoughPoints:
        """Move dense rows by ``middle``, the same one for all that are to be compared."""
        numeric = points.numeric
        if sparse.issparse(numeric):
            norms = np.asarray(numeric.power(2).sum(axis=1), dtype=np.float64).ravel()
            return cls(points, norms)
        if middle is not None:
            numeric = numeric - middle
        norms = np.einsum("ij,ij->i", numeric, numeric).astype(np.float64)
        return cls(Points(numeric, points.codes, points.price), norms)

    @staticmethod
    def middle_of(points: Points) -> Any:
        """Where most rows are; None for sparse rows, which must not be moved."""
        if points.is_sparse or not len(points):
            return None
        return points.numeric.mean(axis=0)

    def __len__(self) -> int:
        return len(self.points)

    def take(self, rows: slice | NDArray[Any]) -> RoughPoints:
        """Return these rows only."""
        return RoughPoints(self.points.take(rows), self.norms[rows])

    def without_codes(self) -> RoughPoints:
        """Return the same rows as numbers alone."""
        return RoughPoints(Points(self.points.numeric), self.norms)

    def squared_to(self, other: RoughPoints) -> NDArray[np.float64]:
        """Squared distances of all rows to all rows of ``other``, shape (m, n)."""
        product = self.points.numeric @ other.points.numeric.T
        squared = np.asarray(product.toarray() if sparse.issparse(product) else product, dtype=np.float64)
        squared *= -2.0
        squared += self.norms[:, None]
        squared += other.norms
        left, right = self.points.codes, other.points.codes
        if left is not None and right is not None:
            squared += self.points.price * code_gaps(left.T, right.T)
        return squared

    def least_squared_to(self, other: Tilted) -> NDArray[np.float64]:
        """Squared distance of each row to the nearest one of ``other``, shape (m,)."""
        if other.columns is None:
            return np.asarray(self.squared_to(other.rows).min(axis=1))
        numeric, least = self.points.numeric, np.full(len(self), np.inf)
        for rows in row_chunks(len(self), other.n_bytes, BLOCK_MB):
            asked = np.c_[numeric[rows], np.ones(rows.stop - rows.start, dtype=numeric.dtype)]
            for start in range(0, other.columns.shape[1], AT_ONCE):
                score = asked @ other.columns[:, start : start + AT_ONCE]
                np.minimum(least[rows], score.min(axis=1), out=least[rows])
        return np.asarray(least + self.norms)

    def slack(self, reach: NDArray[np.float64]) -> NDArray[np.float64]:
        """By how much a squared distance of each row may miss the truth, for rows truly within ``reach``.

        Both are squared distances, of shape (m,).
        """
        roundings = ROUNDINGS_FACTOR * (self.points.width + ROUNDINGS_EXTRA)
        farthest = np.square(np.sqrt(self.norms) + np.sqrt(np.maximum(reach, 0.0)))
        eps = float(np.finfo(self.points.numeric.dtype).eps)
        return np.asarray(roundings * eps * (self.norms + farthest))


class Tilted:
    """Rows to be sought among: with a column of ones on the other side, one product yields the squares."""

    def __init__(self, rows: RoughPoints) -> None:
        self.rows = rows
        self.columns: NDArray[Any] | None = None
        points = rows.points
        if not points.is_sparse and points.codes is None:
            self.columns = np.c_[-2 * points.numeric, rows.norms].T.astype(points.numeric.dtype)
        self.n_bytes = min(len(rows), AT_ONCE) * points.numeric.dtype.itemsize
