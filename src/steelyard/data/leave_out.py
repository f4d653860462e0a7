"""Rows that the catalogue leaves out of a data set, and the words that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

__all__ = ["leave_out"]


def leave_out(frame: pd.DataFrame, rules: Sequence[Mapping[str, Any]]) -> tuple[pd.DataFrame, list[str]]:
    """Leave out the rows that the rules name.

    Parameters
    ----------
    frame : pandas.DataFrame
    rules : sequence of mapping
        ``column``, ``values`` and ``why``.

    Returns
    -------
    frame : pandas.DataFrame
        Its index tells which rows are left.
    notes : list of str

    Examples
    --------
    >>> frame = pd.DataFrame({"code": [1, 2, 1]})
    >>> leave_out(frame, [{"column": "code", "values": [2], "why": "a test"}])[1]
    ['1 rows were left out: a test.']
    """
    notes = []
    for rule in rules:
        out = frame[rule["column"]].isin(rule["values"])
        if out.any():
            notes.append(f"{int(out.sum()):,} rows were left out: {rule['why']}.")
            frame = frame[~out]
    return frame, notes
