"""Values that stand apart at the upper end: by the largest jump between them, and by their Z-score."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["big_jump", "intruders"]

FEWEST = 3  # two values have one gap, which cannot be larger than usual


def big_jump(values: ArrayLike, kappa: float = 2.0) -> float | None:
    """Find the largest gap in the upper half of the sorted values, if it is larger than usual.

    Parameters
    ----------
    values : array of shape (n,)
    kappa : float
        The gap must exceed the mean of all gaps by so many of their standard deviations.

    Returns
    -------
    float or None
        The value below the gap: what is larger lies beyond the jump. None without such a gap.

    Examples
    --------
    >>> big_jump([0.1, 0.2, 0.3, 0.9, 0.4, 0.5, 0.6])
    0.6
    >>> big_jump([0.1, 0.2, 0.3, 0.4]) is None
    True
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    if ordered.shape[0] < FEWEST:
        return None
    gaps = np.diff(ordered)
    half = gaps.shape[0] // 2
    widest = half + int(gaps[half:].argmax())
    if not gaps[widest] > gaps.mean() + kappa * gaps.std():
        return None
    return float(ordered[widest])


def intruders(
    values: ArrayLike, *, z: float = 1.0, z_alone: float = 2.0, kappa: float = 2.0
) -> NDArray[np.bool_]:
    """Tell which values are large by their Z-score and lie beyond a jump, or are very large.

    Parameters
    ----------
    values : array of shape (n,)
    z : float
        Z-score that a value beyond the jump must exceed.
    z_alone : float
        Z-score that is enough without a jump, where it is above ``z``.
    kappa : float
        See `big_jump`.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> intruders([0.1, 0.2, 0.3, 0.9, 0.4, 0.5, 0.6]).tolist()
    [False, False, False, True, False, False, False]
    """
    given = np.asarray(values, dtype=np.float64)
    ordered = np.sort(given)  # sums in one order, so that the order of the rows does not matter
    deviation = ordered.std() if given.size else 0.0
    if not deviation > 0:
        return np.zeros(given.shape[0], dtype=np.bool_)
    score = (given - ordered.mean()) / deviation
    cut = big_jump(given, kappa)
    beyond = np.zeros(given.shape[0], dtype=np.bool_) if cut is None else given > cut
    return np.asarray((score > z) & (beyond | (score > z_alone)))
