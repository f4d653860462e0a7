"""Places on lines and curves through a cloud of rows, evenly spread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.mates import even_shares

__all__ = ["curve_points", "gapless_means", "pairs_by_number", "places_on_segments"]

ENDS = (-1.0, 1.0)


def places_on_segments(
    n: int, n_segments: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Spread ``n`` places over segments, and evenly within each.

    Parameters
    ----------
    n, n_segments : int
    rng : Generator
        Decides which segments get one place more than others.

    Returns
    -------
    segment : ndarray of int, shape (n,)
    step : ndarray of shape (n,)
        Place on the segment: the i-th of c is at i / (c + 1).

    Examples
    --------
    >>> segment, step = places_on_segments(4, 2, np.random.default_rng(0))
    >>> segment.tolist(), step.round(2).tolist()
    ([0, 0, 1, 1], [0.33, 0.67, 0.33, 0.67])
    """
    segment = even_shares(n, n_segments, rng)
    first = np.searchsorted(segment, segment, side="left")
    count = np.searchsorted(segment, segment, side="right") - first
    return segment, (np.arange(n) - first + 1) / (count + 1)


def pairs_by_number(number: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the pair that has this number when pairs are counted as (0,1), (0,2), (1,2), (0,3), ...

    Parameters
    ----------
    number : ndarray of int, shape (m,)

    Returns
    -------
    low, high : ndarray of int, shape (m,)

    Examples
    --------
    >>> low, high = pairs_by_number(np.arange(6))
    >>> list(zip(low.tolist(), high.tolist()))
    [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
    """
    high = np.floor((1 + np.sqrt(1 + 8 * number.astype(np.float64))) / 2).astype(np.intp)
    # The root may be rounded across a whole number.
    high -= high * (high - 1) // 2 > number
    high += high * (high + 1) // 2 <= number
    return number - high * (high - 1) // 2, high


def curve_points(
    values: NDArray[np.floating[Any]], place: NDArray[np.float64], degree: int
) -> NDArray[np.float64]:
    """Evaluate, per column, the polynomial that fits the values against their position best.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        Finite numbers, in the order the curve follows.
    place : ndarray of shape (m,)
        From 0 to n - 1.
    degree : int
        Lowered to n - 1 where there are too few rows.

    Returns
    -------
    ndarray of shape (m, p)

    Examples
    --------
    >>> curve_points(np.array([[0.0], [1.0], [4.0], [9.0]]), np.array([1.5]), 2).round(6)
    array([[2.25]])
    """
    n = values.shape[0]
    if n == 1 or values.shape[1] == 0:
        return np.repeat(values[:1].astype(np.float64), place.shape[0], axis=0)
    # Orthogonal polynomials on a fixed interval: powers of row numbers would lose all digits.
    at = np.interp(np.arange(n), (0, n - 1), ENDS)
    fitted = np.polynomial.legendre.legfit(at, values.astype(np.float64), min(degree, n - 1))
    return np.asarray(np.polynomial.legendre.legval(np.interp(place, (0, n - 1), ENDS), fitted).T)


def gapless_means(values: Any) -> NDArray[np.float64]:
    """Mean of each column over the values that are there, NaN where there is none.

    Parameters
    ----------
    values : ndarray with gaps, or CSR matrix, of shape (n, p)

    Returns
    -------
    ndarray of shape (p,)

    Examples
    --------
    >>> gapless_means(np.array([[1.0, np.nan], [3.0, np.nan]]))
    array([ 2., nan])
    """
    if sparse.issparse(values):
        return np.asarray(values.mean(axis=0), dtype=np.float64).ravel()
    there = ~np.isnan(values)
    count = there.sum(axis=0)
    # Divided before they are summed, for the sum of large numbers may not fit.
    parts = np.where(there, values, 0.0) / np.maximum(count, 1).astype(np.float64)
    return np.asarray(np.where(count > 0, parts.sum(axis=0), np.nan))
