"""What the columns of a training table hold, and which of them cannot help a learner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np
import pandas as pd

from steelyard.data.column_values import MISSING, column_kind
from steelyard.errors import BadOption
from steelyard.records import Column, Kind, Schema

__all__ = ["describe_columns", "kinds_of"]

KINDS = get_args(Kind)
TEXT_COLUMNS = "text"  # as `infer_schema` has it
EXAMPLE_LENGTH = 20


def kinds_of(frame: pd.DataFrame, overrule: Mapping[str, str] | None) -> dict[str, str]:
    """Kind of each column: by its content, unless the caller or the frame says otherwise.

    A frame says so by ``attrs["text"]``, the list of its free-text columns.

    Raises
    ------
    BadOption
        ``overrule`` names a column that is not there, or a kind there is not.
    """
    by_frame = {name: "text" for name in frame.attrs.get(TEXT_COLUMNS, ()) if name in frame.columns}
    wanted = dict(overrule or {})
    unknown = [name for name in wanted if name not in frame.columns]
    if unknown:
        raise BadOption(f"The 'kinds' parameter of TablePreparer names {unknown[0]!r}, but the columns are "
                        f"{list(frame.columns)}.")  # fmt: skip
    for name, kind in wanted.items():
        if kind not in KINDS:
            raise BadOption(
                f"The 'kinds' parameter of TablePreparer must give one of {KINDS} for {name!r}. "
                f"Got {kind!r} instead."
            )
    wanted = {**by_frame, **wanted}
    return {name: wanted.get(name) or column_kind(frame[name]) for name in frame.columns}


def _gist(kind: str, value: Any) -> tuple[int, int, str]:
    """Distinct values (2 standing for two or more numbers), missing cells, and one value."""
    if kind == "categorical":
        codes, levels = value
        there = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=len(levels)))
        return there.size, int((codes == MISSING).sum()), levels[there[0]] if there.size else ""
    if kind == "text":
        distinct = set(value) - {""}
        return len(distinct), value.count(""), next(iter(distinct), "")
    present = value[~np.isnan(value)]
    if present.size == 0:
        return 0, value.size, ""
    varies = bool((present != present[0]).any())
    return 1 + varies, value.size - present.size, f"{present[0]:g}"


def describe_columns(frame: pd.DataFrame, kinds: Mapping[str, str], values: Mapping[str, Any]) -> Schema:
    """Describe every column, and leave out the empty and the constant ones.

    A column with one value and some missing cells stays: that it is missing may tell something.

    Parameters
    ----------
    frame : pandas.DataFrame
    kinds : dict of str to str
    values : dict
        From `read_columns`.

    Returns
    -------
    Schema
        ``left_out`` gives the reason for each column that cannot help.
    """
    columns, left_out = [], {}
    for name, kind in kinds.items():
        distinct, n_missing, example = _gist(kind, values[name])
        if distinct == 0:
            left_out[name] = "it has no value"
        elif distinct == 1 and n_missing == 0:
            left_out[name] = "it is constant" + (f" ({example})" if len(example) <= EXAMPLE_LENGTH else "")
        n_levels = distinct if kind in ("categorical", "text") else None
        columns.append(Column(name, kind, str(frame[name].dtype), n_levels, n_missing))
    return Schema(tuple(columns), left_out=left_out)
