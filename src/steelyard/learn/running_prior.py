"""A class prior counted on the way, old labels fading: the plain rival of a learnt one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.balance.check_parameter import check_number, check_whole
from steelyard.errors import BadTarget

__all__ = ["RunningPrior"]

MOST = 1 - 1e-6  # a momentum of 1 would forget nothing
SMOOTHING = 1.0  # labels that every class is taken to have had beside those seen
NO_LABEL = -100


class RunningPrior:
    """Class shares of a stream of labels.

    Parameters
    ----------
    n_classes : int
    momentum : float in [0, 1), default=0.99
        What is left of a batch's counts with every batch after it; about ``1 / (1 - momentum)`` batches are
        remembered.

    Attributes
    ----------
    seen_ : ndarray of shape (k,)
        Labels of each class so far, faded.

    Notes
    -----
    Each class is taken to have had one label more, so that no share is 0; shares start equal.

    Examples
    --------
    >>> prior = RunningPrior(n_classes=2).update([0, 0, 0, 1])
    >>> np.exp(prior.log_prior_).round(2)
    array([0.67, 0.33])
    """

    def __init__(self, *, n_classes: int, momentum: float = 0.99) -> None:
        self.n_classes = n_classes
        self.momentum = momentum
        check_whole(self, "n_classes")
        check_number(self, "momentum", 0, MOST)
        self.seen_ = np.zeros(n_classes)

    def update(self, labels: ArrayLike) -> RunningPrior:
        """Count a batch of class codes, of any shape; those of -100 do not count.

        Returns
        -------
        self

        Raises
        ------
        BadTarget
            Codes that are no whole numbers from 0 to ``n_classes - 1``.
        """
        codes: NDArray[Any] = np.asarray(labels).ravel()
        counted = codes[codes != NO_LABEL]
        if counted.size == 0:
            return self
        if counted.dtype.kind not in "iu" or counted.min() < 0 or counted.max() >= self.n_classes:
            raise BadTarget(
                f"RunningPrior needs whole numbers from 0 to {self.n_classes - 1}. "
                f"Got {np.unique(counted)[:5].tolist()} among others."
            )
        self.seen_ = self.momentum * self.seen_ + np.bincount(counted, minlength=self.n_classes)
        return self

    @property
    def log_prior_(self) -> NDArray[np.float64]:
        """Logarithm of the shares now, shape ``(k,)``."""
        counts = self.seen_ + SMOOTHING
        return np.asarray(np.log(counts / counts.sum()))

    def __repr__(self) -> str:
        return f"RunningPrior(n_classes={self.n_classes!r}, momentum={self.momentum!r})"
