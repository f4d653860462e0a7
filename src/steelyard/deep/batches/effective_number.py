"""Batches in which a row comes the less often, the more rows its class effectively has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_number
from steelyard.deep.batches.base import Batches
from steelyard.kernels.priors import effective_number

__all__ = ["EffectiveNumber"]

MOST_BETA = 1 - 1e-9  # 1 itself would divide 0 by 0; this is `ClassAware` for any number of rows


class EffectiveNumber(Batches):
    """Each row comes in inverse proportion to the effective number of rows of its class.

    What `ClassBalanced` does by weights is done by drawing: the mean loss over many batches is the same,
    a constant factor apart.

    Parameters
    ----------
    beta : float in [0, 1), default=0.9999
        0 leaves the shares of the data; towards 1 all classes come alike.

    References
    ----------
    Cui, Jia, Lin, Song and Belongie, Class-Balanced Loss Based on Effective Number of Samples, CVPR 2019.

    Examples
    --------
    >>> EffectiveNumber(beta=0.99).shares(np.array([90, 10]), done=0.0).round(2)
    array([0.59, 0.41])
    """

    def __init__(self, *, beta: float = 0.9999) -> None:
        self.beta = beta
        check_number(self, "beta", 0, MOST_BETA)

    def shares(self, counts: NDArray[np.int64], done: float) -> NDArray[np.float64]:
        """``n_c (1 - beta) / (1 - beta^n_c)``, over their sum."""
        drawn = counts / effective_number(counts, self.beta)
        return drawn / drawn.sum()
