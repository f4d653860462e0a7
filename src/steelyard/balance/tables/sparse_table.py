# ruff: noqa: D102  (Table documents every method)
"""Tables that are scipy sparse matrices: all columns are numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.tables.base import Children, Table
from steelyard.errors import BadTable

__all__ = ["SparseTable"]


class SparseTable(Table):
    """A sparse matrix or array; the caller gets the format back that came in."""

    def __init__(self, values: Any) -> None:
        super().__init__(values)
        self._rows = values.tocsr()

    @property
    def n_rows(self) -> int:
        return int(self.values.shape[0])

    @property
    def n_columns(self) -> int:
        return int(self.values.shape[1])

    def take(self, rows: NDArray[np.intp]) -> Any:
        return self._rows[rows].asformat(self.values.format)

    def kind_of(self, column: int) -> str:
        return "numeric"

    def numbers(self, columns: list[int]) -> Any:
        part = self._rows if len(columns) == self.n_columns else self._rows[:, columns]
        return part if part.dtype in (np.float32, np.float64) else part.astype(np.float64)

    def codes(self, columns: list[int]) -> NDArray[np.int64]:
        if columns:
            raise BadTable(
                "A sparse table has no categorical columns. Make it dense to name some in "
                "categorical_features."
            )
        return np.empty((self.n_rows, 0), dtype=np.int64)

    def grow(self, children: Children) -> Any:
        made = type(self._rows)(children.numbers)
        if self.values.dtype.kind in "iub":
            made = made.copy()
            made.data = np.rint(made.data)
        made = made.astype(self.values.dtype)
        return sparse.vstack([self._rows, made], format=self.values.format)
