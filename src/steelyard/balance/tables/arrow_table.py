# ruff: noqa: D102  (Table documents every method)
"""Tables that are pyarrow tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from steelyard.balance.tables.base import Children, Table, fitting

__all__ = ["ArrowTable"]

MISSING = -1


class ArrowTable(Table):
    """A pyarrow table; the schema, with its metadata, is kept."""

    @property
    def n_rows(self) -> int:
        return int(self.values.num_rows)

    @property
    def n_columns(self) -> int:
        return int(self.values.num_columns)

    @property
    def names(self) -> list[Any]:
        return list(self.values.column_names)

    def take(self, rows: NDArray[np.intp]) -> Any:
        return self.values.take(pa.array(rows))

    def kind_of(self, column: int) -> str:
        kind = self.values.schema.field(column).type
        if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            return "numeric"
        if pa.types.is_dictionary(kind) or pa.types.is_boolean(kind):
            return "categorical"
        if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            return "categorical"
        return str(kind)

    def numbers(self, columns: list[int]) -> NDArray[Any]:
        kinds = [self.values.schema.field(column).type for column in columns]
        single = bool(columns) and all(kind == pa.float32() for kind in kinds)
        numbers = np.empty((self.n_rows, len(columns)), dtype=np.float32 if single else np.float64)
        for place, column in enumerate(columns):
            numbers[:, place] = self.values.column(column).cast(pa.float64()).to_numpy()
        return numbers

    def codes(self, columns: list[int]) -> NDArray[np.int64]:
        codes = np.empty((self.n_rows, len(columns)), dtype=np.int64)
        for place, column in enumerate(columns):
            cells = self.values.column(column).combine_chunks()
            if not pa.types.is_dictionary(cells.type):
                cells = cells.dictionary_encode()
            codes[:, place] = pc.fill_null(cells.indices.cast(pa.int64()), MISSING).to_numpy()
        return codes

    def grow(self, children: Children) -> Any:
        numbers = [np.empty(children.base.shape[0]) for _ in children.numeric]
        children.fill(numbers)
        made = {c: self._made(c, cells) for c, cells in zip(children.numeric, numbers, strict=True)}
        cells_of = dict(zip(children.categorical, children.cells_of.T, strict=True))
        columns = []
        for column, field in enumerate(self.values.schema):
            cells = self.values.column(column)
            new = made.get(column)
            if new is None:
                new = cells.take(pa.array(cells_of.get(column, children.base)))
            chunks = new.chunks if isinstance(new, pa.ChunkedArray) else [new]
            columns.append(pa.chunked_array([*cells.chunks, *chunks], type=field.type))
        return pa.Table.from_arrays(columns, schema=self.values.schema)

    def _made(self, column: int, numbers: NDArray[Any]) -> Any:
        """The new cells of a numeric column."""
        kind, cells = self.values.schema.field(column).type, self.values.column(column)
        # NaN stands for a null, unless the column writes NaN itself.
        missing = np.isnan(numbers) if cells.null_count or not pa.types.is_floating(kind) else None
        if pa.types.is_integer(kind):
            numbers = fitting(np.where(np.isnan(numbers), 0, numbers), kind.to_pandas_dtype())
        return pa.array(numbers, mask=missing).cast(kind, safe=False)
