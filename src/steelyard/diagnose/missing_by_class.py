"""SY015: values that are missing more often in one class than in another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from steelyard.diagnose.association import association
from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.records import Finding

__all__ = ["MissingByClass"]

NAMED_COLUMNS = 3


class MissingByClass(Check):
    """Whether a missing value gives a hint of the class.

    Critical when (almost) only one class is missing the value: then the gap was most likely made by the
    outcome.

    Parameters
    ----------
    max_association : float
        Found when the bias-corrected Cramér's V of missingness and class is above this. 0.1 is the lower
        end of what Cohen calls a small effect.
    alpha : float
        Level of the chi-squared test, divided by the number of columns with gaps (Bonferroni).
    purity : float
        Share of the gaps in one class from which the finding is critical.
    min_rows : int
        Gaps a column needs to be judged.

    References
    ----------
    Rubin, Inference and Missing Data, Biometrika 63(3), 1976; Cohen, Statistical Power Analysis for the
    Behavioral Sciences, 1988, section 7.2; Bergsma 2013 (the correction).

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> X, y = np.arange(400.0).reshape(200, 2), np.repeat([0, 1], [160, 40])
    >>> X[160:190, 1] = np.nan
    >>> finding = MissingByClass().check(Dataset(X, y))
    >>> finding.severity, finding.columns
    ('critical', ('x1',))
    """

    code = "SY015"
    title = "Missing by class"
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "max_association": (0.0, 1.0),
        "alpha": (1e-12, 0.5),
        "purity": (0.5, 1.0),
        "min_rows": (1, 1e9),
    }

    def __init__(
        self, max_association: float = 0.1, alpha: float = 0.01, purity: float = 0.99, min_rows: int = 20
    ) -> None:
        self.max_association = max_association
        self.alpha = alpha
        self.purity = purity
        self.min_rows = min_rows

    def _examine(self, evidence: Evidence) -> Finding:
        gaps = [column for column in evidence.columns if column.missing.sum() >= self.min_rows]
        gaps = [column for column in gaps if not column.missing.all()]
        if not gaps:
            raise NotApplicable(f"No column lacks {self.min_rows} values (and has some).")
        names = [str(label) for label in evidence.classes]
        told: dict[str, dict[str, Any]] = {}
        at_fault = np.zeros(len(evidence.dataset), dtype=np.bool_)
        strongest = 0.0
        for column in gaps:
            v, p = association(column.missing.astype(np.intp), evidence.codes)
            strongest = max(strongest, v)
            if v <= self.max_association or p >= self.alpha / len(gaps):
                continue
            inside = np.bincount(evidence.codes[column.missing], minlength=len(names))
            told[column.name] = {
                "v": v,
                "rates": dict(zip(names, (inside / evidence.counts).round(4).tolist(), strict=True)),
                "pure": self._is_pure(inside, evidence),
            }
            at_fault |= column.missing
        if not told:
            return self._clear(
                f"{len(gaps)} columns have gaps, about as often in every class (V at most {strongest:.2f}).",
                {"columns": {}, "strongest": strongest},
            )
        order = sorted(told, key=lambda name: (not told[name]["pure"], -told[name]["v"]))
        said = "; ".join(_rates(name, told[name]) for name in order[:NAMED_COLUMNS])
        more = f"; and {len(order) - NAMED_COLUMNS} more columns" if len(order) > NAMED_COLUMNS else ""
        pure = any(told[name]["pure"] for name in order)
        return self._found(
            f"Missing more often in one class: {said}{more}.",
            "Find out why. If the value is missing because of the outcome, drop the column (--drop), or "
            "fill the gaps without marking them; if it is known to be missing when you decide, the gap is "
            "an honest feature.",
            severity="critical" if pure else "warning",
            rows=np.flatnonzero(at_fault),
            columns=order,
            measures={"columns": told, "strongest": strongest},
        )

    def _is_pure(self, inside: np.ndarray[Any, Any], evidence: Evidence) -> bool:
        """Whether the gaps are nearly all of one class, and that is no matter of course."""
        top = int(inside.argmax())
        usual = evidence.counts[top] / evidence.counts.sum()
        return bool(inside[top] >= self.purity * inside.sum() and usual < NOT_USUAL)


NOT_USUAL = 0.9  # gaps in the class that nearly all rows have are nothing special


def _rates(name: str, told: Mapping[str, Any]) -> str:
    rates = told["rates"]
    high, low = max(rates, key=rates.__getitem__), min(rates, key=rates.__getitem__)
    return f"{name!r} in {rates[high]:.1%} of {high!r} and {rates[low]:.1%} of {low!r}"
