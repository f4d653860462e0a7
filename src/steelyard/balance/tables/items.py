# ruff: noqa: D102  (Table documents every method)
"""Rows that are not a table: texts, pictures of many sizes, any list or series of things."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.tables.base import Children, Table
from steelyard.errors import BadTable
from steelyard.kernels.out_of_fold import take_rows

__all__ = ["Items"]


class Items(Table):
    """A list, a series or a one-dimensional array; samplers that only choose rows can work on it."""

    @property
    def n_rows(self) -> int:
        return len(self.values)

    @property
    def n_columns(self) -> int:
        return 0

    def take(self, rows: NDArray[np.intp]) -> Any:
        return take_rows(self.values, rows)

    def kind_of(self, column: int) -> str:
        raise self._no_table()

    def numbers(self, columns: list[int]) -> Any:
        raise self._no_table()

    def codes(self, columns: list[int]) -> NDArray[np.int64]:
        raise self._no_table()

    def grow(self, children: Children) -> Any:
        raise self._no_table()

    @staticmethod
    def _no_table() -> BadTable:
        return BadTable(
            "Expected a table of columns, got a list of items. Turn the items into numbers first, or use a "
            "sampler that only chooses rows, such as RandomUnderSampler."
        )
