"""Some rows of a matrix, written out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["dense_rows"]


def dense_rows(points: Any, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return these rows of an array or sparse matrix as a dense array of doubles, a copy.

    Examples
    --------
    >>> dense_rows(sparse.csr_array([[0, 1], [2, 0]]), np.array([1])).tolist()
    [[2.0, 0.0]]
    """
    some = points[rows]
    return np.asarray(some.toarray() if sparse.issparse(some) else some).astype(np.float64)
