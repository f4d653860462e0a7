"""SY007: one column that alone gives a class away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.diagnose.base import Check
from steelyard.diagnose.column_skill import auc_per_class
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.records import Finding

__all__ = ["SingleColumnLeak"]

CHANCE = 0.5
ROUNDING = 1e-9
MIN_COLUMNS = 5  # standing out means little among fewer
WORTH_NAMING = 0.75
NO_SKILL = 0.05  # a lead over columns that know nothing is measured from here


class SingleColumnLeak(Check):
    """Whether a column alone tells a class apart almost without error, and the others together cannot.

    Measured out of fold, so a column of many levels or an id cannot win by memory. All columns above
    the limit are set aside together and the rest is asked: where the rest tells the class as well,
    the class is simply easy and nothing is found. Below that limit, a column that stands out far
    above every other one is named as worth a look.

    Parameters
    ----------
    min_auc : float
        Area under the ROC curve, class against the rest, from which a column gives the class away.
    min_gap : float
        By how much the others together must fall short of it.
    stands_out : float
        A column is named when its area above chance is this many times that of the next best one.
    min_rows : int
        Smaller classes are not judged.

    References
    ----------
    Kaufman, Rosset, Perlich and Stitelman, Leakage in Data Mining, ACM TKDD 6(4), 2012.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat([0, 1], [150, 50])
    >>> X = np.column_stack([rng.normal(size=200), y + 0.01 * rng.normal(size=200)])
    >>> SingleColumnLeak().check(Dataset(X, y)).columns
    ('x1',)
    """

    code = "SY007"
    title = "One column gives the target away"
    severity = "critical"
    slow = True
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "min_auc": (0.5, 1.0),
        "min_gap": (0.0, 1.0),
        "stands_out": (1.0, 1e6),
        "min_rows": (2, 1e9),
    }

    def __init__(
        self, min_auc: float = 0.99, min_gap: float = 0.02, stands_out: float = 2.0, min_rows: int = 20
    ) -> None:
        self.min_auc = min_auc
        self.min_gap = min_gap
        self.stands_out = stands_out
        self.min_rows = min_rows

    def _examine(self, evidence: Evidence) -> Finding:
        judged = evidence.counts >= self.min_rows
        if not judged.any():
            raise NotApplicable(f"No class has {self.min_rows} rows.")
        aucs = np.where(judged, np.nan_to_num(evidence.column_aucs, nan=CHANCE), CHANCE)
        names = [column.name for column in evidence.columns]
        suspects = evidence.columns_above(self.min_auc, self.min_rows)
        leaking = self._not_matched_by_rest(evidence, aucs, suspects)
        best = int(aucs.max(axis=1).argmax())
        best_class = str(evidence.classes[_rarest_best(aucs[best], evidence)])
        measures = {
            "auc": {names[j]: round(float(aucs[j].max()), 4) for j in np.argsort(-aucs.max(axis=1))[:10]},
            "suspects": [names[j] for j in suspects],
        }
        measured = evidence.measured_on(evidence.sample.size)
        if leaking:
            said = "; ".join(
                f"{names[j]!r} tells {str(evidence.classes[c])!r} from the rest with AUC {aucs[j, c]:.3f}"
                for j, c in leaking.items()
            )
            return self._found(
                f"{said}. Without the columns of this kind the others cannot.{measured}",
                "Ask when each of these columns is filled in. If after the outcome, drop it (--drop). If "
                "it is known when you decide, it is a rule and you may not need a model for this class.",
                columns=[names[j] for j in leaking],
                measures=measures,
            )
        ahead = self._far_ahead(aucs, evidence)
        if ahead is not None:
            column, c = ahead
            return self._found(
                f"{names[column]!r} tells {str(evidence.classes[c])!r} from the rest with AUC "
                f"{aucs[column, c]:.3f}, far above every other column.{measured}",
                "Make sure it is known before the outcome; if it is, it is simply your best column.",
                severity="info",
                columns=[names[column]],
                measures=measures,
            )
        easy = " (other columns tell it as well)" if suspects else ""
        return self._clear(
            f"No column alone gives a class away; the best, {names[best]!r}, has AUC "
            f"{aucs[best].max():.3f} for {best_class!r}{easy}.{measured}",
            measures,
        )

    def _not_matched_by_rest(
        self, evidence: Evidence, aucs: NDArray[np.float64], suspects: list[int]
    ) -> dict[int, int]:
        """Column to class, for the suspects that the other columns together do not equal."""
        if not suspects:
            return {}
        rest = np.full(evidence.classes.size, CHANCE)
        others = [j for j in range(len(evidence.columns)) if j not in suspects]
        if others:
            proba = evidence.proba_from(others)
            rest = np.nan_to_num(auc_per_class(proba, evidence.codes[evidence.sample]), nan=CHANCE)
        leaking = {}
        for j in suspects:
            ahead = np.where(aucs[j] >= self.min_auc, aucs[j] - rest, -np.inf)
            if ahead.max() >= self.min_gap:
                leaking[j] = _rarest_best(ahead, evidence)
        return leaking

    def _far_ahead(self, aucs: NDArray[np.float64], evidence: Evidence) -> tuple[int, int] | None:
        """The column and class whose lead over all other columns is largest, if it is large."""
        if aucs.shape[0] < MIN_COLUMNS:
            return None
        order = np.sort(aucs, axis=0)
        first, second = order[-1] - CHANCE, order[-2] - CHANCE
        lead = np.where(first >= WORTH_NAMING - CHANCE, first / np.maximum(second, NO_SKILL), 0.0)
        c = _rarest_best(lead, evidence)
        return (int(aucs[:, c].argmax()), c) if lead[c] >= self.stands_out else None


def _rarest_best(values: NDArray[np.float64], evidence: Evidence) -> int:
    """The class with the largest value, the rarest one among equals: of two classes both are told alike."""
    best = np.flatnonzero(values >= values.max() - ROUNDING)
    return int(best[np.argmin(evidence.counts[best])])
