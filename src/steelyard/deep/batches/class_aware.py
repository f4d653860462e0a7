"""Batches in which every class comes as often as any other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.deep.batches.base import Batches

__all__ = ["ClassAware"]


class ClassAware(Batches):
    """Each class has the same share of a pass.

    Rows of rare classes come many times a pass, and those of frequent ones not in every pass.

    References
    ----------
    Shen, Lin and Huang, Relay Backpropagation for Effective Learning of Deep Convolutional Neural
    Networks, ECCV 2016. There classes take strict turns; here their shares are equal over a pass.

    Examples
    --------
    >>> ClassAware().shares(np.array([90, 10]), done=0.0)
    array([0.5, 0.5])
    """

    def shares(self, counts: NDArray[np.int64], done: float) -> NDArray[np.float64]:
        """``1 / k``."""
        return np.full(counts.size, 1 / counts.size)
