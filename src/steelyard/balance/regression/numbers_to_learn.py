"""A continuous target, as it comes in, as numbers, and as it goes out again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from steelyard.balance.tables.base import Children, Table
from steelyard.balance.tables.open_table import open_table
from steelyard.errors import BadTable, BadTarget

__all__ = ["NumbersToLearn", "read_numbers_to_learn"]

Unwrap = Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class NumbersToLearn:
    """The target as a table of one column, how to get its own kind back, and its values (n,)."""

    table: Table
    unwrap: Unwrap
    values: NDArray[np.float64]

    def take(self, rows: NDArray[np.intp]) -> Any:
        """Return the targets of these rows, as the same kind of thing that came in."""
        return self.unwrap(self.table.take(rows))

    def take_and_grow(self, rows: NDArray[np.intp], base: NDArray[np.intp], made: NDArray[np.float64]) -> Any:
        """Return the targets of these rows followed by new ones; whole where the target is."""
        nobody = np.empty((base.shape[0], 0), dtype=np.intp)
        children = Children(
            base=base,
            parents=base[:, None],
            numeric=[0],
            numbers=made[:, None],
            categorical=[],
            cells_of=nobody,
        )
        chosen = np.concatenate([rows, self.table.n_rows + np.arange(base.shape[0])])
        return self.unwrap(open_table(self.table.grow(children)).take(chosen))


def _as_column(y: Any) -> tuple[Any, Unwrap]:
    """The target as a table of one column, and the way back."""
    if isinstance(y, pd.Series):
        return y.to_frame(), lambda frame: frame.iloc[:, 0]
    if isinstance(y, pd.DataFrame):
        return y, lambda frame: frame
    if isinstance(y, (pa.Array, pa.ChunkedArray)):
        return pa.table({"y": y}), lambda table: table.column(0)
    if isinstance(y, pa.Table):
        return y, lambda table: table
    if type(y).__module__.partition(".")[0] == "polars":
        if type(y).__name__ == "Series":
            return y.to_frame(), lambda frame: frame.to_series(0)
        return y, lambda frame: frame
    if isinstance(y, (list, tuple)) and all(np.ndim(value) == 0 for value in y):
        return [[value] for value in y], lambda rows: [row[0] for row in rows]
    array = np.asarray(y)
    if array.ndim == 1:
        return array[:, None], lambda column: column[:, 0]
    return array, lambda column: column


def read_numbers_to_learn(y: Any, sampler: str) -> NumbersToLearn:
    """Read a continuous target, or say why it is none.

    Parameters
    ----------
    y : array, list, series or one-column table of shape (n,)
    sampler : str
        Who asks, for the message.

    Raises
    ------
    BadTarget
        No finite number for every row.
    """
    wanted = f"{sampler} needs one finite number to learn per row"
    if y is None:
        raise BadTarget(f"{sampler} requires y to be passed, but the target y is None. {wanted}.")
    column, unwrap = _as_column(y)
    try:
        table = open_table(column)
        if table.n_columns != 1:
            raise BadTarget(f"{wanted}, got {table.n_columns} columns.")
        values = np.asarray(table.numbers([0]), dtype=np.float64)[:, 0]
    except (BadTable, TypeError, ValueError) as error:
        if isinstance(error, BadTarget):
            raise
        raise BadTarget(f"{wanted}. {error}") from error
    bad = ~np.isfinite(values)
    if bad.any():
        raise BadTarget(
            f"{wanted}; {int(bad.sum())} of {values.shape[0]} are missing (NaN) or infinite. "
            "Leave those rows out."
        )
    return NumbersToLearn(table, unwrap, values)
