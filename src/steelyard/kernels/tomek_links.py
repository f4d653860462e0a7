"""Tomek links, looking only from the rarer classes.

A link joins two rows of different classes, each the other's nearest neighbour. At least one end is
not of the largest class, so the nearest neighbours of all other rows are enough to name every
candidate; the rows of the largest class that were named are asked in return, the others never.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["tomek_links"]

UNKNOWN = -1


def tomek_links(
    around: Neighborhood, labels: NDArray[np.intp], rows: NDArray[np.intp] | None = None
) -> NDArray[np.intp]:
    """Find the Tomek links of a table or of some of its rows.

    Parameters
    ----------
    around : Neighborhood
    labels : ndarray of int, shape (n,)
        Class code of each row.
    rows : ndarray of int, optional
        The rows that are there; all by default.

    Returns
    -------
    ndarray of int, shape (m, 2)
        The two ends of each link, the smaller row number first, in ascending order.

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [1.0], [1.5], [4.0]]))
    >>> tomek_links(around, np.array([0, 0, 1, 1])).tolist()
    [[1, 2]]
    """
    there = np.arange(labels.shape[0]) if rows is None else np.sort(rows)
    largest = int(np.bincount(labels[there]).argmax())
    rare = there[labels[there] != largest]
    if rare.shape[0] == 0:
        return np.empty((0, 2), dtype=np.intp)
    nearest = np.full(labels.shape[0], UNKNOWN, dtype=np.intp)
    nearest[rare] = around.nearest(1, asked=rare, pool=rows)[0][:, 0]
    named = np.unique(nearest[rare][labels[nearest[rare]] == largest])
    if named.shape[0]:
        # Only the nearest of the rare rows can be the nearest of all; most named rows have another.
        rival = around.nearest(1, asked=named, pool=rare)[0][:, 0]
        named = named[nearest[rival] == named]
    if named.shape[0]:
        nearest[named] = around.nearest(1, asked=named, pool=rows)[0][:, 0]
    ends = np.concatenate([rare, named])
    other = nearest[ends]
    mutual = (nearest[other] == ends) & (labels[other] != labels[ends]) & (ends < other)
    links = np.column_stack([ends[mutual], other[mutual]])
    return np.asarray(links[np.argsort(links[:, 0])])
