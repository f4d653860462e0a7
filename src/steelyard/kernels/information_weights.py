"""How much a rare row tells about the border: near to rows of other classes, and far from its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["information_weights"]


def information_weights(
    near: NDArray[np.intp],
    distances: NDArray[np.float64],
    n_rare: int,
    n_columns: int,
    *,
    closeness_cutoff: float,
    closeness_max: float,
) -> NDArray[np.float64]:
    """Sum, over the rows at the border, of closeness times density.

    The closeness of a border row y and a rare row x is ``min(n_columns / distance, cutoff) / cutoff *
    max`` where x is among the nearest rare rows of y, else 0; the density factor is the share of x in
    the closeness of all rare rows to y.

    Parameters
    ----------
    near : ndarray of int, shape (m, k)
        Rare rows nearest to each border row, as numbers below ``n_rare``.
    distances : ndarray of shape (m, k)
    n_rare, n_columns : int
    closeness_cutoff, closeness_max : float

    Returns
    -------
    ndarray of shape (n_rare,)
        0 for a rare row that is near no border row.

    References
    ----------
    Barua, Islam, Yao and Murase, MWMOTE: Majority Weighted Minority Oversampling Technique for
    Imbalanced Data Set Learning, IEEE Transactions on Knowledge and Data Engineering 26, 2014.

    Examples
    --------
    >>> information_weights(np.array([[0, 1]]), np.array([[1.0, 4.0]]), 3, 2,
    ...                     closeness_cutoff=5, closeness_max=2).round(3)
    array([0.64, 0.04, 0.  ])
    """
    with np.errstate(divide="ignore"):
        closeness = np.minimum(n_columns / distances, closeness_cutoff) / closeness_cutoff * closeness_max
    weight = closeness**2 / closeness.sum(axis=1, keepdims=True)
    total = np.bincount(near.ravel(), weights=weight.ravel(), minlength=n_rare)
    return np.asarray(total, dtype=np.float64)
