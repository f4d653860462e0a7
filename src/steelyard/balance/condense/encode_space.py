"""Rows as points for k-means: numbers on one scale, categories as indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.space import Space
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.overflow import refuse_huge

__all__ = [
    "SCALINGS",
    "Units",
    "clipped_ends",
    "encode_space",
    "quantile_step",
    "ranks_by_count",
    "write_indicators",
]

SCALINGS = ("clipped", "minmax", "none", "standard")
CLIPPED = (0.1, 99.9)  # percent of the rows
QUANTILE_ROWS = 100_000  # evenly spaced rows that quantiles are read from
MOST_LEVELS = 32  # levels of a column that are told apart; rarer ones count as one
DENSE_MB = 256  # a sparse table that takes less when written out is written out
BYTES_PER_MB = 2**20
CHUNK_MB = 16


def encode_space(space: Space, scaling: str) -> Any:
    """Write a table as one matrix of 32-bit numbers.

    Parameters
    ----------
    space : Space
        Whose ``scale`` is the standard deviation of each number for the scaling "standard".
    scaling : {"clipped", "minmax", "standard", "none"}
        "minmax" divides a column by its range; "clipped" does so between its 0.1 and 99.9 percentiles,
        with what lies beyond moved to them. A large sparse table is never clipped.

    Returns
    -------
    ndarray or CSR matrix of float32, shape (n, q)

    Raises
    ------
    BadTable
        Numbers too large for their squares, with the scaling "none".

    Notes
    -----
    A gap stands at the column's median. Two different categories are as far apart as the two ends of a
    scaled column; with "standard" and "none" as far as the median, over the numeric columns, of their
    standard deviation. The 32 most frequent levels of a column are told apart, all others count as one.
    """
    numbers = space.numbers
    if sparse.issparse(numbers):
        if np.prod(numbers.shape) * np.dtype(np.float32).itemsize > DENSE_MB * BYTES_PER_MB:
            return _scaled_sparse(numbers, space, scaling)
        numbers = numbers.toarray()
    if scaling == "none":
        refuse_huge(numbers, np.float32)
    ranks = [] if space.codes is None else [_frequent_first(column) for column in space.codes.T]
    widths = [int(column.max(initial=0)) + 1 for column in ranks]
    width = numbers.shape[1]
    out = np.zeros((numbers.shape[0], width + sum(widths)), dtype=np.float32)
    units = Units.of(*_ends(numbers, scaling), space.scale, _medians(numbers), scaling)
    for part in row_chunks(numbers.shape[0], width * numbers.itemsize, CHUNK_MB):
        out[part, :width] = units.scaled(numbers[part])
    apart = 1.0
    if ranks and scaling in ("standard", "none") and width:
        apart = float(np.median(out[:, :width].std(axis=0, dtype=np.float64))) or 1.0
    write_indicators(out[:, width:], ranks, widths, apart)
    return out


@dataclass(frozen=True, eq=False)
class Units:
    """How numbers are scaled: gaps at ``fill``, the ends clipped or not, ``middle`` at 0, ``unit`` as 1."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    unit: NDArray[np.float64]
    middle: NDArray[np.float64]
    fill: NDArray[np.float64] | None
    scaling: str

    @classmethod
    def of(
        cls,
        low: NDArray[Any],
        high: NDArray[Any],
        deviation: NDArray[Any] | None,
        fill: NDArray[Any] | None,
        scaling: str,
    ) -> Units:
        """Units of columns from the ends of their range and, for "standard", their standard deviation."""
        # In halves, for the difference of two very large numbers may not fit.
        half = high / 2 - low / 2
        unit = {"standard": deviation, "none": np.ones(low.size)}.get(scaling, 2 * half)
        return cls(low, high, np.where(half > 0, unit, 1.0), low / 2 + high / 2, fill, scaling)

    def scaled(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """Some rows in these units."""
        if self.fill is not None:
            numbers = np.where(np.isnan(numbers), self.fill, numbers)
        if self.scaling == "clipped":
            numbers = np.clip(numbers, self.low, self.high)
        if self.scaling == "none":
            return numbers - self.middle
        return numbers / self.unit - self.middle / self.unit


def write_indicators(
    out: NDArray[np.float32], ranks: Sequence[NDArray[np.intp]], widths: Sequence[int], apart: float
) -> None:
    """Write one indicator a level into zeros, such that two levels are ``apart``."""
    start, rows = 0, np.arange(out.shape[0])
    for column, width in zip(ranks, widths, strict=True):
        out[rows, start + column] = apart / np.sqrt(2)  # both indicators differ
        start += width


def _frequent_first(codes: NDArray[np.int64]) -> NDArray[np.intp]:
    """Codes as ranks by frequency, the rarest beyond the limit as one."""
    _, first, place, counts = np.unique(codes, return_index=True, return_inverse=True, return_counts=True)
    return np.asarray(ranks_by_count(counts, first)[place])


def ranks_by_count(counts: NDArray[np.intp], first: NDArray[np.intp]) -> NDArray[np.intp]:
    """Rank of each level by its rows, among equals by its first one; the rarest share the last rank.

    Examples
    --------
    >>> ranks_by_count(np.array([5, 9, 5]), np.array([3, 0, 1])).tolist()
    [2, 0, 1]
    """
    rank = np.empty(counts.size, dtype=np.intp)
    rank[np.lexsort((first, -counts))] = np.arange(counts.size)
    return np.minimum(rank, MOST_LEVELS)


def _ends(numbers: NDArray[Any], scaling: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """The values that become the two ends of each scaled column."""
    if not numbers.size:
        return np.zeros(numbers.shape[1]), np.zeros(numbers.shape[1])
    low, high = np.fmin.reduce(numbers, axis=0), np.fmax.reduce(numbers, axis=0)
    step = quantile_step(numbers.shape[0])
    return clipped_ends(low, high, numbers[::step] if scaling == "clipped" else None)


def quantile_step(n_rows: int) -> int:
    """Every how many rows one is read for quantiles."""
    return max(1, n_rows // QUANTILE_ROWS)


def clipped_ends(
    low: NDArray[Any], high: NDArray[Any], some: NDArray[Any] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the range of each column; with some rows, those between which nearly all of them lie."""
    low, high = np.nan_to_num(low.astype(np.float64)), np.nan_to_num(high.astype(np.float64))
    if some is not None:
        there = ~np.isnan(some).all(axis=0)
        # Values of rows, not between two: the one farthest off is clipped in a small table, too.
        ends = zip(CLIPPED, ("higher", "lower"), strict=True)
        inner = np.array([np.nanpercentile(some[:, there], end, axis=0, method=how) for end, how in ends])
        # A column of which nearly all rows are equal keeps its whole range.
        wide = np.flatnonzero(there)[inner[1] > inner[0]]
        low[wide], high[wide] = inner[:, inner[1] > inner[0]]
    return low, high


def _medians(numbers: NDArray[Any]) -> NDArray[np.float64] | None:
    """Median of each column that has gaps over what is there, 0 where nothing is; None without gaps."""
    if not np.isnan(np.min(numbers, initial=0.0)):
        return None
    fill = np.zeros(numbers.shape[1])
    for column in np.flatnonzero(np.isnan(numbers.min(axis=0))):
        there = numbers[~np.isnan(numbers[:, column]), column]
        fill[column] = np.median(there) if there.size else 0.0
    return fill


def _scaled_sparse(numbers: Any, space: Space, scaling: str) -> Any:
    if scaling == "none":
        refuse_huge(numbers, np.float32)
        return numbers.tocsr().astype(np.float32)
    unit = space.scale
    if scaling != "standard":
        unit = numbers.max(axis=0).toarray().ravel() - numbers.min(axis=0).toarray().ravel()
    scale = sparse.diags_array(1 / np.where(unit > 0, unit, 1.0))
    return (numbers @ scale).tocsr().astype(np.float32)
