"""How deep inside its class a row lies: peeled off, layer by layer, from where the other classes are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["proximity_levels"]


def proximity_levels(
    around: Neighborhood,
    rare: NDArray[np.intp],
    common: NDArray[np.intp],
    k: int,
    n_levels: int,
) -> NDArray[np.intp]:
    """Peel a class into levels: the first holds the k nearest rows of each row of the other classes.

    They are taken away and the next level is sought among the rest, and so on; the last level is
    whatever is left.

    Parameters
    ----------
    around : Neighborhood
    rare, common : ndarray of int
        Row numbers of the class, ascending, and of all others.
    k, n_levels : int

    Returns
    -------
    ndarray of int, shape (len(rare),)
        Level of each row of the class, from 0.

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [1.0], [2.0], [3.0], [9.0]]))
    >>> proximity_levels(around, np.array([1, 2, 3, 4]), np.array([0]), 1, 3).tolist()
    [0, 1, 2, 2]
    """
    level = np.full(rare.shape[0], n_levels - 1, dtype=np.intp)
    left = np.arange(rare.shape[0])
    for number in range(n_levels - 1):
        if left.shape[0] == 0:
            break
        near, _ = around.nearest(min(k, left.shape[0]), asked=common, pool=rare[left])
        found = np.searchsorted(rare, np.unique(near))
        level[found] = number
        left = np.setdiff1d(left, found, assume_unique=True)
    return level
