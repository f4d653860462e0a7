# ruff: noqa: D102  (Table documents every method)
"""Tables that are scipy sparse matrices: all columns are numbers, or all are taken as categories."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.tables.base import Children, Table, fitting
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
        if columns and len(columns) < self.n_columns:
            raise BadTable(
                "A sparse table has either numbers or categories alone, and some columns are named in "
                "categorical_features. Make it dense."
            )
        codes = np.empty((self.n_rows, len(columns)), dtype=np.int64)
        for column in columns:
            codes[:, column] = pd.factorize(self._column(column))[0]
        return codes

    @cached_property
    def _columns(self) -> Any:
        return self._rows.tocsc()

    def _column(self, column: int) -> NDArray[Any]:
        return self._columns[:, [column]].toarray().ravel()

    def grow(self, children: Children) -> Any:
        kind, dtype = type(self._rows), self.values.dtype
        if children.categorical:
            cells = [
                kind(self._column(column)[children.cells_of[:, place], None])
                for place, column in enumerate(children.categorical)
            ]
            made = sparse.hstack(cells, format="csr")
        elif dtype.kind in "iu":
            made = kind(children.numbers.astype(np.float64))  # a copy
            made.data = fitting(made.data, dtype)
        else:
            made = kind(children.numbers)
        return sparse.vstack([self._rows, made.astype(dtype)], format=self.values.format)
