"""Rows that repeat other rows, exactly or nearly, and how surprising such a repeat is.

A table enters as integer codes, one column of codes for each column of the table, where equal codes
mean equal values (a missing value being a value of its own).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["chance_of_close", "close_neighbors", "one_column_apart", "repeat_groups", "surprise_bits"]

# Constants of the splitmix64 mixer (Steele, Lea and Flood, OOPSLA 2014).
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)

NO_GROUP = -1


def repeat_groups(codes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number the distinct rows; equal rows share a number.

    Parameters
    ----------
    codes : ndarray of int, shape (n, d)

    Returns
    -------
    ndarray of int, shape (n,)
        Numbers in order of first appearance, from 0.

    Examples
    --------
    >>> repeat_groups(np.array([[3, 1], [3, 2], [3, 1]])).tolist()
    [0, 1, 0]
    """
    group = np.zeros(codes.shape[0], dtype=np.int64)
    for column in codes.T:
        # Both factors stay below n, so their product fits in 64 bits for any table in memory.
        level = pd.factorize(column)[0].astype(np.int64)
        width = int(level.max(initial=0)) + 1
        group = pd.factorize(group * width + level)[0].astype(np.int64)
    return group.astype(np.intp)


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread integers over 64 bits so that sums of them hardly ever agree by accident."""
    z = values * GOLDEN
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


def one_column_apart(codes: NDArray[np.intp]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Rows that agree with another row in every column but one.

    The sum of a 64-bit hash per cell, less the hash of one column, is the same for exactly the rows
    that agree elsewhere (up to accidents of about ``n**2 / 2**65``).

    Parameters
    ----------
    codes : ndarray of int, shape (n, d)

    Yields
    ------
    column : int
        The column that may differ.
    groups : ndarray of int, shape (n,)
        Rows with the same number agree in all other columns and differ in this one;
        -1 for rows that are alone.

    Examples
    --------
    >>> table = np.array([[0, 0, 0], [0, 0, 1], [1, 1, 1]])
    >>> [(column, groups.tolist()) for column, groups in one_column_apart(table) if groups.max() >= 0]
    [(2, [0, 0, -1])]
    """
    n, d = codes.shape
    with np.errstate(over="ignore"):
        salt = _mixed(np.arange(1, d + 1, dtype=np.uint64))
        total = np.zeros(n, dtype=np.uint64)
        for j in range(d):
            total += _mixed(codes[:, j].astype(np.uint64) ^ salt[j])
        for j in range(d):
            rest = pd.factorize(total - _mixed(codes[:, j].astype(np.uint64) ^ salt[j]))[0]
            yield j, _groups_that_differ(rest, codes[:, j])


def _groups_that_differ(group: NDArray[np.intp], values: NDArray[np.intp]) -> NDArray[np.intp]:
    """Keep the groups that hold at least two values; the others become ``NO_GROUP``."""
    first = np.full(int(group.max(initial=-1)) + 1, -1, dtype=values.dtype)
    first[group[::-1]] = values[::-1]
    differs = np.zeros(first.size, dtype=np.bool_)
    differs[group[values != first[group]]] = True
    number = np.where(differs, np.cumsum(differs) - 1, NO_GROUP)
    return number[group].astype(np.intp)


def surprise_bits(codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Bits of evidence, per column, in two rows holding the same value there.

    ``-log2`` of the chance that two different rows agree: their sum over the columns, less
    ``log2`` of the number of pairs, is about ``-log2`` of the number of agreeing pairs that
    independent columns would give by chance.

    Parameters
    ----------
    codes : ndarray of int, shape (n, d)
        At least two rows.

    Returns
    -------
    ndarray of shape (d,)
        0 for a constant column. A column without any repeat is given half a pair.

    Examples
    --------
    >>> surprise_bits(np.array([[0, 7], [0, 7], [1, 7], [1, 7]])).round(2).tolist()
    [1.58, 0.0]
    """
    n = codes.shape[0]
    pairs = n * (n - 1) / 2
    bits = np.empty(codes.shape[1])
    for j, column in enumerate(codes.T):
        counts = np.bincount(pd.factorize(column)[0]).astype(np.float64)
        agreeing = max(float((counts * (counts - 1) / 2).sum()), 0.5)
        bits[j] = -np.log2(min(agreeing / pairs, 1.0)) + 0.0
    return bits


def close_neighbors(distances: NDArray[np.float64], *, ratio: float) -> NDArray[np.bool_]:
    """Neighbours so near that the next one is far away in comparison.

    The first neighbours of a row count as close when the last of them lies within ``ratio`` times the
    distance of the one after it. The measure has no unit, so dense and sparse regions are judged
    alike; a row whose whole list is equally near has no close neighbours.

    Parameters
    ----------
    distances : ndarray of shape (m, k)
        Ascending along the second axis.
    ratio : float in (0, 1)

    Returns
    -------
    ndarray of bool, shape (m, k)

    See Also
    --------
    chance_of_close : How many rows have one without any copies.

    Examples
    --------
    >>> close_neighbors(np.array([[0.01, 0.02, 5.0], [3.0, 4.0, 5.0]]), ratio=0.1).tolist()
    [[True, True, False], [False, False, False]]
    """
    m, k = distances.shape
    gap = np.zeros((m, k), dtype=np.bool_)
    gap[:, :-1] = distances[:, :-1] <= ratio * distances[:, 1:]
    last = np.where(gap.any(axis=1), k - 1 - gap[:, ::-1].argmax(axis=1), -1)
    return np.asarray(np.arange(k) <= last[:, None])


def chance_of_close(distances: NDArray[np.float64], *, ratio: float) -> float:
    """Share of rows whose nearest neighbour is close to them by chance, in data without copies.

    In data of intrinsic dimension D the ratio of the first to the second neighbour's distance is
    below r with probability ``r**D``. D is read off the median of that ratio, which a minority of
    copies does not move.

    Parameters
    ----------
    distances : ndarray of shape (m, k)
        Ascending along the second axis; rows with a neighbour at distance 0 are left out.
    ratio : float in (0, 1)

    Returns
    -------
    float
        1 where it cannot be said.

    References
    ----------
    Facco, d'Errico, Rodriguez and Laio, Estimating the intrinsic dimension of datasets by a minimal
    neighborhood information, Scientific Reports 7, 2017.

    Examples
    --------
    >>> plane = np.column_stack([np.full(9, 0.5 ** 0.5), np.ones(9)])  # the median ratio of a plane
    >>> round(chance_of_close(plane, ratio=0.1), 4)
    0.01
    """
    first, second = distances[:, 0], distances[:, 1]
    apart = first > 0
    if not apart.any():
        return 1.0
    spread = float(np.median(np.log(second[apart] / first[apart])))
    return 1.0 if spread <= 0 else float(ratio ** (np.log(2.0) / spread))
