"""Groups, times, weights and parts: columns that say how to split and weigh, not what to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.errors import BadOption, BadTable

__all__ = ["Role", "need_column", "role_values"]

Role = Literal["groups", "time", "weight", "part"]
LISTED = 12
NEAR = 3
LONGEST_FIXED = 64


def need_column(name: str, columns: Sequence[str], option: str, error: type[Exception] = BadOption) -> None:
    """Raise, with near matches, when a column that an option names is not there.

    Examples
    --------
    >>> need_column("costumer", ["customer", "age"], "groups")
    Traceback (most recent call last):
    ...
    steelyard.errors.BadOption: Expected groups to name a column, got 'costumer'. Did you mean 'customer'?
    """
    if name in columns:
        return
    lowered = {column.lower(): column for column in columns}
    near = [lowered[word] for word in get_close_matches(name.lower(), lowered, n=NEAR)]
    if near:
        hint = f"Did you mean {' or '.join(map(repr, near))}?"
    else:
        more = f" and {len(columns) - LISTED:,} more" if len(columns) > LISTED else ""
        hint = f"The columns are {', '.join(map(repr, list(columns)[:LISTED]))}{more}."
    raise error(f"Expected {option} to name a column, got {name!r}. {hint}")


def role_values(
    frame: pd.DataFrame, given: str | Sequence[Any] | NDArray[Any] | None, role: Role
) -> tuple[NDArray[Any] | None, str | None]:
    """Values of a role, read from a column or taken as given, and checked.

    Parameters
    ----------
    frame : pandas.DataFrame of n rows
    given : str, array-like of shape (n,) or None
    role : {"groups", "time", "weight", "part"}

    Returns
    -------
    values : ndarray of shape (n,) or None
        Groups and parts as they are or as str, times as ``datetime64`` or numbers, weights as float64.
    column : str or None
        The column they came from, which is then no feature.

    Raises
    ------
    BadOption
        No such column, or another number of values than rows.
    BadTable
        Missing values, times that are none, weights below zero.

    Examples
    --------
    >>> role_values(pd.DataFrame({"when": ["2024-05-01", "2024-05-02"]}), "when", "time")[0].dtype.kind
    'M'
    """
    if given is None:
        return None, None
    if isinstance(given, str):
        need_column(given, list(frame.columns), role)
        column, name = frame[given], given
    else:
        array = np.asarray(given)
        if array.ndim != 1 or len(array) != len(frame):
            raise BadOption(
                f"Expected {role} to name a column or to hold {len(frame):,} values, got shape "
                f"{array.shape}. "
                "Give one value per row."
            )
        column, name = pd.Series(array), None
    called = f"the {role} column {name!r}" if name else f"the {role} values"
    missing = int(column.isna().sum())
    if missing:
        raise BadTable(
            f"Expected a value in every row of {called}, got {missing:,} missing, the first in row "
            f"{int(np.flatnonzero(column.isna())[0])}. Fill them in, or remove these rows."
        )
    reader = {"groups": _labels, "part": _words, "time": _times, "weight": _weights}[role]
    return reader(column, called), name


def _labels(column: pd.Series, called: str) -> NDArray[Any]:
    plain = pd.Series(column.to_numpy()) if isinstance(column.dtype, pd.CategoricalDtype) else column
    if pd.api.types.is_numeric_dtype(plain.dtype) or pd.api.types.is_datetime64_any_dtype(plain.dtype):
        return plain.to_numpy()
    words = plain.map(str)
    # A fixed-width array of long texts would be as wide as the longest of them.
    return words.to_numpy(dtype=str if words.str.len().max() <= LONGEST_FIXED else object)


def _words(column: pd.Series, called: str) -> NDArray[Any]:
    return column.map(str).to_numpy(dtype=str)


def _times(column: pd.Series, called: str) -> NDArray[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = pd.Series(column.to_numpy()).infer_objects()
    if pd.api.types.is_bool_dtype(column.dtype):
        raise BadTable(f"Expected dates or numbers in {called}, got true and false. Name another column.")
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy()
        if not np.isfinite(values).all():
            raise BadTable(f"Expected finite numbers in {called}, got infinity. Mend these rows.")
        return values
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        words = column.map(str)
        column = pd.to_datetime(words, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
        wrong = np.flatnonzero(column.isna())
        if len(wrong):
            raise BadTable(
                f"Expected dates such as 2024-05-31 or 2024-05-31 14:00, or numbers, in {called}, got "
                f"{words.iloc[wrong[0]]!r} in row {wrong[0]} ({len(wrong):,} such rows). Write them in ISO "
                "8601 form."
            )
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    return column.to_numpy(dtype="datetime64[ns]")


def _weights(column: pd.Series, called: str) -> NDArray[np.float64]:
    try:
        values = column.to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise BadTable(f"Expected numbers in {called}, got {column.dtype}. Name another column.") from error
    if not np.isfinite(values).all() or (values < 0).any() or not (values > 0).any():
        raise BadTable(
            f"Expected finite weights, none below zero and some above, in {called}, got values from "
            f"{values.min():g} to {values.max():g}. Mend these rows."
        )
    return values
