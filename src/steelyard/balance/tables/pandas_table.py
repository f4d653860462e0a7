# ruff: noqa: D102  (Table documents every method)
"""Tables that are pandas frames: types, categories, names and row labels stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from steelyard.balance.tables.base import Children, Table, fitting
from steelyard.errors import BadTable

__all__ = ["PandasTable", "grown_index"]

SINGLE = ("float32", "float16")
BLOCK_KINDS = (np.dtype(np.float32), np.dtype(np.float64))


class PandasTable(Table):
    """A pandas frame. A row that is kept or copied keeps its label; see `grown_index` for new rows."""

    @property
    def n_rows(self) -> int:
        return int(self.values.shape[0])

    @property
    def n_columns(self) -> int:
        return int(self.values.shape[1])

    @property
    def names(self) -> list[Any]:
        return list(self.values.columns)

    def take(self, rows: NDArray[np.intp]) -> pd.DataFrame:
        return self.values.iloc[rows]

    def kind_of(self, column: int) -> str:
        dtype = self.values.dtypes.iloc[column]
        if isinstance(dtype, pd.SparseDtype):
            dtype = dtype.subtype
        if isinstance(dtype, pd.CategoricalDtype) or types.is_bool_dtype(dtype):
            return "categorical"
        if types.is_numeric_dtype(dtype) and not types.is_complex_dtype(dtype):
            return "numeric"
        if types.is_string_dtype(dtype) or types.is_object_dtype(dtype):
            return "categorical"
        return str(dtype)

    def numbers(self, columns: list[int]) -> NDArray[Any]:
        dtypes = [str(self.values.dtypes.iloc[column]).lower() for column in columns]
        single = bool(columns) and all(dtype in SINGLE for dtype in dtypes)
        numbers = np.empty((self.n_rows, len(columns)), dtype=np.float32 if single else np.float64)
        for place, column in enumerate(columns):
            cells = self.values.iloc[:, column]
            try:
                numbers[:, place] = cells.to_numpy(dtype=np.float64, na_value=np.nan)
            except (TypeError, ValueError) as error:
                raise BadTable(
                    f"Expected numbers in column {self.name_of(column)}, got {error}. "
                    "Name it in categorical_features."
                ) from error
        return numbers

    def codes(self, columns: list[int]) -> NDArray[np.int64]:
        codes = np.empty((self.n_rows, len(columns)), dtype=np.int64)
        for place, column in enumerate(columns):
            cells = self.values.iloc[:, column]
            try:
                codes[:, place] = pd.factorize(cells)[0]
            except TypeError as error:
                raise BadTable(
                    f"Column {self.name_of(column)} holds values that cannot be categories: {error}."
                ) from error
        return codes

    def numbers_in_place(self, columns: list[int]) -> NDArray[Any] | None:
        block = self._block(columns)
        return block if block is not None and block.flags.c_contiguous else None

    def _block(self, columns: list[int]) -> NDArray[Any] | None:
        """The one array that holds the frame, if these are all its columns and there is such an array."""
        in_place = columns == list(range(self.n_columns)) and self._is_one_block()
        return self.values.to_numpy() if in_place else None

    def _is_one_block(self) -> bool:
        """Whether the frame is one array of floats with names, which can be read and written as such."""
        if len(kinds := set(self.values.dtypes)) != 1 or kinds.pop() not in BLOCK_KINDS:
            return False
        first = self.values.iloc[:1]
        return np.shares_memory(first.to_numpy(), first.to_numpy())

    def grow(self, children: Children) -> pd.DataFrame:
        index = grown_index(self.values.index, children.base.shape[0])
        block = self._block(children.numeric)
        if block is not None:
            grown = self._grown_block(block, children, index)
        else:
            grown = self._grown_columns(children, index)
        grown.columns = self.values.columns
        grown.attrs = dict(self.values.attrs)
        return grown

    def _grown_block(self, block: NDArray[Any], children: Children, index: pd.Index) -> pd.DataFrame:
        n_rows = self.n_rows
        order: Any = "C" if block.flags.c_contiguous else "F"
        grown = np.empty((len(index), self.n_columns), dtype=block.dtype, order=order)
        grown[:n_rows] = block
        for part, numbers in children.in_parts():
            grown[n_rows + part.start : n_rows + part.stop] = numbers
        return pd.DataFrame(grown, index=index, copy=False)

    def _grown_columns(self, children: Children, index: pd.Index) -> pd.DataFrame:
        cells_of = dict(zip(children.categorical, children.cells_of.T, strict=True))
        columns: dict[int, Any] = {}
        for column in range(self.n_columns):
            if column not in children.numeric:
                cells = self.values.iloc[:, column]
                new = cells.iloc[cells_of.get(column, children.base)]
                columns[column] = pd.concat([cells, new], ignore_index=True).array
        columns |= self._grown_numbers(children)
        return pd.DataFrame({column: columns[column] for column in sorted(columns)}, index=index, copy=False)

    def _grown_numbers(self, children: Children) -> dict[int, Any]:
        """The numeric columns with the children's cells, plain arrays written in one go."""
        dtypes = {column: self.values.dtypes.iloc[column] for column in children.numeric}
        plain = {
            column: np.empty(self.n_rows + children.base.shape[0], dtype=dtype)
            for column, dtype in dtypes.items()
            if isinstance(dtype, np.dtype)
        }
        made = [
            plain[column][self.n_rows :] if column in plain else np.empty(children.base.shape[0])
            for column in dtypes
        ]
        children.fill(made)
        grown: dict[int, Any] = {}
        for column, numbers in zip(dtypes, made, strict=True):
            cells = self.values.iloc[:, column]
            if column in plain:
                plain[column][: self.n_rows] = cells.to_numpy()
                grown[column] = plain[column]
            else:
                new = pd.Series(_as_extension(numbers, cells.dtype), dtype=cells.dtype)
                grown[column] = pd.concat([cells, new], ignore_index=True).array
        return grown


def _as_extension(numbers: NDArray[Any], dtype: Any) -> Any:
    """Numbers as a type of pandas' own takes them: whole for integers, missing as that type writes it."""
    if isinstance(dtype, pd.SparseDtype):
        return fitting(numbers, dtype.subtype).astype(dtype.subtype)
    missing = np.isnan(numbers)
    if types.is_integer_dtype(dtype):
        kind = getattr(dtype, "numpy_dtype", np.dtype(np.int64))
        numbers = fitting(np.where(missing, 0, numbers), kind)
    return [pd.NA if gap else number for gap, number in zip(missing, numbers.tolist(), strict=True)]


def grown_index(index: pd.Index, n_new: int) -> pd.Index:
    """Row labels for a table with ``n_new`` rows added.

    Whole numbers go on after the largest; any other kind of label (a name, a date, a pair) is
    missing for a row that nobody named.
    """
    if types.is_integer_dtype(index.dtype) and not isinstance(index, pd.MultiIndex):
        if isinstance(index, pd.RangeIndex) and index.step == 1:
            return pd.RangeIndex(index.start, index.stop + n_new, name=index.name)
        first = int(index.max()) + 1
        return index.append(pd.Index(np.arange(first, first + n_new), dtype=index.dtype, name=index.name))
    rows = np.concatenate([np.arange(len(index)), np.full(n_new, -1)])
    return index.take(rows, allow_fill=True, fill_value=np.nan)
