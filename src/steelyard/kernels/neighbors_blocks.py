"""Candidates for nearest neighbours by matrix products, a block of rows and queries at a time.

The nearest row y to x has the largest score x.y - |y|^2 / 2, which one matrix product gives when
-|y|^2 / 2 is written beside y as one more column and 1 beside x. A block of scores is read once: the
maximum of each short run of rows is kept, the k-th largest of these maxima bounds the k-th largest
score from below, and single scores are looked at only in runs whose maximum comes near that bound.
So the choice of the nearest costs a fraction of the product, and the product may be in 32 bits: what
rounding can hide is bounded and allowed for, the candidates being measured again afterwards.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.block_scores import BlockScores
from steelyard.kernels.fast_counts import charge_compiled
from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.search_job import Candidates, TooManyCandidates

__all__ = ["BlockFinder"]

# The block of scores then stays in the processor's cache, and each call has enough to do.
QUERIES_AT_ONCE = {np.dtype(np.float32): 512, np.dtype(np.float64): 256}
ROWS_AT_ONCE = 2048
ROWS_AT_ONCE_WITH_CODES = 1024
# Bytes beside a score itself: its share of the maxima and flags; with codes also whether one
# differs, how many do, and their price.
BYTES_BESIDE = 1
BYTES_BESIDE_WITH_CODES = 10
BYTES_PER_MB = 2**20

LONGEST_RUN = 64
# More runs than rows wanted, so that the bound from their maxima is close to the truth.
RUNS_PER_WANTED = 8

# Rows from which the middle of the table is taken.
MIDDLE_ROWS = 1000
# Roundings beyond one a column: of the two centred values, of the norm, of the price, and sums of these.
ROUNDINGS_BESIDE = 12
# Columns up to which that bound is worth having in 32 bits.
MOST_COLUMNS_IN_32_BITS = 20_000
NEVER_NEAR = 0.1
# In 32 bits the rows' largest value is brought just below 1 by a power of two, unless it is a very
# small one; a query may be larger.
LARGEST_IN_32_BITS = 1e15
LARGEST_EXPONENT = 40
# More than any sum of squares of such values, and all codes of a row together still fit into 32 bits.
LARGEST_PRICE = 1e30


class BlockFinder:
    """Rows prepared for matrix products in one precision.

    Parameters
    ----------
    points : Points
    rows : ndarray of int
        Those of ``points`` to search, ascending.
    wanted : int
        How many nearest rows the candidates must include.
    kind : dtype
        float32 or float64, of the products.
    memory_mb : float
        For the block of scores.
    compiled : bool
        Whether differing codes are counted by a compiled loop.
    """

    def __init__(
        self,
        points: Points,
        rows: NDArray[np.intp],
        wanted: int,
        kind: Any,
        memory_mb: float,
        *,
        compiled: bool = False,
    ) -> None:
        self.rows, self.wanted, self.kind = rows, wanted, np.dtype(kind)
        self.is_sparse, self.width = points.is_sparse, points.width
        self.n_codes = 0 if points.codes is None else points.codes.shape[1]
        self.has_codes = self.n_codes > 0
        self.charge = charge_compiled() if compiled and self.has_codes else None
        self.run = _run_length(rows.shape[0], wanted)
        self.n_queries, self.n_rows = self._block_shape(memory_mb)
        self.middle = np.zeros(points.width) if self.is_sparse else _middle(points.numeric)
        self.scale = 1.0 if self.kind == np.float64 else _scale(points.numeric, self.middle)
        half_price = points.price * self.scale**2 / 2
        self.half_price = self.kind.type(
            min(half_price, LARGEST_PRICE) if self.kind == np.float32 else half_price
        )
        self._prepare(points)

    def _block_shape(self, memory_mb: float) -> tuple[int, int]:
        """Queries and rows of one block, within the memory allowed."""
        beside = BYTES_BESIDE_WITH_CODES if self.has_codes else BYTES_BESIDE
        cells = int(memory_mb * BYTES_PER_MB) // (self.kind.itemsize + beside)
        most_rows = ROWS_AT_ONCE_WITH_CODES if self.has_codes else ROWS_AT_ONCE
        queries = max(1, min(QUERIES_AT_ONCE[self.kind], cells // (2 * self.run)))
        rows = min(most_rows, cells // queries) // self.run * self.run
        return queries, max(self.run, rows)

    def _prepare(self, points: Points) -> None:
        chosen = points if self.rows.shape[0] == len(points) else points.take(self.rows)
        n_rows = self.rows.shape[0]
        padded = -(-n_rows // self.run) * self.run
        # A row that fills the last run up is never near; it is as far as this precision can say.
        self.last = np.full(padded, -NEVER_NEAR * np.finfo(self.kind).max, dtype=self.kind)
        self.n_rows = min(self.n_rows, padded)
        if self.is_sparse:
            self.table = chosen.numeric.astype(np.float64)
            self.last[:n_rows] = np.asarray(self.table.power(2).sum(axis=1)).ravel() / -2
            if padded > n_rows:
                self.table.resize(padded, self.width)
        else:
            self.table = np.zeros((padded, self.width + 1), dtype=self.kind)
            for part in _parts(n_rows, self.n_rows):
                near = self.near(chosen.numeric[part])
                self.table[part, :-1] = near
                self.last[part] = np.einsum("ij,ij->i", near, near, dtype=np.float64) / -2
            self.table[:, -1] = self.last
        if self.has_codes and chosen.codes is not None:
            self.codes = np.zeros((chosen.codes.shape[1], padded), dtype=chosen.codes.dtype)
            self.codes[:, :n_rows] = chosen.codes.T

    def near(self, numbers: Any) -> NDArray[Any]:
        """Values relative to the middle, in the precision of the products."""
        near = (numbers - self.middle) * self.scale
        if self.kind == np.float32 and np.abs(near).max(initial=0.0) > LARGEST_IN_32_BITS:
            raise TooManyCandidates
        return np.asarray(near, dtype=self.kind)

    def find(self, asked: Points, most: float) -> Candidates:
        """Rows that may be among the nearest ``wanted`` of each query.

        Parameters
        ----------
        asked : Points
            At most ``n_queries`` rows.
        most : float
            Candidates allowed, for all queries together.

        Returns
        -------
        places, rows : ndarray of int

        Raises
        ------
        TooManyCandidates
        """
        block = BlockScores(self, asked)
        for part in _parts(self.last.shape[0], self.n_rows):
            block.see(part)
            if block.n_seen > most:
                block.thin_out()
                if block.n_seen > most:
                    raise TooManyCandidates
        places, positions = block.thin_out()
        real = positions < self.rows.shape[0]
        return places[real], self.rows[positions[real]]

    def slack(self, norms: NDArray[np.float64], reach: NDArray[np.float64]) -> NDArray[np.float64]:
        """By how much a score may miss the truth, for rows within a distance ``reach`` of their query.

        The error of x.y is at most a rounding per column of |x||y|, that of the norm a few of |y|^2,
        and a row within reach has |y| <= |x| + reach; the reach itself is known up to that error.
        """
        rounding = np.finfo(self.kind).eps / 2 * (self.width + ROUNDINGS_BESIDE)
        length = np.sqrt(norms)
        farthest = (length + reach) * (1 + 2 * np.sqrt(rounding))
        smallest = np.finfo(self.kind).tiny * (self.width + self.n_codes + ROUNDINGS_BESIDE)
        return np.asarray(rounding * (length * farthest + farthest**2) + smallest, dtype=np.float64)


def _run_length(n_rows: int, wanted: int) -> int:
    """Rows whose scores are looked at together: a power of two."""
    run = LONGEST_RUN
    while run > 1 and n_rows < run * wanted * RUNS_PER_WANTED:
        run //= 2
    return run


def _parts(n_rows: int, step: int) -> list[slice]:
    return [slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step)]


def _middle(numbers: NDArray[Any]) -> NDArray[np.float64]:
    """Median of some rows: values near it lose the fewest digits, and few large rows do not move it."""
    some = numbers[:: max(1, numbers.shape[0] // MIDDLE_ROWS)]
    return np.asarray(np.median(some, axis=0), dtype=np.float64)


def _scale(numbers: NDArray[Any], middle: NDArray[np.float64]) -> float:
    """The power of two that brings the largest value between 1 and 2."""
    largest = max(
        (np.abs(numbers[part] - middle).max(initial=0.0) for part in _parts(numbers.shape[0], ROWS_AT_ONCE)),
        default=0.0,
    )
    return 2.0 ** min(-int(np.frexp(largest)[1]), LARGEST_EXPONENT)
