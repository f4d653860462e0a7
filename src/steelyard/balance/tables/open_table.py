"""Recognise what kind of table came in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import sparse

from steelyard.balance.tables.array_table import ArrayTable
from steelyard.balance.tables.arrow_table import ArrowTable
from steelyard.balance.tables.base import Table
from steelyard.balance.tables.items import Items
from steelyard.balance.tables.pandas_table import PandasTable
from steelyard.balance.tables.polars_table import PolarsTable
from steelyard.balance.tables.sparse_table import SparseTable
from steelyard.errors import BadTable

__all__ = ["open_table"]


def open_table(values: Any) -> Table:
    """Put the one face over a table.

    Parameters
    ----------
    values : numpy array, scipy sparse matrix, pandas or polars frame, pyarrow table, or list

    Returns
    -------
    Table

    Raises
    ------
    BadTable
        Nothing that rows can be taken from.

    Examples
    --------
    >>> open_table([[1, 2], [3, 4]]).take(np.array([1, 1]))
    [[3, 4], [3, 4]]
    """
    if sparse.issparse(values):
        return SparseTable(values)
    if isinstance(values, pd.DataFrame):
        return PandasTable(values)
    if isinstance(values, pd.Series):
        return Items(values)
    if isinstance(values, pa.Table):
        return ArrowTable(values)
    if type(values).__module__.partition(".")[0] == "polars":
        return _open_polars(values)
    return _open_array(values)


def _open_polars(values: Any) -> Table:
    kind = type(values).__name__
    if kind == "DataFrame":
        return PolarsTable(values)
    if kind == "LazyFrame":
        raise BadTable("Expected a table in memory, got a polars LazyFrame. Call its collect() first.")
    return Items(values)


def _open_array(values: Any) -> Table:
    is_list = isinstance(values, (list, tuple))
    try:
        array = np.asarray(values)
    except ValueError as error:
        if is_list:  # items of different sizes
            return Items(list(values))
        raise BadTable(f"Expected a table, got {type(values).__name__}: {error}.") from error
    if array.ndim == 0:
        raise BadTable(f"Expected a table, got a single {type(values).__name__}: {array}.")
    if array.dtype.kind == "c":
        raise BadTable("Complex data not supported: expected real numbers. Give the two parts as columns.")
    if array.ndim == 1:
        if array.dtype.kind in "iufb":
            raise BadTable(
                "Expected 2D array, got 1D array instead. Reshape your data: X.reshape(-1, 1) if it has one "
                "column, X.reshape(1, -1) if it is one row."
            )
        return Items(list(values) if is_list else array)
    return ArrayTable(array, as_list=is_list)
