"""SY014: columns that say the same of every row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence
from steelyard.records import Finding, Severity

__all__ = ["ConstantColumns"]

LISTED = 8


class ConstantColumns(Check):
    """Whether columns hold one value only, or are empty.

    Parameters
    ----------
    max_share : float
        A column is constant when its most frequent value (a missing one included) covers at least this
        share of the rows. 1 asks for every row: a rare value may be what marks a rare class.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> X = np.column_stack([np.arange(10), np.ones(10)])
    >>> ConstantColumns().check(Dataset(X, np.arange(10) % 2)).columns
    ('x1',)
    """

    code = "SY014"
    title = "Constant columns"
    severity: ClassVar[Severity] = "info"
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {"max_share": (0.5, 1.0)}

    def __init__(self, max_share: float = 1.0) -> None:
        self.max_share = max_share

    def _examine(self, evidence: Evidence) -> Finding:
        n = len(evidence.dataset)
        constant, empty = [], []
        for column in evidence.columns:
            if column.missing.all():
                empty.append(column.name)
            elif np.bincount(column.codes).max() >= self.max_share * n:
                constant.append(column.name)
        names = constant + empty
        measures = {"constant": constant, "empty": empty}
        if not names:
            return self._clear("Every column varies.", measures)
        listed = ", ".join(repr(name) for name in names[:LISTED])
        more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
        return self._found(
            f"These columns say the same of every row: {listed}{more} ({len(empty):,} of them empty).",
            "Leave them out; if one should vary, the export or the selection of rows went wrong.",
            columns=names,
            measures=measures,
        )
