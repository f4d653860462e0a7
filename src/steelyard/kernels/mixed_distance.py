"""Distance between rows of numbers and codes: Euclidean, plus a fixed price for each code that differs.

``pair_squared`` sums squared differences in double precision and is what results are defined by:
equal rows are exactly 0 apart and a grid of whole numbers gives exact ties. Categories are compared
as integer codes, so a column of a thousand levels costs what a column of two costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.batching import DEFAULT_MEMORY_MB, row_chunks

__all__ = ["Codes", "Points", "code_gaps", "compact_codes", "pair_squared"]

Codes = NDArray[np.integer[Any]]

DOUBLE_BYTES = 8
# Differences, their squares, and the two gathered blocks they came from.
PAIR_COPIES = 4
# Pairs whose numbers fill this many bytes are worked on at a time, for they stay in the cache.
PAIR_BLOCK_MB = 2


@dataclass(frozen=True, eq=False)
class Points:
    """Rows to measure distances between.

    ``numeric`` (n, p) holds finite floats, dense or CSR; ``codes`` (n, q) whole numbers or None;
    ``price`` is what one differing code adds to the squared distance.
    """

    numeric: Any
    codes: Codes | None = None
    price: float = 1.0

    def __len__(self) -> int:
        return int(self.numeric.shape[0])

    @property
    def is_sparse(self) -> bool:
        """Whether the numbers are kept in CSR form."""
        return bool(sparse.issparse(self.numeric))

    @property
    def width(self) -> int:
        """Number of numeric columns."""
        return int(self.numeric.shape[1])

    @property
    def n_columns(self) -> int:
        """Number of columns of both kinds."""
        return self.width + (0 if self.codes is None else int(self.codes.shape[1]))

    @property
    def numbers_per_row(self) -> int:
        """Numbers that a row holds in memory, on average."""
        return self.numeric.nnz // max(1, len(self)) if self.is_sparse else self.width

    def take(self, rows: slice | NDArray[np.intp]) -> Points:
        """Return these rows only."""
        return Points(self.numeric[rows], None if self.codes is None else self.codes[rows], self.price)


def compact_codes(tables: Sequence[Codes]) -> list[Codes]:
    """Write codes in the smallest unsigned type; equal stays equal, also from one table to another.

    Parameters
    ----------
    tables : sequence of int arrays of shape (n_i, q)

    Returns
    -------
    list of unsigned int arrays

    Examples
    --------
    >>> compact_codes([np.array([[-1, 300], [1, 299]])])
    [array([[0, 1],
           [2, 0]], dtype=uint8)]
    """
    kinds = {table.dtype for table in tables}
    if kinds in ({np.dtype(np.uint8)}, {np.dtype(np.uint16)}):
        return list(tables)
    filled = [table for table in tables if table.shape[0]]
    if not filled or filled[0].shape[1] == 0:
        return [table.astype(np.uint8) for table in tables]
    low = np.min([table.min(axis=0) for table in filled], axis=0)
    high = np.max([table.max(axis=0) for table in filled], axis=0)
    kind = np.min_scalar_type(int((high - low).max()))
    return [(table - low).astype(kind) for table in tables]


def code_gaps(
    left: NDArray[np.integer[Any]], right: NDArray[np.integer[Any]]
) -> NDArray[np.unsignedinteger[Any]]:
    """Count the codes that differ between all rows of two sets, given column by column.

    Parameters
    ----------
    left, right : ndarray of int, shape (q, m) and (q, n)

    Returns
    -------
    ndarray of unsigned int, shape (m, n)

    Examples
    --------
    >>> code_gaps(np.array([[0, 1], [5, 5]]), np.array([[0], [6]])).tolist()
    [[1], [2]]
    """
    gaps = np.zeros((left.shape[1], right.shape[1]), dtype=np.min_scalar_type(left.shape[0]))
    differs = np.empty(gaps.shape, dtype=np.bool_)
    for one, other in zip(left, right, strict=True):
        np.not_equal(one[:, None], other, out=differs)
        # As bytes, for adding truth values would convert them one by one.
        gaps += differs.view(np.uint8)
    return gaps


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
    bytes_per_pair = PAIR_COPIES * max(1, left.numbers_per_row) * DOUBLE_BYTES
    for part in row_chunks(left_rows.shape[0], bytes_per_pair, min(memory_mb, PAIR_BLOCK_MB)):
        squared[part] = _gap(left, left_rows[part], right, right_rows[part])
        if left.codes is not None and right.codes is not None:
            differs = left.codes[left_rows[part]] != right.codes[right_rows[part]]
            squared[part] += left.price * np.count_nonzero(differs, axis=1)
    return squared


def _gap(
    left: Points, left_rows: NDArray[np.intp], right: Points, right_rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Sum of the squared differences of the numbers."""
    if left.is_sparse:
        apart = (left.numeric[left_rows] - right.numeric[right_rows]).astype(np.float64)
        return np.asarray(apart.power(2).sum(axis=1), dtype=np.float64).ravel()
    one = np.take(left.numeric, left_rows, axis=0)
    gap = one.astype(np.float64, copy=False)
    np.subtract(gap, np.take(right.numeric, right_rows, axis=0), out=gap)
    return np.asarray(np.square(gap, out=gap).sum(axis=1), dtype=np.float64)
