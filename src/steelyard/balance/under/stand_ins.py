"""Centres of clusters as rows of the table they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.space import Space
from steelyard.balance.tables.base import Children
from steelyard.kernels.mixed_distance import Points

__all__ = ["StandIns"]


@dataclass(frozen=True, eq=False)
class StandIns:
    """Centres that stand for ``rows``: ``near`` (m, r) holds the rows nearest to each, nearest first.

    ``codes`` (n, q) are the categories of all rows as the centres have them.
    """

    rows: NDArray[np.intp]
    codes: NDArray[np.integer[Any]] | None
    near: NDArray[np.intp]
    centres: Points

    def as_children(self, space: Space) -> Children:
        """The centres as synthetic rows, in the table's own units."""
        return Children(
            base=self.near[:, 0],
            parents=self.near,
            numeric=space.numeric,
            numbers=self._numbers(space),
            categorical=space.categorical,
            cells_of=self._cells(space),
        )

    def _numbers(self, space: Space) -> Any:
        numbers = self.centres.numeric
        if space.scale is not None:
            numbers = numbers * space.scale.astype(numbers.dtype)
        if sparse.issparse(space.numbers):
            return sparse.csr_array(numbers)
        # Searched as if it stood at the median, a gap that all parents share is a gap still.
        return np.where(np.isnan(space.numbers[self.near]).all(axis=1), np.nan, numbers)

    def _cells(self, space: Space) -> NDArray[np.intp]:
        """A row that holds the centre's category: the nearest parent, else the first such row."""
        cells = np.repeat(self.near[:, :1], len(space.categorical), axis=1)
        if self.codes is None or self.centres.codes is None:
            return cells
        for column in range(cells.shape[1]):
            wanted = self.centres.codes[:, column]
            levels, first = np.unique(self.codes[self.rows, column], return_index=True)
            same = self.codes[self.near, column] == wanted[:, None]
            parent = self.near[np.arange(same.shape[0]), same.argmax(axis=1)]
            other = self.rows[first[np.searchsorted(levels, wanted)]]
            cells[:, column] = np.where(same.any(axis=1), parent, other)
        return cells
