"""Batches as the data are: every row once a pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.deep.batches.base import Batches

__all__ = ["Natural"]


class Natural(Batches):
    """Each class has its share of the rows; every row comes once a pass.

    Examples
    --------
    >>> Natural().shares(np.array([90, 10]), done=0.0)
    array([0.9, 0.1])
    """

    def shares(self, counts: NDArray[np.int64], done: float) -> NDArray[np.float64]:
        """``n_c / n``."""
        return counts / counts.sum()
