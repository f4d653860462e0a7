"""The rows that a neighbour-based over-sampler reads, and who is near whom among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.space import Space
from steelyard.errors import BadTable
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["ROW", "STEP", "Ground", "few_at_a_time", "nearest_in_group"]

# Kept for each synthetic row as long as the sampler is: row numbers, and steps of 2**24 places.
ROW = np.int32
STEP = np.float32
SCRATCH_MB, SCRATCH_BYTES = 0.5, 8


LARGEST = 1e150  # beyond this the square of a difference of two numbers overflows


def _refuse_huge(numbers: Any) -> None:
    """Refuse numbers whose squares cannot be held: not every user of distances notices."""
    held = numbers.data if sparse.issparse(numbers) else numbers
    largest = max(float(np.max(held, initial=0.0)), -float(np.min(held, initial=0.0)))
    if largest > LARGEST:
        raise BadTable(
            f"Distances overflow: the table holds {largest:.3g}, and squares of more than "
            f"{LARGEST:.0e} cannot be held. Rescale the columns."
        )


@dataclass(frozen=True, eq=False)
class Ground:
    """The rows that were read; all other numbers of rows count within them.

    ``rows`` are their source rows, None where the whole table was read; ``groups`` is one value per row
    read. ``in_place`` is the table itself, where it is an array of floats.
    """

    space: Space
    rows: NDArray[np.intp] | None
    groups: NDArray[Any] | None
    in_place: NDArray[Any] | None

    def __len__(self) -> int:
        return int(self.space.numbers.shape[0])

    @cached_property
    def has_gaps(self) -> bool:
        """Whether a number is missing."""
        numbers = self.space.numbers
        # The least of them is NaN if any is; unlike a mask of all cells it costs no memory.
        return not sparse.issparse(numbers) and numbers.size > 0 and bool(np.isnan(np.min(numbers)))

    @cached_property
    def around(self) -> Neighborhood:
        """The rows read, ready to be searched."""
        around = self.space.neighborhood()
        _refuse_huge(around.numbers)
        return around

    def source(
        self, rows: NDArray[np.integer[Any]], out: NDArray[np.int32] | None = None
    ) -> NDArray[np.int32]:
        """Source rows of these rows; -1 stays."""
        if self.rows is None:
            return rows.astype(ROW, copy=False)
        found = np.empty(rows.shape, dtype=ROW) if out is None else out
        for part in few_at_a_time(rows.shape[0]):
            found[part] = np.where(rows[part] >= 0, self.rows[rows[part]], -1)
        return found


def few_at_a_time(n: int) -> Iterator[slice]:
    """Cut n synthetic rows into slices that need little room beside what is kept of them.

    Large arrays that come and go leave holes in the process's memory, and the output needs its room.
    """
    return row_chunks(n, SCRATCH_BYTES, SCRATCH_MB)


def nearest_in_group(
    around: Neighborhood,
    k: int,
    asked: NDArray[np.intp],
    pool: NDArray[np.intp],
    groups: NDArray[Any] | None,
) -> NDArray[np.intp]:
    """Find the k nearest rows of ``pool`` to each row asked, within the row's own group.

    Parameters
    ----------
    around : Neighborhood
    k : int
    asked, pool : ndarray of int
        Row numbers; all that are asked are in the pool.
    groups : ndarray of shape (len(around),), optional
        Group of every row.

    Returns
    -------
    ndarray of int, shape (len(asked), at most k)
        Row numbers, nearest first, -1 at the end where a group has fewer.
    """
    parts = [(np.arange(asked.shape[0]), pool)]
    if groups is not None:
        names = np.unique(groups[asked])
        of_asked, of_pool = np.searchsorted(names, groups[asked]), _place_of(names, groups[pool])
        parts = [
            (np.flatnonzero(of_asked == number), pool[of_pool == number]) for number in range(names.shape[0])
        ]
    found = np.full((asked.shape[0], k), -1, dtype=np.intp)
    for places, rows in parts:
        fewer = min(k, rows.shape[0] - 1)
        if fewer < 1 or places.shape[0] == 0:
            continue
        if rows.shape[0] == places.shape[0] == len(around):
            found[places, :fewer] = around.nearest(fewer)[0]
        else:
            everyone = rows.shape[0] == len(around)
            near, _ = around.nearest(fewer, asked=asked[places], pool=None if everyone else rows)
            found[places, :fewer] = near
    return found[:, : max(1, int((found >= 0).sum(axis=1).max(initial=0)))]


def _place_of(names: NDArray[Any], values: NDArray[Any]) -> NDArray[np.intp]:
    """Place of each value in the sorted names, -1 where it is none of them."""
    place = np.searchsorted(names, values).clip(max=names.shape[0] - 1)
    return np.where(names[place] == values, place, -1)
