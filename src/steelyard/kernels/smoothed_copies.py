"""Copies of rows with a little noise: draws from a smooth guess of a class's density."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["smoothed_copies"]


def smoothed_copies(
    values: Any, rows: NDArray[np.intp], base: NDArray[np.intp], width: float, rng: np.random.Generator
) -> NDArray[Any]:
    """Copies of the rows ``base`` with normal noise as wide as Silverman's rule says, times ``width``.

    Parameters
    ----------
    values : ndarray or CSR matrix of shape (n, p)
        A dense table may hold NaN, which stays.
    rows : ndarray of int
        The class, whose spread per column counts.
    base : ndarray of int, shape (m,)
        Rows to copy.
    width : float
        1 is the rule's own width.
    rng : Generator

    Returns
    -------
    ndarray of shape (m, p)
        In the precision of ``values``.

    Examples
    --------
    >>> table = np.array([[0.0, 5.0], [2.0, 5.0]])
    >>> smoothed_copies(table, np.array([0, 1]), np.array([1]), 0.0, np.random.default_rng(0))
    array([[2., 5.]])
    """
    n_rows, n_columns = values.shape
    silverman = (4 / ((n_columns + 2) * n_rows)) ** (1 / (n_columns + 4))
    noise = rng.standard_normal((base.shape[0], n_columns), dtype=values.dtype)
    noise *= (width * silverman * _spread(values[rows])).astype(values.dtype)
    noise += values[base].toarray() if sparse.issparse(values) else values[base]
    return noise


def _spread(values: Any) -> NDArray[np.float64]:
    """Standard deviation of each column over the values that are there, 0 where there is none."""
    if sparse.issparse(values):
        mean = np.asarray(values.mean(axis=0)).ravel()
        second = np.asarray(values.power(2).mean(axis=0)).ravel()
        return np.asarray(np.sqrt(np.maximum(second - mean**2, 0)))
    there = np.where(np.isnan(values).all(axis=0), 0, values)
    # Relative to the largest value, for the square of a large one may not fit.
    largest = np.nanmax(np.abs(there), axis=0).astype(np.float64)
    largest[largest == 0] = 1.0
    return np.asarray(np.nanstd(there / largest, axis=0) * largest)
