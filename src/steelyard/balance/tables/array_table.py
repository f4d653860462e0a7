# ruff: noqa: D102  (Table documents every method)
"""Tables that are numpy arrays: of numbers, of strings, of objects, with any number of axes."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import infer_dtype

from steelyard.balance.tables.base import Children, Table, fitting
from steelyard.errors import BadTable
from steelyard.kernels.gather import gather

__all__ = ["ArrayTable"]

# What pandas calls objects that are numbers; "empty" are missing ones only.
NUMBERS = ("integer", "floating", "mixed-integer-float", "empty")
OTHERS = ("mixed", "mixed-integer")  # to be looked at one by one


class ArrayTable(Table):
    """An array whose first axis are the rows; further axes beyond the second count as columns."""

    def __init__(self, values: NDArray[Any], *, as_list: bool = False) -> None:
        super().__init__(values)
        self._as_list = as_list

    @property
    def n_rows(self) -> int:
        return int(self.values.shape[0])

    @property
    def n_columns(self) -> int:
        return int(np.prod(self.values.shape[1:]))

    @property
    def _flat(self) -> NDArray[Any]:
        return self.values.reshape(self.n_rows, self.n_columns)

    def _given_back(self, values: NDArray[Any]) -> Any:
        return values.tolist() if self._as_list else values

    def take(self, rows: NDArray[np.intp]) -> Any:
        return self._given_back(gather(self.values, rows))

    def part(self, rows: NDArray[np.intp]) -> Table:
        return ArrayTable(gather(self.values, rows))

    def kind_of(self, column: int) -> str:
        if self.values.dtype.kind in "iuf":
            return "numeric"
        if self.values.dtype.kind in "bUS":
            return "categorical"
        if self.values.dtype.kind == "O":
            cells = self._flat[:, column]
            kind = infer_dtype(cells, skipna=True)
            numeric = kind in NUMBERS or (kind in OTHERS and all(_is_number(cell) for cell in cells))
            return "numeric" if numeric else "categorical"
        return str(self.values.dtype)

    def numbers_in_place(self, columns: list[int]) -> NDArray[Any] | None:
        fits = self.values.dtype in (np.float32, np.float64) and self._are_all(columns)
        return self._flat if fits and self.values.flags.c_contiguous else None

    def _are_all(self, columns: list[int]) -> bool:
        return columns == list(range(self.n_columns))

    def numbers(self, columns: list[int]) -> NDArray[Any]:
        part = self._flat if self._are_all(columns) else self._flat[:, columns]
        if part.dtype in (np.float32, np.float64):
            return part
        try:
            return np.array(part, dtype=np.float32 if part.dtype == np.float16 else np.float64)
        except (TypeError, ValueError) as error:
            raise BadTable(
                f"Expected numbers in the columns that are not categorical. Got {error} instead. "
                "Name the others in categorical_features."
            ) from error

    def codes(self, columns: list[int]) -> NDArray[np.int64]:
        codes = np.empty((self.n_rows, len(columns)), dtype=np.int64)
        for place, column in enumerate(columns):
            try:
                codes[:, place] = pd.factorize(self._flat[:, column])[0]
            except TypeError as error:
                raise BadTable(f"Column {column} holds values that cannot be categories: {error}.") from error
        return codes

    def grow(self, children: Children) -> Any:
        flat, n_rows = self._flat, self.n_rows
        grown = np.empty((n_rows + children.base.shape[0], self.n_columns), dtype=flat.dtype)
        grown[:n_rows] = flat
        made = grown[n_rows:]
        self._copy_other_columns(children, made)
        if flat.dtype.kind == "O":
            self._fill_objects(children, made)
        elif children.numeric:
            columns = slice(None) if self._are_all(children.numeric) else children.numeric
            for part, numbers in children.in_parts():
                made[part, columns] = fitting(numbers, made.dtype)
        for place, column in enumerate(children.categorical):
            made[:, column] = flat[children.cells_of[:, place], column]
        return self._given_back(grown.reshape(-1, *self.values.shape[1:]))

    def _copy_other_columns(self, children: Children, made: NDArray[Any]) -> None:
        changed = {*children.numeric, *children.categorical}
        if not changed:
            np.take(self._flat, children.base, axis=0, out=made, mode="clip")
            return
        for column in set(range(self.n_columns)) - changed:
            made[:, column] = self._flat[children.base, column]

    def _fill_objects(self, children: Children, made: NDArray[Any]) -> None:
        whole = {
            column: infer_dtype(self._flat[:, column], skipna=True) == "integer"
            for column in children.numeric
        }
        for part, numbers in children.in_parts():
            for place, column in enumerate(children.numeric):
                made[part, column] = _as_objects(numbers[:, place], whole[column])


def _as_objects(numbers: NDArray[Any], whole: bool) -> NDArray[Any]:
    """Python's own numbers, ints for a column of ints; a gap among those is None."""
    cells = numbers.astype(np.float64).astype(object)
    if whole:
        there = ~np.isnan(numbers)
        cells[there] = np.rint(numbers[there]).astype(np.int64)
        cells[~there] = None
    return cells


def _is_number(cell: Any) -> bool:
    return cell is None or (isinstance(cell, Real) and not isinstance(cell, (bool, np.bool_)))
