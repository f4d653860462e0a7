"""Batches that go from the data to equal classes while training goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.deep.batches.base import Batches

__all__ = ["Progressive"]


class Progressive(Batches):
    """Shares move in a straight line from those of the data, in the first pass, to equal ones, in the last.

    References
    ----------
    Kang, Xie, Rohrbach, Yan, Gordo, Feng and Kalantidis, Decoupling Representation and Classifier for
    Long-Tailed Recognition, ICLR 2020, equation 3.

    Examples
    --------
    >>> Progressive().shares(np.array([90, 10]), done=0.5)
    array([0.7, 0.3])
    """

    def shares(self, counts: NDArray[np.int64], done: float) -> NDArray[np.float64]:
        """``(1 - done) n_c / n + done / k``."""
        return (1 - done) * counts / counts.sum() + done / counts.size
