"""SY013: levels of a category that few rows have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.records import Finding, Severity

__all__ = ["RareLevels"]

NAMED_COLUMNS = 5


class RareLevels(Check):
    """Whether categories have levels so rare that a fold can be without them.

    Parameters
    ----------
    min_rows : int
        A level with fewer rows is rare. Ten rows leave two in each of five folds.
    max_share : float
        Found when more than this share of the rows of a column has a rare level.

    Examples
    --------
    >>> import pandas as pd
    >>> from steelyard.records import Dataset
    >>> X = pd.DataFrame({"city": ["Rome"] * 60 + ["Oslo"] * 35 + ["Bonn", "Graz", "Linz", "Bari", "Lodi"]})
    >>> finding = RareLevels().check(Dataset(X, np.arange(100) % 2))
    >>> finding.columns, finding.rows.tolist()
    (('city',), [95, 96, 97, 98, 99])
    """

    code = "SY013"
    title = "Rare category levels"
    severity: ClassVar[Severity] = "info"
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {"min_rows": (1, 1e9), "max_share": (0.0, 1.0)}

    def __init__(self, min_rows: int = 10, max_share: float = 0.01) -> None:
        self.min_rows = min_rows
        self.max_share = max_share

    def _examine(self, evidence: Evidence) -> Finding:
        categorical = [column for column in evidence.columns if column.kind == "categorical"]
        if not categorical:
            raise NotApplicable("There is no categorical column.")
        n = len(evidence.dataset)
        at_fault = np.zeros(n, dtype=np.bool_)
        levels: dict[str, int] = {}
        total = 0
        for column in categorical:
            sizes = np.bincount(column.codes[~column.missing], minlength=column.n_levels)
            few = (sizes > 0) & (sizes < self.min_rows)
            rows = few[column.codes] & ~column.missing
            total += int(few.sum())
            if rows.mean() > self.max_share:
                levels[column.name] = int(few.sum())
                at_fault |= rows
        measures = {"rare_levels": total, "columns": levels}
        if not levels:
            return self._clear(
                f"{total:,} levels of {len(categorical)} categorical columns have fewer than "
                f"{self.min_rows} rows; no column has many such rows.",
                measures,
            )
        worst = sorted(levels, key=lambda name: -levels[name])
        listed = ", ".join(f"{name!r} {levels[name]:,}" for name in worst[:NAMED_COLUMNS])
        more = f" and {len(worst) - NAMED_COLUMNS} more columns" if len(worst) > NAMED_COLUMNS else ""
        return self._found(
            f"Levels with fewer than {self.min_rows} rows: {listed}{more}; {at_fault.sum():,} rows have one.",
            "Merge them into one level or into their parent category. A model can learn nothing about "
            "them, and new rows will bring levels that were never seen.",
            rows=np.flatnonzero(at_fault),
            columns=worst,
            measures=measures,
        )
