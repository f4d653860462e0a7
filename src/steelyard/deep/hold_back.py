"""Rows of each class that training does not see, to stop on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.rng import child

__all__ = ["hold_back"]

FEWEST_TO_SPLIT = 2


def hold_back(codes: NDArray[np.intp], share: float, seed: int) -> NDArray[np.intp]:
    """Draw a share of each class, at least one row of each class that has two.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Class codes.
    share : float
        At most a half, so that each class keeps at least as many rows as it gives.
    seed : int

    Returns
    -------
    ndarray of int
        Positions in rising order.

    Examples
    --------
    >>> codes = np.repeat([0, 1, 2], [10, 3, 1])
    >>> codes[hold_back(codes, 0.2, seed=0)].tolist()
    [0, 0, 1]
    """
    drawn = []
    for code in np.unique(codes).tolist():
        rows = np.flatnonzero(codes == code)
        if rows.shape[0] >= FEWEST_TO_SPLIT:
            n_held = max(1, int(share * rows.shape[0]))
            drawn.append(child(seed, "held back", code).choice(rows, size=n_held, replace=False))
    return np.sort(np.concatenate(drawn)) if drawn else np.empty(0, dtype=np.intp)
