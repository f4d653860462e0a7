"""Cells of a column of any library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from steelyard.errors import BadTable
from steelyard.guard.canonical.arrow_cells import arrow_cells, refused
from steelyard.guard.canonical.cells import Cells
from steelyard.guard.canonical.object_cells import object_cells

__all__ = ["as_column", "column_cells"]


def as_column(values: Any, what: str) -> Any:
    """Take labels, ids or parts as a column that can be sliced.

    Raises
    ------
    BadTable
        It has more than one dimension.
    """
    if isinstance(values, (pd.Series, pa.Array, pa.ChunkedArray)) or type(values).__module__.startswith(
        "polars"
    ):
        return values
    if isinstance(values, (pd.Index, pd.api.extensions.ExtensionArray)):
        return pd.Series(values)
    if isinstance(values, (list, tuple, range)):
        return pd.Series(list(values), dtype=object)
    array = np.asarray(values)
    if array.ndim != 1:
        raise BadTable(f"{what} must be one value a row. Got an array of shape {array.shape} instead.")
    return pd.Series(array, dtype=object if array.dtype.kind in "OSU" else None)


def _pandas_cells(column: pd.Series, name: str) -> Cells:
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        levels = _pandas_cells(pd.Series(dtype.categories), name)
        return levels.as_categories(column.cat.codes.to_numpy())
    if isinstance(dtype, pd.SparseDtype):
        return _pandas_cells(column.sparse.to_dense(), name)
    if isinstance(dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        raise refused(name, f"values of type {dtype}")
    if pd.api.types.is_object_dtype(dtype):
        if pd.api.types.infer_dtype(column, skipna=True) == "string":
            try:
                return arrow_cells(pa.array(column, pa.large_string(), from_pandas=True), name)
            except (pa.ArrowInvalid, UnicodeEncodeError):
                pass  # told value by value, so that the message shows which
        return object_cells(column.tolist(), name)
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        if dtype.itemsize > 8:
            raise refused(name, f"values of type {dtype}")
        return arrow_cells(pa.array(column.to_numpy()), name)  # so that a NaN stays one
    if isinstance(dtype, np.dtype) and dtype.kind not in "mM":
        raise refused(name, f"values of type {dtype}")
    return arrow_cells(pa.array(column), name)


def column_cells(column: Any, name: str) -> Cells:
    """Return the cells of a pandas or polars series or an Arrow array.

    Raises
    ------
    BadTable
        Values of a type that is not taken.
    """
    if isinstance(column, pd.Series):
        return _pandas_cells(column, name)
    if isinstance(column, (pa.Array, pa.ChunkedArray)):
        return arrow_cells(column, name)
    if str(column.dtype) == "Object":
        return object_cells(column.to_list(), name)
    return arrow_cells(column.to_arrow(), name)
