"""A column of any dtype, read as one of four plain things: numbers, seconds, levels or texts.

pandas, NumPy and Arrow spell the same values in dozens of dtypes; everything after this module
sees float64 arrays with NaN for missing, lists of str, and integer codes. A level is compared as
text (``1``, ``1.0`` and ``"1"`` are one level), so a table written to CSV and read again still fits.
"""

from __future__ import annotations

import datetime
import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from steelyard.errors import BadTable
from steelyard.records import Kind

__all__ = ["MISSING", "column_kind", "to_levels", "to_numbers", "to_seconds", "to_texts"]

MISSING = -1  # the code of a missing level

TEXT_MIN_WORDS = 4  # a level is a name, a text a sentence: median words of the distinct values
TEXT_MIN_DISTINCT = 20
TEXT_MIN_SHARE = 0.1  # texts seldom repeat; levels do
TEXT_SAMPLE = 2000

EPOCH = np.datetime64("1970-01-01")
SECOND = np.timedelta64(1, "s")
TRUTH = {"true": 1.0, "false": 0.0}


def _example(values: pd.Series, wrong: NDArray[np.bool_]) -> str:
    row = int(np.flatnonzero(wrong)[0])
    value = values.iloc[row]
    return f"{value.item() if isinstance(value, np.generic) else value!r} in row {row}"


def _looks_like_text(values: pd.Series) -> bool:
    """Whether the strings of a column are sentences rather than names of levels."""
    present = values.dropna()
    if len(present) > TEXT_SAMPLE:
        step = len(present) / TEXT_SAMPLE
        present = present.iloc[(np.arange(TEXT_SAMPLE) * step).astype(np.intp)]
    distinct = present.astype(str).unique()
    if len(distinct) < max(TEXT_MIN_DISTINCT, TEXT_MIN_SHARE * len(present)):
        return False
    return bool(np.median([len(text.split()) for text in distinct]) >= TEXT_MIN_WORDS)


def column_kind(values: pd.Series) -> Kind:
    """Say what a column holds: numeric, categorical, boolean, date or text.

    The dtype decides where it can. Strings are text when their distinct values are many, seldom
    repeat and have four words or more at the median; otherwise they are levels.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    {"numeric", "categorical", "boolean", "date", "text"}

    Examples
    --------
    >>> import pandas as pd
    >>> column_kind(pd.Series([True, None, False])), column_kind(pd.Series(["a", "b"]))
    ('boolean', 'categorical')
    """
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return "categorical"
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_datetime64_any_dtype(dtype) or isinstance(dtype, pd.PeriodDtype):
        return "date"
    if pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_timedelta64_dtype(dtype):
        return "numeric"
    content = pd.api.types.infer_dtype(values, skipna=True)
    if content in ("integer", "floating", "mixed-integer-float", "decimal", "complex", "timedelta", "empty"):
        return "numeric"
    if content == "boolean":
        return "boolean"
    if content in ("datetime", "datetime64", "date"):
        return "date"
    if content == "string" and _looks_like_text(values):
        return "text"
    return "categorical"


