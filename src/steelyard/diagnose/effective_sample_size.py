"""SY002: whether there are enough rows of each class to say how well it is found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence
from steelyard.records import Finding

__all__ = ["EffectiveSampleSize", "recall_half_width"]

NAMED_CLASSES = 5


def recall_half_width(n: NDArray[np.float64], confidence: float = 0.95) -> NDArray[np.float64]:
    """Half-width of Wilson's interval for a recall of one half, from ``n`` rows.

    A half is the worst case: every other recall is known better.

    References
    ----------
    Wilson, Journal of the American Statistical Association 22, 1927.

    Examples
    --------
    >>> recall_half_width(np.array([10.0, 100.0])).round(3).tolist()
    [0.263, 0.096]
    """
    z = norm.ppf(0.5 + confidence / 2)
    return np.asarray(z / (2 * np.sqrt(n + z**2)))


class EffectiveSampleSize(Check):
    """Whether recall can be measured for every class.

    Rows count by what they are worth: with weights by Kish's effective size, with groups by the
    number of groups that hold the class, for rows of one group are no independent evidence.

    Parameters
    ----------
    max_half_width : float
        Found when the 95 % interval of a class's recall would be wider than plus or minus this.
        0.1 asks for 93 rows.
    folds : int
        Critical when a class has fewer rows (or groups) than this: some folds could not test it.
    confidence : float
        Of the interval.

    References
    ----------
    Kish, Survey Sampling, 1965, section 8.2 (effective size ``(sum w)**2 / sum w**2``).

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> finding = EffectiveSampleSize().check(Dataset(np.zeros((100, 1)), np.repeat(["ok", "ill"], [96, 4])))
    >>> finding.severity, finding.measures["effective"]
    ('critical', {'ill': 4.0, 'ok': 96.0})
    """

    code = "SY002"
    title = "Enough rows to evaluate"
    works_on = ("rows",)
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "max_half_width": (0.001, 0.5),
        "folds": (2, 100),
        "confidence": (0.5, 0.9999),
    }

    def __init__(self, max_half_width: float = 0.1, folds: int = 5, confidence: float = 0.95) -> None:
        self.max_half_width = max_half_width
        self.folds = folds
        self.confidence = confidence

    def _examine(self, evidence: Evidence) -> Finding:
        unit, sizes = _effective(evidence)
        width = recall_half_width(sizes, self.confidence)
        names = [str(label) for label in evidence.classes]
        measures: dict[str, Any] = {
            "unit": unit,
            "effective": dict(zip(names, sizes.round(1).tolist(), strict=True)),
            "half_width": dict(zip(names, width.round(3).tolist(), strict=True)),
        }
        wide = np.flatnonzero(width > self.max_half_width)
        few = np.flatnonzero(sizes < self.folds)
        if not wide.size:
            least = int(np.argmin(sizes))
            return self._clear(
                f"The smallest class, {names[least]!r}, has {sizes[least]:,.0f} {unit}: its recall will be "
                f"known to ±{width[least]:.2f} at worst.",
                measures,
            )
        order = wide[np.argsort(sizes[wide], kind="stable")]
        listed = ", ".join(f"{names[c]!r} {sizes[c]:,.0f} (±{width[c]:.2f})" for c in order[:NAMED_CLASSES])
        more = f" and {order.size - NAMED_CLASSES} more" if order.size > NAMED_CLASSES else ""
        said = f"Too few {unit} to know the recall to ±{self.max_half_width:.2f}: {listed}{more}."
        if few.size:
            said += (
                f" {few.size} of these classes {'has' if few.size == 1 else 'have'} fewer than {self.folds}."
            )
        return self._found(
            said,
            "Collect more rows of these classes before tuning anything; report their recall only with its "
            "interval; or merge or drop classes that nobody decides on.",
            severity="critical" if few.size else "warning",
            rows=np.flatnonzero(np.isin(evidence.codes, wide)),
            measures=measures,
        )


def _effective(evidence: Evidence) -> tuple[str, NDArray[np.float64]]:
    """What is counted, and how much of it each class has."""
    codes, k = evidence.codes, evidence.classes.size
    if evidence.dataset.groups is not None:
        groups = np.unique(np.asarray(evidence.dataset.groups), return_inverse=True)[1]
        holders = np.unique(codes * (groups.max() + 1) + groups) // (groups.max() + 1)
        return "groups", np.bincount(holders, minlength=k).astype(np.float64)
    weight = evidence.dataset.weight
    if weight is None:
        return "rows", evidence.counts.astype(np.float64)
    total = np.bincount(codes, weights=weight, minlength=k)
    squares = np.bincount(codes, weights=np.square(weight), minlength=k)
    return "effective rows", total**2 / np.maximum(squares, np.finfo(np.float64).tiny)
