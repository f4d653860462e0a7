"""Recall of each class."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.metrics.confusion import confusion, recalls_of

__all__ = ["recall_per_class"]


def recall_per_class(
    y_codes: ArrayLike, decided: ArrayLike, k: int, weight: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Share of the rows of each class that were decided to be of it.

    Parameters
    ----------
    y_codes, decided : array of int, shape (n,)
        True and decided class codes, 0 to ``k - 1``.
    k : int
        Number of classes.
    weight : array of shape (n,), optional

    Returns
    -------
    ndarray of shape (k,)
        NaN for a class without a row.

    Examples
    --------
    >>> recall_per_class([0, 0, 1, 1], [0, 1, 1, 1], 3)
    array([0.5, 1. , nan])
    """
    return recalls_of(confusion(np.asarray(y_codes), np.asarray(decided), k, weight))