def _parsed(values: pd.Series) -> NDArray[np.float64]:
    """Numbers from strings and mixed objects; what is no number raises with an example."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    wrong = np.isnan(numbers) & values.notna().to_numpy()
    if wrong.any():
        spoken = values[wrong].astype(str).str.strip().str.lower().map(TRUTH)
        numbers[wrong] = spoken.to_numpy(dtype=np.float64, na_value=np.nan)
        wrong &= np.isnan(numbers)
    if wrong.any():
        raise BadTable(f"expects numbers, got {_example(values, wrong)}")
    return numbers


def to_numbers(values: pd.Series) -> NDArray[np.float64]:
    """Read a column as float64, NaN where a value is missing.

    Whole and nullable numbers, booleans, decimals, durations (in seconds) and strings that spell
    numbers are all read; so is a categorical column of any of these.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    BadTable
        A value that is no number, complex or infinite; the message has an example and its row.

    Examples
    --------
    >>> import pandas as pd
    >>> to_numbers(pd.Series([1, None, 3], dtype="Int64"))
    array([ 1., nan,  3.])
    """
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        levels = to_numbers(pd.Series(dtype.categories))
        numbers = np.append(levels, np.nan)[values.cat.codes.to_numpy()]
    elif pd.api.types.is_complex_dtype(dtype):
        raise BadTable("expects real numbers: Complex data not supported. Split it into two columns")
    elif pd.api.types.is_datetime64_any_dtype(dtype):
        raise BadTable(f"expects numbers, got dates ({dtype})")
    elif pd.api.types.is_timedelta64_dtype(dtype) or "duration" in str(dtype):
        numbers = pd.to_timedelta(values).to_numpy(dtype="timedelta64[ns]") / SECOND
    elif pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    elif pd.api.types.infer_dtype(values, skipna=True) == "timedelta":
        numbers = pd.to_timedelta(values).to_numpy(dtype="timedelta64[ns]") / SECOND
    else:
        numbers = _parsed(values)
    infinite = np.isinf(numbers)
    if infinite.any():
        raise BadTable(
            f"expects finite numbers, got infinity (inf): {int(infinite.sum())} infinite values, the first "
            f"in row {int(np.flatnonzero(infinite)[0])}. Replace them by a number, or leave them empty (NaN)"
        )
    return numbers


def to_seconds(values: pd.Series) -> NDArray[np.float64]:
    """Read dates as seconds since 1970-01-01 UTC, NaN where a date is missing.

    Parameters
    ----------
    values : pandas.Series
        Dates with or without a time zone, periods, ``datetime.date`` objects, or strings that spell dates.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    BadTable
        A value that is no date, or numbers, whose unit nobody can guess.

    Examples
    --------
    >>> import pandas as pd
    >>> to_seconds(pd.Series(["1970-01-02", None]))
    array([86400.,    nan])
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        levels = to_seconds(pd.Series(values.dtype.categories))
        return np.append(levels, np.nan)[values.cat.codes.to_numpy()]
    if isinstance(values.dtype, pd.PeriodDtype):
        dates = values.dt.to_timestamp()
    elif pd.api.types.is_datetime64_any_dtype(values.dtype) or values.isna().all():
        dates = pd.to_datetime(values)
    else:
        no_date = np.array(
            [not isinstance(value, (str, datetime.date, np.datetime64)) for value in values], dtype=bool
        )
        wrong = no_date & values.notna().to_numpy()
        if not wrong.any():
            with warnings.catch_warnings():  # each value is read on its own; the remark on speed is known
                warnings.filterwarnings("ignore", message="Could not infer format", category=UserWarning)
                dates = pd.to_datetime(values, errors="coerce", utc=True, format="mixed")
            wrong = dates.isna().to_numpy() & values.notna().to_numpy()
        if wrong.any():
            raise BadTable(f"expects dates, got {_example(values, wrong)}")
    if getattr(dates.dtype, "tz", None) is not None or "tz=" in str(dates.dtype):
        dates = dates.dt.tz_convert("UTC").dt.tz_localize(None)
    return (dates.to_numpy(dtype="datetime64[us]", na_value=np.datetime64("NaT")) - EPOCH) / SECOND


def _spelled(level: Any) -> str:
    """A level as text; a whole number has no decimal point, whatever type it came in."""
    plain = level.item() if isinstance(level, np.generic) else level
    if isinstance(plain, float) and plain.is_integer():
        return str(int(plain))
    return str(plain)


def to_levels(values: pd.Series) -> tuple[NDArray[np.intp], list[str]]:
    """Read a column as integer codes into a list of distinct levels.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    codes : ndarray of shape (n,)
        Position in ``levels``; ``MISSING`` (-1) where a value is missing.
    levels : list of str
        Distinct, in order of appearance (a categorical column: in the order of its categories,
        where some may not occur).

    Raises
    ------
    BadTable
        Cells that hold lists or dicts.

    Examples
    --------
    >>> import pandas as pd
    >>> to_levels(pd.Series(["b", None, "a", "b"]))
    (array([ 0, -1,  1,  0]), ['b', 'a'])
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes, found = values.cat.codes.to_numpy(), values.dtype.categories
    else:
        try:
            codes, found = pd.factorize(values)
        except TypeError as error:
            raise BadTable(
                f"expects one value a cell, got {type(values.iloc[0]).__name__} cells: argument must be "
                "a string or a number. Spread lists and dicts over columns of their own"
            ) from error
    names = [_spelled(level) for level in found]
    levels = list(dict.fromkeys(names))
    codes = codes.astype(np.intp, copy=False)
    if len(levels) < len(names):
        position = {name: i for i, name in enumerate(levels)}
        codes = np.array([*(position[name] for name in names), MISSING], dtype=np.intp)[codes]
    return codes, levels


def to_texts(values: pd.Series) -> list[str]:
    """Read a column as a list of str, empty where a text is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> to_texts(pd.Series(["a text", None]))
    ['a text', '']
    """
    missing = values.isna().to_numpy()
    return ["" if gone else str(text) for text, gone in zip(values.tolist(), missing, strict=True)]
