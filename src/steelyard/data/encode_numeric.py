"""Numbers and booleans, which stay what they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["NumberColumn"]


class NumberColumn:
    """A column of numbers; missing values stay NaN.

    Examples
    --------
    >>> import numpy as np
    >>> NumberColumn().fit(np.array([1.0, 2.0])).transform(np.array([3.0]))
    array([[3.]])
    """

    suffixes = ("",)
    sentence = ""

    def fit(self, value: NDArray[np.float64]) -> NumberColumn:
        """Learn nothing."""
        return self

    def transform(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the numbers as one column, shape (n, 1)."""
        return value[:, None]

    def measure(self, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the numbers, for shift."""
        return value
