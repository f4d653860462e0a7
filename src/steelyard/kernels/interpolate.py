"""Points on the line between two rows: the one operation all interpolating samplers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.gather import gather

__all__ = ["Segments", "interpolate", "segments"]

HALF = 0.5

Rows = NDArray[np.integer[Any]]
Steps = NDArray[np.floating[Any]]


def interpolate(values: Any, base: Rows, partner: Rows, step: Steps) -> Any:
    """Rows that lie ``step`` of the way from one row to another.

    Where one of the two lacks a value (NaN), the value of the nearer of the two is taken, present or
    not, so that a column keeps about its share of gaps.

    Parameters
    ----------
    values : ndarray or CSR matrix of shape (n, p)
        A dense table may hold NaN.
    base, partner : ndarray of int, shape (m,)
        Rows to start from and to move towards.
    step : ndarray of shape (m,)
        Within [0, 1] each value lies between its two parents'; beyond it the line is prolonged.

    Returns
    -------
    ndarray or CSR matrix of shape (m, p)
        In the precision of ``values``.

    Examples
    --------
    >>> table = np.array([[0.0, 1.0], [10.0, np.nan]])
    >>> interpolate(table, np.array([0]), np.array([1]), np.array([0.25]))
    array([[2.5, 1. ]])
    """
    if sparse.issparse(values):
        start = values[base]
        # Differences and products stay sparse; duplicates of a column index do not arise.
        weights = sparse.diags_array(step.astype(np.float64)).tocsr()
        return (start + weights @ (values[partner] - start)).tocsr().astype(values.dtype, copy=False)
    return _between(values, base, partner, step, gaps=True)


def _between(values: NDArray[Any], base: Rows, partner: Rows, step: Steps, *, gaps: bool) -> NDArray[Any]:
    # From the nearer of the two at most half of the way is left, and no rounding can step past either.
    swap = step >= HALF
    near, far = np.where(swap, partner, base), np.where(swap, base, partner)
    way = np.where(swap, 1 - step, step).astype(values.dtype)[:, None]
    start, made = gather(values, near), gather(values, far)
    try:
        with np.errstate(over="raise"):
            made -= start
            made *= way
            made += start
    except FloatingPointError:  # the largest numbers there are, of opposite signs
        made = (1 - way) * start + way * gather(values, far)
    if gaps:
        np.copyto(made, start, where=np.isnan(made))
    return np.asarray(made)


@dataclass(frozen=True, eq=False)
class Segments:
    """What `interpolate` returns for a dense table, computed for the rows asked for and not before.

    ``numbers[start:stop]`` are these rows of it. The whole is as large as the table that is being made,
    so it is written there a few rows at a time and never exists beside it.
    """

    values: NDArray[Any]
    base: Rows
    partner: Rows
    step: Steps
    gaps: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Rows that can be asked for, and columns."""
        return int(self.base.shape[0]), int(self.values.shape[1])

    def __getitem__(self, part: slice) -> NDArray[Any]:
        return _between(self.values, self.base[part], self.partner[part], self.step[part], gaps=self.gaps)


def segments(values: Any, base: Rows, partner: Rows, step: Steps, *, gaps: bool = True) -> Any:
    """Rows on the lines between others, computed when they are read if the table is dense.

    Parameters
    ----------
    values, base, partner, step
        As for `interpolate`.
    gaps : bool
        Whether a dense table may hold NaN.

    Returns
    -------
    Segments or CSR matrix

    Examples
    --------
    >>> made = segments(np.array([[0.0], [8.0]]), np.array([0, 0]), np.array([1, 1]), np.array([0.5, 0.75]))
    >>> made.shape, made[1:2].tolist()
    ((2, 1), [[6.0]])
    """
    if sparse.issparse(values):
        return interpolate(values, base, partner, step)
    return Segments(values, base, partner, step, gaps)
