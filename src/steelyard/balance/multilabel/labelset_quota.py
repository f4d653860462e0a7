"""How many rows each set of labels gains or loses so that all come near the mean size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["shared_out"]


def shared_out(room: NDArray[np.intp], total: int) -> NDArray[np.intp]:
    """Share ``total`` rows equally among bags, none getting more than its ``room``.

    What a bag has no room for goes to the others in equal parts; the last few rows go to those with the
    most room left.

    Examples
    --------
    >>> shared_out(np.array([1, 10, 10]), 12).tolist()
    [1, 6, 5]
    """
    share = np.zeros(room.shape[0], dtype=np.intp)
    left = min(total, int(room.sum()))
    while left:
        open_bags = np.flatnonzero(share < room)
        each = left // open_bags.shape[0]
        if each:
            given = np.minimum(each, room[open_bags] - share[open_bags])
            share[open_bags] += given
        else:
            first = open_bags[np.argsort(-(room - share)[open_bags], kind="stable")][:left]
            share[first] += 1
            given = np.ones(first.shape[0], dtype=np.intp)
        left -= int(given.sum())
    return share
