"""SY004: rows whose label a model confidently contradicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.kernels.confident_joint import (
    calibrated_joint,
    confident_joint,
    confident_thresholds,
    label_issues,
)
from steelyard.records import Finding

__all__ = ["LabelNoise"]

Z = 1.959963984540054  # the 97.5 % point of the normal distribution


class LabelNoise(Check):
    """Whether labels contradict what the other rows say, by the out-of-fold confident joint.

    A class is judged, both as given and as suspected label, only when it has enough rows and when
    the model recognises it: where the model gives the class less than ``min_confidence`` on average,
    a contradiction says more about the model than about the label. Rare classes that are hard are
    thus left alone instead of being called noise.

    Parameters
    ----------
    max_share : float
        Found when surely more than this share of the rows of a judged class is contradicted: the lower
        end of the share's 95 % interval (Wilson) must lie above it.
    min_rows : int
        Rows a class needs to be judged; with fewer than 30 the share is not known to within a tenth.
    min_confidence : float
        Mean probability of its own class that a class needs to be judged.
    estimator : classifier, optional
        For the out-of-fold probabilities.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels,
    Journal of Artificial Intelligence Research 70, 2021.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat([0, 1], [1000, 400])
    >>> X = rng.normal(size=(1400, 2)) + 6 * y[:, None]
    >>> y[:40] = 1
    >>> finding = LabelNoise().check(Dataset(X, y))
    >>> finding.outcome, int((finding.rows < 40).sum()), int((finding.rows >= 40).sum())
    ('found', 29, 0)
    """

    code = "SY004"
    title = "Label noise"
    slow = True
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "max_share": (0.0, 1.0),
        "min_rows": (2, 1e9),
        "min_confidence": (0.0, 1.0),
    }

    def __init__(
        self,
        max_share: float = 0.03,
        min_rows: int = 30,
        min_confidence: float = 0.6,
        estimator: Any = None,
    ) -> None:
        self.max_share = max_share
        self.min_rows = min_rows
        self.min_confidence = min_confidence
        self.estimator = estimator

    def _examine(self, evidence: Evidence) -> Finding:
        tested = ~np.isnan(evidence.proba).any(axis=1)
        rows, proba = evidence.sample[tested], evidence.proba[tested]
        codes = evidence.codes[rows]
        counts = np.bincount(codes, minlength=evidence.classes.size)
        bars = confident_thresholds(codes, proba)
        judged = (counts >= self.min_rows) & np.isfinite(bars) & (bars >= self.min_confidence)
        if judged.sum() < 2:
            raise NotApplicable(self._why_not(evidence, counts, bars))
        guess = np.where(judged, bars, np.inf)
        suspect = label_issues(codes, proba, guess) & judged[codes]
        per_class = np.bincount(codes[suspect], minlength=counts.size)
        share = per_class / np.maximum(counts, 1)
        joint = calibrated_joint(confident_joint(codes, proba, bars), counts)
        names = [str(label) for label in evidence.classes]
        measures = {
            "contradicted": int(suspect.sum()),
            "share": dict(zip(names, share.round(4).tolist(), strict=True)),
            "judged": [names[c] for c in np.flatnonzero(judged)],
            "joint": joint.round(1),
        }
        lowest = np.where(judged, _lower_end(share, counts), -1.0)
        worst = int(np.argmax(lowest))
        said = (
            f"{suspect.sum():,} labels are confidently contradicted; most in class {names[worst]!r}: "
            f"{per_class[worst]:,} of {counts[worst]:,} rows "
            f"({share[worst]:.1%}).{evidence.measured_on(rows.size)}{_not_judged(names, judged)}"
        )
        if not (lowest > self.max_share).any():
            return self._clear(said, measures)
        margin = proba[np.arange(codes.size), codes] - proba.max(axis=1)
        order = np.flatnonzero(suspect)[np.argsort(margin[suspect], kind="stable")]
        return self._found(
            said,
            "Read the listed rows, worst first, and mend the labels you can show to be wrong. They may "
            "also be right and rare: never delete rows of a rare class unread.",
            rows=rows[order],
            measures=measures,
        )

    def _why_not(self, evidence: Evidence, counts: NDArray[np.intp], bars: NDArray[np.float64]) -> str:
        enough = counts >= self.min_rows
        if enough.sum() < 2:
            return f"Fewer than two classes have {self.min_rows} rows."
        weak = int(np.argmin(np.where(enough, bars, np.inf)))
        return (
            "Fewer than two classes are recognised well enough to call a label wrong: "
            f"{str(evidence.classes[weak])!r} gets {bars[weak]:.2f} on average from a model that has not "
            f"seen its rows ({self.min_confidence:.2f} needed)."
        )


def _lower_end(share: NDArray[np.float64], counts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Lower end of Wilson's interval for a share."""
    n = np.maximum(counts, 1)
    middle = share + Z**2 / (2 * n)
    reach = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return np.asarray((middle - reach) / (1 + Z**2 / n))


def _not_judged(names: list[str], judged: NDArray[np.bool_]) -> str:
    left = [repr(names[c]) for c in np.flatnonzero(~judged)]
    return f" Not judged, too few rows or too hard: {', '.join(left)}." if left else ""
