# ruff: noqa: D102  (Table documents every method)
"""Tables that are numpy arrays: of numbers, of strings, of objects, with any number of axes."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.balance.tables.base import Children, Table, rounded
from steelyard.errors import BadTable

__all__ = ["ArrayTable"]


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
        return self._given_back(self.values[rows])

    def kind_of(self, column: int) -> str:
        if self.values.dtype.kind in "iuf":
            return "numeric"
        if self.values.dtype.kind in "bUS":
            return "categorical"
        if self.values.dtype.kind == "O":
            cells = self._flat[:, column]
            return "numeric" if all(_is_number(cell) for cell in cells) else "categorical"
        return str(self.values.dtype)

    def numbers(self, columns: list[int]) -> NDArray[Any]:
        part = self._flat[:, columns]
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
        made = self._flat[children.base]
        for place, column in enumerate(children.numeric):
            numbers = children.numbers[:, place]
            if made.dtype.kind == "O":
                made[:, column] = self._as_objects(numbers, column)
            else:
                made[:, column] = rounded(numbers, made.dtype.kind in "iu").astype(made.dtype)
        for place, column in enumerate(children.categorical):
            made[:, column] = self._flat[children.cells_of[:, place], column]
        shaped = made.reshape(-1, *self.values.shape[1:])
        return self._given_back(np.concatenate([self.values, shaped]))

    def _as_objects(self, numbers: NDArray[Any], column: int) -> list[Any]:
        whole = all(isinstance(cell, Integral) for cell in self._flat[:, column])
        return [int(np.rint(number)) if whole else float(number) for number in numbers]


def _is_number(cell: Any) -> bool:
    return cell is None or (isinstance(cell, Real) and not isinstance(cell, (bool, np.bool_)))
