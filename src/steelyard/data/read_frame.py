"""Frames and arrays of other libraries, brought to one pandas frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
from scipy import sparse

from steelyard.data.read_columnar import MIB
from steelyard.data.read_delimited import MAX_COLUMNS
from steelyard.data.read_table import MEMORY_MB
from steelyard.data.tidy_frame import tidy_frame
from steelyard.errors import BadTable

__all__ = ["read_frame"]

DENSE_BYTES = 8


def read_frame(source: Any, *, memory_mb: int = MEMORY_MB) -> pd.DataFrame:
    """Bring a table in memory to a plain pandas frame.

    Parameters
    ----------
    source : pandas, polars or pyarrow table, ndarray of shape (n, d), sparse matrix or dict of columns
        Arrays get the column names ``x0``, ``x1``, ...
    memory_mb : int, default=4096
        Budget in MiB for a sparse matrix once it is dense.

    Returns
    -------
    pandas.DataFrame
        Rows in order; ``attrs["notes"]`` lists what was changed, if anything.

    Raises
    ------
    BadTable
        A kind of object that is no table, or one that does not fit.

    Examples
    --------
    >>> read_frame(np.eye(2)).columns.tolist()
    ['x0', 'x1']
    """
    if isinstance(source, pd.DataFrame):
        return tidy_frame(source, what="the frame")
    if sparse.issparse(source):
        return _from_array(_dense(source, memory_mb))
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Mapping):
        return tidy_frame(_from_columns(source), what="the dict")
    frame = nw.from_native(source, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        raise BadTable("Expected a table in memory, got a lazy frame. Call .collect() on it first.")
    if isinstance(frame, nw.DataFrame):
        _refuse_nested(frame)
        return tidy_frame(frame.to_pandas(), what="the frame")
    if isinstance(source, (list, tuple)):
        raise BadTable(
            f"Expected a table, got a {type(source).__name__}. Pass a frame, a two-dimensional NumPy array, "
            "a dict of columns, or a pair (X, y)."
        )
    raise BadTable(
        "Expected a file name, a pandas, polars or pyarrow table, a NumPy array, a sparse matrix or a dict "
        f"of columns, got {type(source).__name__}. Convert it to one of these."
    )


def _dense(source: Any, memory_mb: int) -> np.ndarray:
    rows, columns = source.shape if len(source.shape) == 2 else (1, source.shape[0])
    _refuse_width(columns)
    needed = rows * columns * DENSE_BYTES
    if needed > memory_mb * MIB:
        raise BadTable(
            f"Expected a sparse matrix that fits {memory_mb:,} MiB when dense, got {rows:,} x {columns:,}, "
            f"which needs {needed / MIB:,.0f} MiB. Reduce its columns first, for example by TruncatedSVD, "
            "or raise memory_mb."
        )
    return np.atleast_2d(source.toarray())


def _refuse_width(columns: int) -> None:
    if columns > MAX_COLUMNS:
        raise BadTable(
            f"Expected at most {MAX_COLUMNS:,} columns, got {columns:,}. Choose the columns that matter, or "
            "transpose the table if its rows are in the columns."
        )


def _from_array(array: np.ndarray) -> pd.DataFrame:
    if array.dtype.names:
        return tidy_frame(pd.DataFrame(array), what="the array")
    if array.ndim != 2:
        raise BadTable(
            f"Expected a two-dimensional array (rows x columns), got shape {array.shape}. "
            "Reshape it; a single column needs X.reshape(-1, 1)."
        )
    _refuse_width(array.shape[1])
    names = [f"x{i}" for i in range(array.shape[1])]
    # A masked cell is a missing one; left alone, its garbage value would count.
    plain = array.astype(float).filled(np.nan) if isinstance(array, np.ma.MaskedArray) else np.asarray(array)
    return tidy_frame(pd.DataFrame(plain, columns=names), what="the array")


def _from_columns(source: Mapping[Any, Any]) -> pd.DataFrame:
    try:
        return pd.DataFrame(
            {name: np.asarray(v) if isinstance(v, range) else v for name, v in source.items()}
        )
    except ValueError as error:
        raise BadTable(
            f"Expected a dict of columns of one length, got what makes no table ({error}). "
            "Give every column the same number of values."
        ) from error


def _refuse_nested(frame: nw.DataFrame[Any]) -> None:
    for name, dtype in frame.schema.items():
        if dtype.is_nested():
            raise BadTable(
                f"Expected one value per cell in column {name!r} of the frame, got {dtype}. "
                "Split it into columns, or drop the column."
            )
