# ruff: noqa: D102  (Table documents every method)
"""Tables that are pandas frames: types, categories, names and row labels stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from steelyard.balance.tables.base import Children, Table, rounded, rows_and_children
from steelyard.errors import BadTable

__all__ = ["PandasTable", "grown_index"]

SINGLE = ("float32", "float16")


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

    def grow(self, children: Children) -> pd.DataFrame:
        frame = self.values
        grown = frame.iloc[rows_and_children(self.n_rows, children.base)].copy(deep=False)
        grown.index = grown_index(frame.index, children.base.shape[0])
        for place, column in enumerate(children.numeric):
            cells = frame.iloc[:, column]
            made = pd.Series(_fitting(children.numbers[:, place], cells.dtype), dtype=cells.dtype)
            grown.isetitem(column, pd.concat([cells, made], ignore_index=True).array)
        for place, column in enumerate(children.categorical):
            cells = frame.iloc[:, column].array
            grown.isetitem(column, cells.take(rows_and_children(self.n_rows, children.cells_of[:, place])))
        return grown


def _fitting(numbers: NDArray[Any], dtype: Any) -> Any:
    """Numbers as their column's type takes them: whole for integers, missing as that type writes it."""
    made = rounded(numbers, types.is_integer_dtype(dtype))
    if isinstance(dtype, np.dtype):
        return made.astype(dtype)
    if types.is_integer_dtype(dtype):
        return [pd.NA if np.isnan(number) else int(number) for number in made]
    return [pd.NA if np.isnan(number) else float(number) for number in made]


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
