"""Any table as a pandas frame with text column names, and whether it has the columns it should."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import Any

import narwhals.stable.v1 as nw
import numpy as np
import pandas as pd
from scipy import sparse

from steelyard.data.column_values import to_levels, to_numbers, to_seconds, to_texts
from steelyard.errors import BadTable

__all__ = ["READERS", "align_columns", "as_frame", "check_size", "missing_columns", "read_columns"]

READERS: dict[str, Callable[[pd.Series], Any]] = {
    "numeric": to_numbers,
    "boolean": to_numbers,
    "date": to_seconds,
    "categorical": to_levels,
    "text": to_texts,
}

MIN_ROWS = 2
NAMED_AT_MOST = 8  # a message lists this many columns and counts the rest


def _from_array(X: Any) -> pd.DataFrame:
    array = np.asarray(X)
    if array.ndim != 2:
        raise BadTable(
            f"A table needs two dimensions. Expected 2D array, got {array.ndim}D array instead. Reshape your "
            "data, by array.reshape(-1, 1) if it is one column, or array.reshape(1, -1) if it is one row."
        )
    frame = pd.DataFrame(array, columns=[f"x{i}" for i in range(array.shape[1])])
    return frame.infer_objects() if array.dtype == object else frame


def as_frame(X: Any) -> tuple[pd.DataFrame, bool]:
    """Take a table of any library as a pandas frame whose column names are distinct strings.

    Parameters
    ----------
    X : DataFrame (pandas, polars, pyarrow...), ndarray or sparse matrix of shape (n, d)

    Returns
    -------
    frame : pandas.DataFrame
        Not a copy where none is needed.
    named : bool
        Whether the columns came with names; those of an array are ``x0, x1, ...``.

    Raises
    ------
    BadTable
        Two columns of one name, or not a table.

    Examples
    --------
    >>> import numpy as np
    >>> frame, named = as_frame(np.zeros((3, 2)))
    >>> list(frame.columns), named
    (['x0', 'x1'], False)
    """
    named = not isinstance(X, np.ndarray)
    if isinstance(X, pd.DataFrame):
        frame = X
    elif sparse.issparse(X):
        frame, named = pd.DataFrame.sparse.from_spmatrix(X.tocsc()), False
        frame.columns = [f"x{i}" for i in range(X.shape[1])]
    else:
        table = nw.from_native(X, eager_or_interchange_only=True, pass_through=True)
        if isinstance(table, nw.DataFrame):
            frame = table.to_pandas()
        else:
            frame, named = _from_array(X), False
    names = [str(name) for name in frame.columns]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise BadTable(
            f"Every column needs a name of its own; {_listed(twice)} occur more than once. Rename them."
        )
    if names != list(frame.columns):
        frame = frame.set_axis(names, axis="columns")
    return frame, named


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:NAMED_AT_MOST])
    rest = len(names) - NAMED_AT_MOST
    return f"{shown} and {rest} more" if rest > 0 else shown


def check_size(frame: pd.DataFrame) -> None:
    """Refuse a training table without columns or with fewer than two rows."""
    if frame.shape[1] == 0:
        raise BadTable(
            f"Expected columns, got 0 feature(s) (shape={frame.shape}) while a minimum of 1 is required. "
            "Add some."
        )
    if len(frame) < MIN_ROWS:
        raise BadTable(
            f"Expected at least {MIN_ROWS} rows to fit on, got n_samples = {len(frame)}. Add rows."
        )


def missing_columns(frame: pd.DataFrame, expected: Sequence[str]) -> list[str]:
    """Refuse a table that lacks a column; name the ones that will be ignored.

    Parameters
    ----------
    frame : pandas.DataFrame
    expected : list of str

    Returns
    -------
    list of str
        Notes for the user; empty when there is nothing to say.

    Raises
    ------
    BadTable
        With the missing names and, where one is close, the name that may have been meant.

    Examples
    --------
    >>> import pandas as pd
    >>> missing_columns(pd.DataFrame({"age": [1], "id": [7]}), ["age"])
    ["Ignored, because the model was not trained on it: 'id'."]
    """
    there = set(frame.columns)
    lacking = [name for name in expected if name not in there]
    extra = [name for name in frame.columns if name not in set(expected)]
    if lacking:
        hints = []
        for name in lacking[:NAMED_AT_MOST]:
            close = [other for other in extra if other.strip().lower() == name.strip().lower()]
            close = close or difflib.get_close_matches(name, extra, n=1)
            hints.extend(f" Is {other!r} meant for {name!r}?" for other in close[:1])
        raise BadTable(
            f"The table needs the {len(expected)} columns the model was trained on; it lacks "
            f"{_listed(lacking)}.{''.join(hints)} Add or rename them."
        )
    if not extra:
        return []
    return [f"Ignored, because the model was not trained on {_it(extra)}: {_listed(extra)}."]


def _it(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"


def read_columns(frame: pd.DataFrame, kinds: dict[str, str]) -> dict[str, Any]:
    """Read each column as its kind.

    Parameters
    ----------
    frame : pandas.DataFrame
    kinds : dict of str to str
        Column names and their kinds.

    Returns
    -------
    dict
        Numbers or seconds (n,), a list of texts, or (codes, levels), as in ``column_values``.

    Raises
    ------
    BadTable
        Naming every column that does not hold what it should, with an example.
    """
    read, wrong = {}, []
    for name, kind in kinds.items():
        try:
            read[name] = READERS[kind](frame[name])
        except BadTable as error:
            wrong.append(f"column {name!r} {error}")
    if wrong:
        rest = len(wrong) - NAMED_AT_MOST
        more = f"; and {rest} more columns" if rest > 0 else ""
        message = "; ".join(wrong[:NAMED_AT_MOST]) + more + "."
        raise BadTable(message[0].upper() + message[1:])
    return read


def align_columns(frame: pd.DataFrame, expected: Sequence[str], *, by_name: bool) -> pd.DataFrame:
    """Bring the columns into the order known at fit, by name or (an array) by position.

    Raises
    ------
    BadTable
        A name is missing, or an array has another width.
    """
    if by_name:
        missing_columns(frame, expected)
        return frame if list(frame.columns) == list(expected) else frame[list(expected)]
    if frame.shape[1] != len(expected):
        raise BadTable(
            f"X has {frame.shape[1]} features, but TablePreparer is expecting {len(expected)} features as "
            "input. Pass the columns it was fitted on."
        )
    return frame.set_axis(list(expected), axis="columns")
