# ruff: noqa: D102  (Table documents every method)
"""Tables that are polars frames; polars itself is imported only where such a frame came in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.tables.base import Children, Table, fitting

__all__ = ["PolarsTable"]

MISSING = -1


class PolarsTable(Table):
    """A polars frame; types, enumerations and null against NaN are kept."""

    @property
    def n_rows(self) -> int:
        return int(self.values.height)

    @property
    def n_columns(self) -> int:
        return int(self.values.width)

    @property
    def names(self) -> list[Any]:
        return list(self.values.columns)

    def _column(self, column: int) -> Any:
        return self.values.to_series(column)

    def take(self, rows: NDArray[np.intp]) -> Any:
        return self.values[rows]

    def kind_of(self, column: int) -> str:
        import polars as pl

        dtype = self.values.dtypes[column]
        if dtype.is_numeric():
            return "numeric"
        if dtype in (pl.Boolean, pl.String, pl.Categorical, pl.Enum):
            return "categorical"
        return str(dtype)

    def numbers(self, columns: list[int]) -> NDArray[Any]:
        import polars as pl

        single = bool(columns) and all(self.values.dtypes[column] == pl.Float32 for column in columns)
        numbers = np.empty((self.n_rows, len(columns)), dtype=np.float32 if single else np.float64)
        for place, column in enumerate(columns):
            numbers[:, place] = self._column(column).cast(pl.Float64).to_numpy()
        return numbers

    def codes(self, columns: list[int]) -> NDArray[np.int64]:
        import polars as pl

        codes = np.empty((self.n_rows, len(columns)), dtype=np.int64)
        for place, column in enumerate(columns):
            cells = self._column(column)
            if cells.dtype not in (pl.Categorical, pl.Enum, pl.Boolean):
                cells = cells.cast(pl.String).cast(pl.Categorical)
            numbers = cells.cast(pl.Int8) if cells.dtype == pl.Boolean else cells.to_physical()
            codes[:, place] = numbers.cast(pl.Int64).fill_null(MISSING).to_numpy()
        return codes

    def grow(self, children: Children) -> Any:
        import polars as pl

        numbers = [np.empty(children.base.shape[0]) for _ in children.numeric]
        children.fill(numbers)
        made = {c: self._made(c, cells) for c, cells in zip(children.numeric, numbers, strict=True)}
        cells_of = dict(zip(children.categorical, children.cells_of.T, strict=True))
        columns = []
        for column in range(self.n_columns):
            cells = self._column(column)
            new = made.get(column)
            if new is None:
                new = cells[cells_of.get(column, children.base)]
            columns.append(pl.concat([cells, new]))
        return pl.DataFrame(columns)

    def _made(self, column: int, numbers: NDArray[Any]) -> Any:
        """The new cells of a numeric column."""
        import polars as pl

        cells = self._column(column)
        if not cells.dtype.is_integer():
            return pl.Series(cells.name, numbers, nan_to_null=cells.null_count() > 0).cast(cells.dtype)
        missing = np.isnan(numbers)
        kind = getattr(np, str(cells.dtype).lower(), np.int64)  # polars has wider ones than numpy
        made = pl.Series(cells.name, fitting(np.where(missing, 0, numbers), kind)).cast(cells.dtype)
        return made.zip_with(pl.Series(~missing), pl.Series([None], dtype=made.dtype))
