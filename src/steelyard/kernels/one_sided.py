"""Rows that a few stored rows would label wrongly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.cells import Rough
from steelyard.kernels.disagreement import most_frequent
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["misjudged"]

# Stored rows compared at a time: after the first of them few rows are still in doubt.
STORE_BLOCK = 32
ROW_BLOCK = 4096
# Roundings of a dot product of p terms, of norms and values, and a factor of two to spare.
ROUNDINGS_FACTOR = 4
ROUNDINGS_EXTRA = 8
EPS = float(np.finfo(np.float64).eps)


def misjudged(
    around: Neighborhood,
    labels: NDArray[np.intp],
    asked: NDArray[np.intp],
    store: NDArray[np.intp],
    k: int = 1,
) -> NDArray[np.bool_]:
    """Tell which rows of one class the k nearest stored rows would label otherwise.

    Parameters
    ----------
    around : Neighborhood
    labels : ndarray of int, shape (n,)
    asked : ndarray of int
        Rows of one class, none of them stored.
    store : ndarray of int
    k : int

    Returns
    -------
    ndarray of bool, shape (len(asked),)

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [1.0], [4.0], [5.0]]))
    >>> misjudged(around, np.array([0, 0, 0, 1]), np.array([1, 2]), np.array([0, 3])).tolist()
    [False, True]
    """
    wrong = np.zeros(asked.shape[0], dtype=np.bool_)
    if asked.shape[0] == 0:
        return wrong
    own = int(labels[asked[0]])
    doubtful = np.arange(asked.shape[0])
    if k == 1 and around.engine is None and not sparse.issparse(around.numbers):
        # Numbers too large for their squares settle nothing; the search says what is wrong.
        with np.errstate(over="ignore", invalid="ignore"):
            doubtful = _settle(around, asked, store[labels[store] == own], store[labels[store] != own], wrong)
    if doubtful.shape[0]:
        found, _ = around.nearest(k, asked=asked[doubtful], pool=store)
        wrong[doubtful] = most_frequent(labels[found], int(labels.max()) + 1) != own
    return wrong


def _settle(
    around: Neighborhood,
    asked: NDArray[np.intp],
    friends: NDArray[np.intp],
    enemies: NDArray[np.intp],
    wrong: NDArray[np.bool_],
) -> NDArray[np.intp]:
    """Mark rows with an enemy plainly nearer than any friend; return the places still in doubt.

    The question is only whether some enemy is nearer, so a row is done with the first one found.
    """
    if friends.shape[0] == 0 or enemies.shape[0] == 0:
        return np.arange(asked.shape[0])
    rough = Rough(around, np.float64)
    unit = ROUNDINGS_FACTOR * (rough.numbers.shape[1] + ROUNDINGS_EXTRA) * EPS
    in_doubt = []
    for start in range(0, asked.shape[0], ROW_BLOCK):
        places = np.arange(start, min(start + ROW_BLOCK, asked.shape[0]))
        friend = rough.scores(asked[places], friends).max(axis=1)
        # Scores err by half as much as squared distances, at two ends; an enemy as near as the friend
        # has a norm that these two bound.
        norm = 2 * rough.half_norms[asked[places]]
        reach = np.maximum(norm - 2 * friend, 0)
        margin = unit * (norm + np.square(np.sqrt(norm) + np.sqrt(reach)))
        close = np.zeros(places.shape[0], dtype=np.bool_)
        for first in range(0, enemies.shape[0], STORE_BLOCK):
            enemy = rough.scores(asked[places], enemies[first : first + STORE_BLOCK]).max(axis=1)
            wrong[places[enemy > friend + margin]] = True
            close |= enemy >= friend - margin
            left = enemy <= friend + margin
            places, friend, margin, close = places[left], friend[left], margin[left], close[left]
            if places.shape[0] == 0:
                break
        in_doubt.append(places[close])
    return np.concatenate(in_doubt)
