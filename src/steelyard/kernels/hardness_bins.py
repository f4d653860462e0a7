"""How many rows to draw from easy and hard parts of a class, as a self-paced ensemble does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_by_hardness", "hardness_bins", "harmonised_quota", "pace"]

ROUNDING = 1e-9  # a share this near to the next whole number is that number
HALF_A_ROW = 0.5


def pace(step: int, last: int) -> float:
    """The self-paced factor: 0 at the start, ``tan(pi/2 * step/last)``, infinite at the end.

    Examples
    --------
    >>> [round(pace(step, 4), 2) for step in range(5)]
    [0.0, 0.41, 1.0, 2.41, inf]
    """
    return float("inf") if step >= last else float(np.tan(np.pi / 2 * step / last))


def hardness_bins(hardness: NDArray[np.float64], k_bins: int) -> NDArray[np.intp]:
    """Bin of each row: ``k_bins`` stretches of equal width from the easiest row to the hardest.

    Examples
    --------
    >>> hardness_bins(np.array([0.0, 0.1, 0.5, 1.0]), 2).tolist()
    [0, 0, 1, 1]
    """
    low, high = float(hardness.min()), float(hardness.max())
    if low == high:
        return np.zeros(hardness.shape[0], dtype=np.intp)
    place = ((hardness - low) / (high - low) * k_bins).astype(np.intp)
    return np.asarray(np.minimum(place, k_bins - 1))


def harmonised_quota(
    hardness: NDArray[np.float64], bins: NDArray[np.intp], k_bins: int, alpha: float, wanted: int
) -> NDArray[np.intp]:
    """Rows to draw from each bin.

    Bin ``l`` weighs ``1 / (h_l + alpha)``, ``h_l`` being the mean hardness of its rows: a small
    ``alpha`` gives every bin the same total hardness, and so mostly easy rows; a large one gives every
    bin the same number of rows, and so more of the hard ones. Empty bins weigh nothing. What a bin lacks
    is asked of the others by the same weights; fractions are rounded by largest remainder.

    Parameters
    ----------
    hardness : ndarray of shape (n,)
        At least 0.
    bins : ndarray of int, shape (n,)
    k_bins : int
    alpha : float
        Above 0; may be infinite.
    wanted : int
        At most n.

    Returns
    -------
    ndarray of int, shape (k_bins,)
        Sums to ``wanted``; no bin is asked for more rows than it has.

    References
    ----------
    Liu et al., Self-paced ensemble for highly imbalanced massive data classification, ICDE 2020,
    algorithm 1.

    Examples
    --------
    >>> hardness = np.array([0.1] * 80 + [0.4] * 20)
    >>> bins = hardness_bins(hardness, 2)
    >>> harmonised_quota(hardness, bins, 2, 1e-9, 10).tolist()
    [8, 2]
    >>> harmonised_quota(hardness, bins, 2, float("inf"), 10).tolist()
    [5, 5]
    """
    has = np.bincount(bins, minlength=k_bins)
    weight = np.zeros(k_bins)
    filled = has > 0
    mean = np.bincount(bins, hardness, minlength=k_bins)[filled] / has[filled]
    weight[filled] = 1.0 if np.isinf(alpha) else 1.0 / (mean + alpha)
    share = np.zeros(k_bins)
    while share.sum() < wanted - HALF_A_ROW:
        open_bins = (share < has) & (weight > 0)
        asked = (wanted - share.sum()) * weight * open_bins / (weight * open_bins).sum()
        share = np.minimum(share + asked, has)
    quota = np.floor(share + ROUNDING).astype(np.intp)
    left_over = share - quota
    for place in np.argsort(-left_over, kind="stable")[: wanted - int(quota.sum())]:
        quota[place] += 1
    return quota


def draw_by_hardness(
    hardness: NDArray[np.float64], k_bins: int, alpha: float, wanted: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Draw ``wanted`` rows without replacement, as many from each bin as `harmonised_quota` says.

    Returns
    -------
    ndarray of int, shape (wanted,)
        Positions in ``hardness``, in order.
    """
    bins = hardness_bins(hardness, k_bins)
    quota = harmonised_quota(hardness, bins, k_bins, alpha, wanted)
    drawn = [
        rng.choice(np.flatnonzero(bins == place), size=count, replace=False)
        for place, count in enumerate(quota.tolist())
        if count
    ]
    return np.sort(np.concatenate(drawn))
