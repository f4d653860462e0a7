"""SY001: how unequal the classes are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence
from steelyard.kernels.priors import class_prior, imbalance_ratio
from steelyard.records import Finding, Severity

__all__ = ["ClassRatio"]


class ClassRatio(Check):
    """Whether the most frequent class outnumbers the rarest one.

    Parameters
    ----------
    max_ratio : float
        Found above this many rows of the most frequent class per row of the rarest. 1.5 is where the
        KEEL repository begins to call a data set imbalanced.

    References
    ----------
    Fernández, García, del Jesus and Herrera, Fuzzy Sets and Systems 159(18), 2008, section 2.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> finding = ClassRatio().check(Dataset(np.zeros((100, 1)), np.repeat(["ok", "fraud"], [95, 5])))
    >>> finding.outcome, finding.measures["ratio"]
    ('found', 19.0)
    """

    code = "SY001"
    title = "Class ratio"
    severity: ClassVar[Severity] = "info"
    works_on = ("rows",)
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {"max_ratio": (1.0, 1e9)}

    def __init__(self, max_ratio: float = 1.5) -> None:
        self.max_ratio = max_ratio

    def _examine(self, evidence: Evidence) -> Finding:
        counts = evidence.counts
        prior = class_prior(evidence.codes, counts.size)
        ratio = imbalance_ratio(counts)
        rarest = evidence.dataset.rare_class
        rare = int(np.flatnonzero(evidence.classes == rarest)[0])
        # Shannon entropy relative to that of equal classes: 1 is balanced, 0 is one class only.
        evenness = float(-(prior * np.log(prior)).sum() / np.log(counts.size))
        measures: dict[str, Any] = {
            "ratio": ratio,
            "rare_class": str(rarest),
            "rare_rows": int(counts[rare]),
            "prevalence": float(prior[rare]),
            "evenness": evenness,
        }
        said = (
            f"{counts.size} classes; the most frequent one has {ratio:,.1f} rows for each row of "
            f"{str(rarest)!r} ({counts[rare]:,} of {len(evidence.dataset):,} rows, {prior[rare]:.2%})."
        )
        if ratio <= self.max_ratio:
            return self._clear(said, measures)
        return self._found(
            said,
            "Read accuracy as nothing: always saying the most frequent class reaches "
            f"{prior.max():.1%}. Look at average precision beside its chance level, at recall per class, "
            "and move the threshold to your costs before resampling.",
            measures=measures,
        )
