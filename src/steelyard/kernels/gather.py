"""Rows of an array by their numbers, the quick way for the order in which it is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["gather"]


def gather(values: NDArray[Any], rows: NDArray[np.integer[Any]]) -> NDArray[Any]:
    """Return these rows of an array.

    ``take`` is more than twice as fast as indexing where a row lies in one piece, but copies the whole
    array first where columns do.

    Examples
    --------
    >>> gather(np.array([[1, 2], [3, 4]], order="F"), np.array([1, 1])).tolist()
    [[3, 4], [3, 4]]
    """
    return np.take(values, rows, axis=0) if values.flags.c_contiguous else np.asarray(values[rows])
