"""Batches half-way between the data and equal classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.deep.batches.base import Batches

__all__ = ["SquareRoot"]


class SquareRoot(Batches):
    """Each class has a share proportional to the root of its rows.

    References
    ----------
    Mahajan, Girshick, Ramanathan, He, Paluri, Li, Bharambe and van der Maaten, Exploring the Limits of
    Weakly Supervised Pretraining, ECCV 2018.

    Examples
    --------
    >>> SquareRoot().shares(np.array([90, 10]), done=0.0)
    array([0.75, 0.25])
    """

    def shares(self, counts: NDArray[np.int64], done: float) -> NDArray[np.float64]:
        """``sqrt(n_c)``, over their sum."""
        roots = np.sqrt(counts)
        return roots / roots.sum()
