"""SY009: columns that number or name the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from steelyard.diagnose.base import Check
from steelyard.diagnose.column_view import ColumnView
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.records import Finding

__all__ = ["RowIds"]

ID_WORDS = frozenset(
    {"id", "ids", "uuid", "guid", "key", "nbr", "index", "rowid", "unnamed", "hash", "serial"}
)


class RowIds(Check):
    """Whether a column is different in (almost) every row and names the row instead of describing it.

    Strings and whole numbers only, for measured numbers are all different by nature. A whole-number
    column must also run through the rows in order, fill its range without large gaps, or be named
    like an id.

    Parameters
    ----------
    min_unique : float
        Share of distinct values from which a column counts as different in every row.
    max_sparsity : float
        Range of whole numbers divided by rows, up to which they look like a running number.
    min_rows : int
        In shorter tables whole numbers are all different too easily.

    Examples
    --------
    >>> import pandas as pd
    >>> from steelyard.records import Dataset
    >>> X = pd.DataFrame({"claim": [f"C{i:04d}" for i in range(60)], "age": [30, 40, 50] * 20})
    >>> RowIds().check(Dataset(X, np.arange(60) % 2)).columns
    ('claim',)
    """

    code = "SY009"
    title = "Row ids"
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "min_unique": (0.5, 1.0),
        "max_sparsity": (1.0, 1e9),
        "min_rows": (3, 1e9),
    }

    def __init__(self, min_unique: float = 0.99, max_sparsity: float = 2.0, min_rows: int = 30) -> None:
        self.min_unique = min_unique
        self.max_sparsity = max_sparsity
        self.min_rows = min_rows

    def _examine(self, evidence: Evidence) -> Finding:
        n = len(evidence.dataset)
        if n < self.min_rows:
            raise NotApplicable(f"It needs {self.min_rows} rows, there are {n}.")
        ids = {column.name: why for column in evidence.columns if (why := self._why_id(column, n))}
        if not ids:
            return self._clear("No column is different in every row and looks like an id.", {"ids": {}})
        told = "; ".join(f"{name!r} {why}" for name, why in ids.items())
        return self._found(
            f"These columns name rows: {told}.",
            "Leave them out (--drop): a model can only learn the order of the file from them. If several "
            "rows of one person carry related ids, use them as groups instead.",
            columns=list(ids),
            measures={"ids": ids},
        )

    def _why_id(self, column: ColumnView, n: int) -> str:
        if column.kind not in ("numeric", "categorical") or column.n_levels < self.min_unique * n:
            return ""
        named = not ID_WORDS.isdisjoint(column.words)
        if column.kind == "categorical":
            return "is a different string in every row"
        if not column.whole:
            return ""
        present = column.numbers[~column.missing]
        steps = np.diff(present)
        if (steps > 0).all() or (steps < 0).all():
            return "counts through the file"
        if np.ptp(present) + 1 <= self.max_sparsity * n:
            return "is a running number"
        return "is named like an id and different in every row" if named else ""
