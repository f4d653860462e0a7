"""Who a row may be paired with: another member of its part, drawn by lot, and what neighbours vote for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["even_shares", "has_mates", "random_mates", "unchosen", "vote_winners"]


def has_mates(part: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether each member's part holds another member.

    Parameters
    ----------
    part : ndarray of int, shape (n,)
        Number of the part each member belongs to, from 0.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> has_mates(np.array([0, 1, 0])).tolist()
    [True, False, True]
    """
    return np.asarray(np.bincount(part)[part] > 1)


def random_mates(
    part: NDArray[np.intp], asked: NDArray[np.intp], rng: np.random.Generator
) -> NDArray[np.intp]:
    """Draw, for each member asked, another member of its part, each with the same chance.

    Parameters
    ----------
    part : ndarray of int, shape (n,)
        Number of the part each member belongs to, from 0.
    asked : ndarray of int, shape (m,)
    rng : Generator
        One draw is used for each member asked.

    Returns
    -------
    ndarray of int, shape (m,)
        The member itself where it is alone.

    Examples
    --------
    >>> random_mates(np.array([0, 1, 0]), np.array([0, 1, 2]), np.random.default_rng(0)).tolist()
    [2, 1, 0]
    """
    by_part = np.argsort(part, kind="stable")
    size = np.bincount(part)
    start = np.cumsum(size) - size
    place = np.empty_like(by_part)
    place[by_part] = np.arange(part.shape[0]) - start[part[by_part]]
    # A step of 1 to size - 1 around the part leads to every other member, never back to the first.
    others = size[part[asked]] - 1
    step = 1 + (rng.random(asked.shape[0]) * others).astype(np.intp)
    reached = (place[asked] + step) % size[part[asked]]
    return np.asarray(by_part[start[part[asked]] + reached], dtype=np.intp)


def even_shares(n: int, n_places: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Split ``n`` things over places as evenly as can be; lots decide who gets one more.

    Parameters
    ----------
    n, n_places : int
    rng : Generator

    Returns
    -------
    ndarray of int, shape (n,)
        Place of each thing, ascending.

    Examples
    --------
    >>> np.bincount(even_shares(7, 3, np.random.default_rng(0))).tolist()
    [2, 2, 3]
    """
    each, left = divmod(n, n_places)
    lucky = rng.choice(n_places, size=left, replace=False)
    return np.sort(np.concatenate([np.repeat(np.arange(n_places if each else 0), each), lucky])).astype(
        np.intp
    )


def vote_winners(codes: NDArray[np.integer], around: NDArray[np.intp]) -> NDArray[np.intp]:
    """Find the neighbour that holds the most frequent category among a row's neighbours.

    Parameters
    ----------
    codes : ndarray of int, shape (n, q)
        Categories.
    around : ndarray of int, shape (m, k)
        Neighbours of each row, nearest first, -1 at the end of short lists.

    Returns
    -------
    ndarray of int, shape (m, q)
        Of equally frequent categories the one with the nearest holder wins; the nearest holder of the
        winning category is named.

    Examples
    --------
    >>> codes = np.array([[7], [8], [8]])
    >>> vote_winners(codes, np.array([[0, 1, 2], [0, 1, -1]])).tolist()
    [[1], [0]]
    """
    present = around >= 0
    winners = np.empty((around.shape[0], codes.shape[1]), dtype=np.intp)
    for column in range(codes.shape[1]):
        level = codes[around, column]
        votes = np.zeros(around.shape, dtype=np.intp)
        for voter in range(around.shape[1]):
            votes += (level == level[:, voter, None]) & present[:, voter, None]
        # argmax takes the first, that is the nearest, of those with the most votes.
        nearest = np.where(present, votes, 0).argmax(axis=1)
        winners[:, column] = around[np.arange(around.shape[0]), nearest]
    return winners


def unchosen(around: NDArray[Any], choice: NDArray[np.integer]) -> NDArray[Any]:
    """Leave the chosen neighbour out of each row's list.

    Parameters
    ----------
    around : ndarray of shape (m, k)
    choice : ndarray of int, shape (m,)
        Place of the one that was chosen.

    Returns
    -------
    ndarray of shape (m, k - 1)

    Examples
    --------
    >>> unchosen(np.array([[7, 8, 9], [4, 5, 6]]), np.array([0, 1])).tolist()
    [[8, 9], [4, 6]]
    """
    places = np.arange(around.shape[1])
    others = np.argsort(places == choice[:, None], axis=1, kind="stable")[:, :-1]
    return np.take_along_axis(around, others, axis=1)
