"""Nearest rows that may go together: those of one group."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["nearest_in_group"]


def nearest_in_group(
    around: Neighborhood,
    k: int,
    asked: NDArray[np.intp],
    pool: NDArray[np.intp],
    groups: NDArray[Any] | None,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Find the k nearest rows of ``pool`` to each row asked, within the row's own group.

    Parameters
    ----------
    around : Neighborhood, or what else has its ``nearest``
    k : int
    asked, pool : ndarray of int
        Row numbers; all that are asked are in the pool.
    groups : ndarray of shape (len(around),), optional
        Group of every row.

    Returns
    -------
    rows : ndarray of int, shape (len(asked), at most k)
        Row numbers, nearest first, -1 at the end where a group has fewer.
    distances : ndarray of float64, same shape
        Infinite where there is none.

    Examples
    --------
    >>> around, everyone = Neighborhood(np.array([[0.0], [1.0], [5.0], [9.0]])), np.arange(4)
    >>> nearest_in_group(around, 2, everyone, everyone, np.array(["a", "a", "b", "a"]))[0].tolist()
    [[1, 3], [0, 3], [-1, -1], [1, 0]]
    """
    parts = [(np.arange(asked.shape[0]), pool)]
    if groups is not None:
        names = np.unique(groups[asked])
        of_asked, of_pool = np.searchsorted(names, groups[asked]), _place_of(names, groups[pool])
        parts = [
            (np.flatnonzero(of_asked == number), pool[of_pool == number]) for number in range(names.shape[0])
        ]
    found = np.full((asked.shape[0], k), -1, dtype=np.intp)
    far = np.full((asked.shape[0], k), np.inf)
    for places, rows in parts:
        fewer = min(k, rows.shape[0] - 1)
        if fewer < 1 or places.shape[0] == 0:
            continue
        everyone = rows.shape[0] == len(around)
        if everyone and places.shape[0] == len(around):
            near, distances = around.nearest(fewer)
        else:
            near, distances = around.nearest(fewer, asked=asked[places], pool=None if everyone else rows)
        found[places, :fewer], far[places, :fewer] = near, distances
    most = max(1, int((found >= 0).sum(axis=1).max(initial=0)))
    return found[:, :most], far[:, :most]


def _place_of(names: NDArray[Any], values: NDArray[Any]) -> NDArray[np.intp]:
    """Place of each value in the sorted names, -1 where it is none of them."""
    place = np.searchsorted(names, values).clip(max=names.shape[0] - 1)
    return np.where(names[place] == values, place, -1)
