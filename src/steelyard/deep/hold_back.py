"""Rows of each class that training does not see, to stop on."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from steelyard.errors import BadOption
from steelyard.kernels.rng import child, int_seed

__all__ = ["hold_back", "hold_back_groups"]

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


def hold_back_groups(
    codes: NDArray[np.intp], groups: NDArray[Any], share: float, seed: int
) -> NDArray[np.intp]:
    """Draw whole groups that hold about a share of each class, so that no group is on both sides.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
    groups : ndarray of shape (n,)
    share : float
    seed : int

    Returns
    -------
    ndarray of int
        Positions in rising order.

    Raises
    ------
    BadOption
        There is one group only.

    Examples
    --------
    >>> codes, groups = np.tile([0, 1], 6), np.repeat([0, 1, 2, 3], 3)
    >>> groups[hold_back_groups(codes, groups, 0.25, seed=0)].tolist() in [[g] * 3 for g in range(4)]
    True
    """
    n_groups = np.unique(groups).size
    if n_groups < FEWEST_TO_SPLIT:
        raise BadOption("early_stopping holds whole groups back, and there is one group only.")
    splits = min(max(round(1 / share), FEWEST_TO_SPLIT), n_groups)
    splitter = StratifiedGroupKFold(splits, shuffle=True, random_state=int_seed(seed, "held back"))
    with warnings.catch_warnings():  # a class in fewer groups than there are parts is missing from some
        warnings.simplefilter("ignore", UserWarning)
        try:
            held = next(iter(splitter.split(codes, codes, groups)))[1]
        except ValueError as error:
            raise BadOption(f"No groups can be held back for early_stopping: {error}") from error
    return np.sort(held)
