"""One frame out of any frame: plain dtypes, text names, no row labels, every change noted."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import numpy as np
import pandas as pd

from steelyard.errors import BadTable

__all__ = ["tidy_frame"]

NOTES = "notes"
NESTED = (list, dict, set, tuple, np.ndarray)
DATES = (datetime.date, np.datetime64)


def tidy_frame(frame: pd.DataFrame, *, what: str = "the table") -> pd.DataFrame:
    """Bring a frame to the few dtypes the rest of the library knows.

    Numbers become NumPy ints or floats, truth values ``bool`` (``boolean`` where some are missing), text
    pandas strings, dates ``datetime64`` without a zone (in UTC), durations seconds; categories stay. A
    column that mixes numbers and text becomes text. Row labels are dropped, row order is kept.

    Parameters
    ----------
    frame : pandas.DataFrame
    what : str
        How to call it in a message.

    Returns
    -------
    pandas.DataFrame
        A new frame; ``attrs["notes"]`` is a tuple of sentences on what was changed.

    Raises
    ------
    BadTable
        Two-level or repeated names, no rows, or cells that hold lists, dicts or objects.

    Examples
    --------
    >>> tidy_frame(pd.DataFrame({"a": [1, "x"]})).attrs["notes"]
    ("Column 'a' mixes int and str; it is read as text.",)
    """
    if isinstance(frame.columns, pd.MultiIndex):
        raise BadTable(f"Expected one name per column in {what}, got two-level names. Join the levels first.")
    notes: list[str] = list(frame.attrs.get(NOTES, ()))
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise BadTable(
            f"Expected distinct column names in {what}, got {', '.join(map(repr, twice[:5]))} more than "
            "once. "
            "Rename the repeated columns."
        )
    if not names or not len(frame):
        raise BadTable(
            f"Expected rows and columns in {what}, got {len(frame)} x {len(names)}. Check where it comes "
            "from."
        )
    columns = {name: _tidy_column(frame.iloc[:, i], name, what, notes) for i, name in enumerate(names)}
    tidy = pd.DataFrame(columns, index=pd.RangeIndex(len(frame)), copy=False)
    tidy.attrs = {**frame.attrs, **({NOTES: tuple(notes)} if notes else {})}
    return tidy


def _tidy_column(column: pd.Series, name: str, what: str, notes: list[str]) -> Any:
    column = column.reset_index(drop=True)
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return column
    if isinstance(dtype, pd.SparseDtype):
        column, dtype = column.sparse.to_dense(), dtype.subtype
    if isinstance(dtype, pd.ArrowDtype):
        return _tidy_column(_from_arrow(column), name, what, notes)
    if isinstance(dtype, pd.PeriodDtype):
        return column.dt.to_timestamp()
    if isinstance(dtype, pd.IntervalDtype):
        return column.astype("str").astype("category")
    if isinstance(dtype, pd.DatetimeTZDtype):
        notes.append(f"Column {name!r} has a time zone; its times are read in UTC.")
        return column.dt.tz_convert("UTC").dt.tz_localize(None)
    if pd.api.types.is_bool_dtype(dtype):
        return column.astype(bool) if not column.isna().any() else column.astype("boolean")
    if pd.api.types.is_timedelta64_dtype(dtype):
        notes.append(f"Column {name!r} holds durations; they are read in seconds.")
        return column.dt.total_seconds()
    if pd.api.types.is_complex_dtype(dtype):
        raise BadTable(
            f"Expected real numbers in column {name!r} of {what}, got complex ones. Split them into two "
            "columns."
        )
    if pd.api.types.is_numeric_dtype(dtype):
        if isinstance(dtype, np.dtype):
            return column
        return column.astype(np.float64 if column.isna().any() else dtype.numpy_dtype)
    if pd.api.types.is_datetime64_dtype(dtype):
        return column
    if pd.api.types.is_object_dtype(dtype):
        return _tidy_objects(column, name, what, notes)
    if pd.api.types.is_string_dtype(dtype):
        return column.astype("str")
    raise BadTable(
        f"Expected numbers, text, dates or truth values in column {name!r} of {what}, got {dtype}. Convert "
        "it."
    )


def _from_arrow(column: pd.Series) -> pd.Series:
    array = column.array._pa_array if hasattr(column.array, "_pa_array") else column.array.__arrow_array__()
    return array.to_pandas(date_as_object=False)


def _tidy_objects(column: pd.Series, name: str, what: str, notes: list[str]) -> Any:
    """A column of Python objects by the types that occur in it."""
    present = column.dropna()
    types = {type(value) for value in present}
    if not types:
        return column.astype(np.float64)
    nested = [kind for kind in types if issubclass(kind, NESTED)]
    if nested:
        raise BadTable(
            f"Expected one value per cell in column {name!r} of {what}, got {nested[0].__name__}s. "
            "Split them into columns, or drop the column."
        )
    if all(issubclass(kind, (bool, np.bool_)) for kind in types):
        return column.astype("boolean") if len(present) < len(column) else column.astype(bool)
    if all(
        issubclass(kind, (int, float, np.number, decimal.Decimal)) for kind in types - {bool, np.bool_}
    ) and not (types & {bool, np.bool_}):
        try:
            numbers = column.astype(np.float64)
        except (OverflowError, TypeError, ValueError):
            return _as_text(column)
        if len(present) == len(column) and all(issubclass(kind, (int, np.integer)) for kind in types):
            return column.astype(np.int64) if numbers.abs().max() < 2**63 else numbers
        return numbers
    if all(issubclass(kind, DATES) for kind in types):
        return _tidy_column(pd.to_datetime(column), name, what, notes)
    if all(issubclass(kind, datetime.timedelta) for kind in types):
        return _tidy_column(pd.to_timedelta(column), name, what, notes)
    known = (
        str,
        int,
        float,
        bool,
        np.generic,
        decimal.Decimal,
        datetime.date,
        datetime.time,
        datetime.timedelta,
    )
    strange = [kind for kind in types if not issubclass(kind, known)]
    if strange:
        raise BadTable(
            f"Expected numbers, text, dates or truth values in column {name!r} of {what}, got "
            f"{strange[0].__name__}. "
            "Convert or drop the column."
        )
    if types - {str}:
        words = " and ".join(sorted(kind.__name__ for kind in types))
        if len(types) > 1:
            notes.append(f"Column {name!r} mixes {words}; it is read as text.")
    return _as_text(column)


def _as_text(column: pd.Series) -> pd.Series:
    return column.map(str, na_action="ignore").astype("str")
