"""Numbers too large for their squares."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from steelyard.errors import BadTable

__all__ = ["LARGEST", "largest_size", "refuse_huge"]

#: Beyond this the square of a difference of two numbers overflows.
LARGEST = {np.dtype(np.float32): 1e18, np.dtype(np.float64): 1e150}


def largest_size(numbers: Any) -> float:
    """Largest absolute value of an array or sparse matrix, without a copy of it; NaN if one is NaN.

    Examples
    --------
    >>> largest_size(np.array([1.0, -3.0]))
    3.0
    """
    held = numbers.data if sparse.issparse(numbers) else numbers
    return max(float(held.max(initial=0.0)), -float(held.min(initial=0.0)))


def refuse_huge(numbers: Any, kind: Any = None) -> None:
    """Refuse numbers whose squares cannot be held.

    Parameters
    ----------
    numbers : array or sparse matrix of floats
    kind : dtype, optional
        In which squares are held; that of the numbers by default.

    Raises
    ------
    BadTable
        With the largest number and what to do.
    """
    largest = largest_size(numbers)
    limit = LARGEST[np.dtype(numbers.dtype if kind is None else kind)]
    if largest > limit:
        raise BadTable(
            f"Distances overflow: the table holds {largest:.3g}, and squares of more than {limit:.0e} cannot "
            "be held. Rescale the columns."
        )
