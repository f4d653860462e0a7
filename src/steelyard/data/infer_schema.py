"""Which kind of column each one is; whether it is an id or constant is for the checks to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from steelyard.data.column_values import column_kind
from steelyard.records import Column, Schema

__all__ = ["infer_schema"]

TEXT_COLUMNS = "text"


def infer_schema(
    frame: pd.DataFrame,
    *,
    target: str | None = None,
    text: Iterable[str] = (),
    left_out: Mapping[str, str] | None = None,
) -> Schema:
    """Describe the columns of a frame: numeric, categorical, boolean, date or text.

    The dtype decides where it can; strings are free text when their distinct values are many, seldom
    repeat and run to several words, with the limits of :func:`steelyard.data.column_values.column_kind`.

    Parameters
    ----------
    frame : pandas.DataFrame
    target : str, optional
        Name of the label column, kept for the report; it is not looked for in the frame.
    text : iterable of str
        Columns that are free text whatever they look like.
    left_out : mapping of str to str, optional
        Columns of the source that are not features, and why.

    Returns
    -------
    Schema

    Examples
    --------
    >>> frame = pd.DataFrame({"age": [31, None], "city": ["Rome", "Oslo"]})
    >>> [(c.name, c.kind, c.n_levels, c.n_missing) for c in infer_schema(frame).columns]
    [('age', 'numeric', None, 1), ('city', 'categorical', 2, 0)]
    """
    forced = {*text, *frame.attrs.get(TEXT_COLUMNS, ())}
    columns = []
    for position, name in enumerate(frame.columns):
        values = frame.iloc[:, position]
        kind = "text" if name in forced else column_kind(values)
        counted = kind in ("categorical", "boolean", "text")
        columns.append(
            Column(
                name=str(name),
                kind=kind,
                dtype=str(values.dtype),
                n_levels=int(values.nunique()) if counted else None,
                n_missing=int(values.isna().sum()),
            )
        )
    return Schema(tuple(columns), target=target, left_out=dict(left_out or {}))
