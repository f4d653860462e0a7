"""How the neighbours of a row of a small class judge it: at the border, or noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["in_danger", "is_noise"]


def in_danger(n_enemies: NDArray[np.intp], n_neighbors: int) -> NDArray[np.bool_]:
    """Whether at least half of a row's neighbours, but not all, are of other classes.

    Examples
    --------
    >>> in_danger(np.array([0, 2, 3, 5]), 5).tolist()
    [False, False, True, False]
    """
    return np.asarray((2 * n_enemies >= n_neighbors) & (n_enemies < n_neighbors))


def is_noise(n_enemies: NDArray[np.intp], n_neighbors: int) -> NDArray[np.bool_]:
    """Whether all of a row's neighbours are of other classes.

    Examples
    --------
    >>> is_noise(np.array([4, 5]), 5).tolist()
    [False, True]
    """
    return np.asarray(n_enemies == n_neighbors)
