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
from steelyard.kernels.batching import row_chunks
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.overflow import refuse_huge

__all__ = ["ROW", "STEP", "Ground", "few_at_a_time"]

# Kept for each synthetic row as long as the sampler is: row numbers, and steps of 2**24 places.
ROW = np.int32
STEP = np.float32
SCRATCH_MB, SCRATCH_BYTES = 0.5, 8


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
        refuse_huge(around.numbers, np.float64)  # not every user of distances notices
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
