"""A set of rows cut into cells of near rows: rough, cheap, the same on every run.

Cells only suggest where to look first. Nothing that is computed from them may depend on how good
they are; what does depend on them is how long it takes.
"""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import row_chunks
from steelyard.kernels.mixed_distance import code_gaps
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.rng import child

__all__ = ["Rough", "cells_of", "greatest"]

SEED = 0
SINGLE_BYTES, DOUBLE_BYTES = 4, 8
# Tables narrower than this are not made wider, for the unit must be a number itself.
LEAST_SIZE = 1e-300
# A block of scores, and with codes the count of those that differ.
BLOCK_COPIES = 2
BLOCK_MB = 4
# A cell larger than this many times the square root is cut up, for its cost grows with its square.
LARGEST_CELL = 3


class Rough:
    """Rows ready for matrix products: numbers near their mean, codes in their smallest type.

    Parameters
    ----------
    around : Neighborhood
        Of dense numbers.
    kind : float type
        Precision of the products.

    Attributes
    ----------
    mean : ndarray of shape (p,)
        Mean of each column as it was.
    numbers : ndarray of shape (n, p)
        The numbers less their mean, times ``scale``: at most 1 in size.
    scale : float
        A power of two, which rounds nothing; squares of single numbers fit from 1e-38 to 1e38 only.
    half_norms : ndarray of shape (n,)
        Half of each row's sum of squares.
    """

    def __init__(self, around: Neighborhood, kind: type[np.floating[Any]] = np.float32) -> None:
        given = np.asarray(around.numbers)
        self.mean = mean = given.mean(axis=0, dtype=np.float64)
        widest = np.maximum(given.max(axis=0) - mean, mean - given.min(axis=0)).max(initial=LEAST_SIZE)
        self.scale = 2.0 ** -int(np.frexp(max(float(widest), around.mismatch))[1])
        self.numbers = np.empty(given.shape, dtype=kind)
        for part in row_chunks(given.shape[0], BLOCK_COPIES * DOUBLE_BYTES * max(1, given.shape[1])):
            self.numbers[part] = (given[part] - mean) * self.scale
        self.half_norms = np.einsum("ij,ij->i", self.numbers, self.numbers) / kind(2)
        codes = around.codes
        self._codes = None if codes is None or codes.shape[1] == 0 else _narrowed(codes)
        self._half_price = kind((around.mismatch * self.scale) ** 2 / 2)

    def scores(self, left: NDArray[np.intp], right: NDArray[np.intp]) -> NDArray[np.floating[Any]]:
        """Half of each row's norm less half its squared distance to others: the greatest is the nearest."""
        score = self.numbers[left] @ self.numbers[right].T
        score -= self.half_norms[right]
        self.charge(score, left, right)
        return score

    def charge(
        self, score: NDArray[np.floating[Any]], left: NDArray[np.intp], right: NDArray[np.intp]
    ) -> None:
        """Take from each score half the price of the codes in which its two rows differ."""
        if self._codes is not None:
            score -= self._half_price * code_gaps(self._codes[:, left], self._codes[:, right])


def _narrowed(codes: NDArray[np.integer[Any]]) -> NDArray[np.unsignedinteger[Any]]:
    least = codes.min(axis=0, initial=0)
    width = int((codes.max(axis=0, initial=0) - least).max(initial=0))
    return np.ascontiguousarray((codes - least).T.astype(np.min_scalar_type(width)))


def greatest(score: NDArray[np.floating[Any]], k: int) -> tuple[NDArray[np.intp], NDArray[np.floating[Any]]]:
    """Places and values of the k greatest of each row, greatest first; ``score`` is used up.

    A few passes for the greatest are faster than one that sorts.

    Examples
    --------
    >>> greatest(np.array([[1.0, 3.0, 2.0]]), 2)[0].tolist()
    [[1, 2]]
    """
    rows = np.arange(score.shape[0])
    places = np.empty((score.shape[0], k), dtype=np.intp)
    values = np.empty(places.shape, dtype=score.dtype)
    for column in range(k):
        places[:, column] = score.argmax(axis=1)
        values[:, column] = score[rows, places[:, column]]
        score[rows, places[:, column]] = -np.inf
    return places, values


def cells_of(rough: Rough, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], list[NDArray[np.intp]]]:
    """Cut rows into about the square root of their number of cells, each around a row drawn at random.

    Parameters
    ----------
    rough : Rough
    rows : ndarray of int
        The rows to cut up.

    Returns
    -------
    pivots : ndarray of int, shape (c,)
        The row each cell lies around.
    cells : list of c arrays of int
        Rows of each cell; the order of cells says nothing about where they lie.

    Examples
    --------
    >>> rough = Rough(Neighborhood(np.array([[0.0], [0.1], [1.0], [0.9]])))
    >>> pivots, cells = cells_of(rough, np.arange(4))
    >>> len(pivots), sorted(row for cell in cells for row in cell.tolist())
    (2, [0, 1, 2, 3])
    """
    n_cells = isqrt(max(0, rows.shape[0] - 1)) + 1
    drawn = child(SEED, "cells").permutation(rows)[:n_cells]
    cell = _nearest_pivot(rough, rows, drawn)
    by_cell = rows[np.argsort(cell, kind="stable")]
    ends = np.cumsum(np.bincount(cell, minlength=n_cells))
    limit = LARGEST_CELL * n_cells
    pivots, cells = [], []
    for pivot, members in zip(drawn, np.split(by_cell, ends[:-1]), strict=True):
        for start in range(0, members.shape[0], limit):
            pivots.append(pivot)
            cells.append(members[start : start + limit])
    return np.array(pivots, dtype=np.intp), cells


def _nearest_pivot(rough: Rough, rows: NDArray[np.intp], pivots: NDArray[np.intp]) -> NDArray[np.intp]:
    cell = np.empty(rows.shape[0], dtype=np.intp)
    for part in row_chunks(rows.shape[0], BLOCK_COPIES * SINGLE_BYTES * pivots.shape[0], BLOCK_MB):
        cell[part] = rough.scores(rows[part], pivots).argmax(axis=1)
    return cell
