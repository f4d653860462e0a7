"""SY006: equal rows with different labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence
from steelyard.kernels.duplicates import repeat_groups
from steelyard.records import Finding, Severity

__all__ = ["ConflictingDuplicates"]


class ConflictingDuplicates(Check):
    """Whether rows that agree in every column carry different labels.

    No function of these columns can be right on all of them: the most frequent label of each set of
    equal rows is the best there is, and what is left over is a floor under every model's error.

    Parameters
    ----------
    max_share : float
        Found when more than this share of the rows stands in a conflict.
    serious_share : float
        A warning, not only worth knowing, above this share.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> X = np.array([[1], [1], [1], [2], [3], [4]])
    >>> finding = ConflictingDuplicates().check(Dataset(X, np.array(list("aabbab"))))
    >>> finding.rows.tolist(), round(finding.measures["error_floor"], 3)
    ([0, 1, 2], 0.167)
    """

    code = "SY006"
    title = "Equal rows, different labels"
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "max_share": (0.0, 1.0),
        "serious_share": (0.0, 1.0),
    }

    def __init__(self, max_share: float = 0.0, serious_share: float = 0.01) -> None:
        self.max_share = max_share
        self.serious_share = serious_share

    def _examine(self, evidence: Evidence) -> Finding:
        n, k = len(evidence.dataset), evidence.classes.size
        group = repeat_groups(evidence.code_table)
        pair, size = np.unique(group * k + evidence.codes, return_counts=True)
        owner = pair // k
        conflict = (np.bincount(owner) > 1)[group]
        best = np.zeros(int(group.max()) + 1, dtype=np.intp)
        np.maximum.at(best, owner, size)
        lost = n - int(best.sum())
        repeats = n - best.size
        rows = np.flatnonzero(conflict)
        sets = np.unique(group[rows]).size
        share = rows.size / n
        hit = np.bincount(evidence.codes[rows], minlength=k)
        per_class = {str(label): int(count) for label, count in zip(evidence.classes, hit, strict=True)}
        measures = {
            "conflicting": rows.size,
            "sets": sets,
            "share": share,
            "error_floor": lost / n,
            "repeats": repeats,
            "per_class": per_class,
        }
        if share <= self.max_share:
            return self._clear(
                f"{rows.size:,} rows share all their values with a row of another class "
                f"({repeats:,} rows repeat an earlier one).",
                measures,
            )
        rarest = str(evidence.dataset.rare_class)
        serious: Severity = "warning" if share > self.serious_share else "info"
        return self._found(
            f"{rows.size:,} rows in {sets:,} sets of equal rows carry different labels, "
            f"{per_class[rarest]:,} of them in {rarest!r}. No model of these columns can be wrong on less "
            f"than {lost / n:.2%} of the rows.",
            "If one row may carry several labels, this is a multi-label task. Otherwise find the column "
            "that tells these rows apart, or mend the labels; keep equal rows in one group when splitting.",
            severity=serious,
            rows=rows,
            measures=measures,
        )
