"""SY017: the core of each class, where classes overlap, and rows that look misplaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.errors import BadOption
from steelyard.kernels.informativeness import (
    gaussian_bayes,
    informativeness,
    rank_weighted_proba,
    skill_over_prior,
)
from steelyard.kernels.out_of_fold import out_of_fold_proba
from steelyard.kernels.regions import NOISE, REGION_NAMES, overlap_ratios, region_shares, regions
from steelyard.records import Finding, Severity

__all__ = ["ClassRegions"]

WAYS = ("knn", "gnb", "model")


class ClassRegions(Check):
    """How much of each class is core, overlap and noise, by probabilities that leave the row out.

    A row whose own class is likely is in the core of it; one whose own class is very unlikely and another
    likely is noise; all others are in the overlap. `steelyard.balance.BigJumpCleaner` acts on the same
    regions.

    Parameters
    ----------
    max_overlap : float
        Found when a larger share of a rare class lies in the overlap.
    max_noise : float
        Found when a larger share of a rare class is noise.
    core, noise, rival : float
        Probability of the own class from which a row is in the core; up to which it is noise, if another
        class has at least ``rival``.
    min_rows : int
        A class with fewer rows is described but not judged.
    by : {"knn", "gnb", "model"}
        Ten neighbours weighted by rank and divided by class size; Gaussian naive Bayes out of fold; or the
        model that the other checks use.
    estimator : classifier, optional
        The model, for "model".

    References
    ----------
    Bacha, Djafri, Dhelim and Ning, IMOVNO+: A Regional Partitioning and Meta-Heuristic Ensemble Framework
    for Imbalanced Multi-Class Learning, arXiv 2602.20199, 2026.

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(["ok", "ill"], [60, 20])
    >>> X = rng.normal(size=(80, 2)) + 8 * (y == "ill")[:, None]
    >>> ClassRegions().check(Dataset(X, y)).measures["by_class"]["ill"]
    {'core': 1.0, 'overlap': 0.0, 'noise': 0.0}
    """

    code = "SY017"
    title = "Core, overlap and noise"
    severity: ClassVar[Severity] = "info"
    slow = True
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {
        "max_overlap": (0.0, 1.0),
        "max_noise": (0.0, 1.0),
        "core": (0.0, 1.0),
        "noise": (0.0, 1.0),
        "rival": (0.0, 1.0),
        "min_rows": (1, 1e9),
    }

    def __init__(
        self,
        max_overlap: float = 0.5,
        max_noise: float = 0.2,
        core: float = 0.7,
        noise: float = 0.1,
        rival: float = 0.5,
        min_rows: int = 10,
        by: str = "knn",
        estimator: Any = None,
    ) -> None:
        self.max_overlap = max_overlap
        self.max_noise = max_noise
        self.core = core
        self.noise = noise
        self.rival = rival
        self.min_rows = min_rows
        self.by = by
        self.estimator = estimator

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.by not in WAYS:
            raise BadOption(
                f"The 'by' parameter of ClassRegions must be a str among {sorted(WAYS)}. "
                f"Got {self.by!r} instead."
            )

    def _examine(self, evidence: Evidence) -> Finding:
        rare = evidence.rare_codes if evidence.rare_codes.size else np.arange(evidence.classes.size)
        judged = [code for code in rare if evidence.counts[code] >= self.min_rows]
        if not judged:
            raise NotApplicable(f"No rare class has {self.min_rows} rows.")
        rows, proba, prior = self._asked(evidence)
        if not rows.size:
            raise NotApplicable(f"{self.by} gives no row a probability: no column varies.")
        codes = evidence.codes[rows]
        found = regions(proba, codes, core=self.core, noise=self.noise, rival=self.rival)
        n_classes = evidence.classes.size
        shares = region_shares(found, codes, n_classes)
        names = [str(label) for label in evidence.classes]
        measures = {
            "overlap_ratio": round(overlap_ratios(found, codes, n_classes)[0], 4),
            "by_class": {
                name: dict(zip(REGION_NAMES, mine.round(4).tolist(), strict=True))
                for name, mine in zip(names, shares, strict=True)
            },
            "skill": round(np.nan_to_num(skill_over_prior(proba, codes, prior)).item(), 4),
        }
        worst = int(max(judged, key=lambda code: 1 - shares[code, 0]))
        said = (
            f"Class {names[worst]!r}: "
            + ", ".join(f"{share:.0%} {name}" for name, share in measures["by_class"][names[worst]].items())
            + f".{self._doubt(measures['skill'])}{evidence.measured_on(rows.size)}"
        )
        overlapping = [code for code in judged if shares[code, 1] > self.max_overlap]
        noisy = [code for code in judged if shares[code, NOISE] > self.max_noise]
        if not overlapping and not noisy:
            return self._clear(said, measures)
        contradicted = np.flatnonzero((found == NOISE) & np.isin(codes, judged))
        margin = informativeness(proba, codes).margin[contradicted]
        return self._found(
            said,
            "Cleaning takes rows of the frequent classes out of the overlap and moves the decision, as a "
            "threshold does; compare the two. Read the listed rows, worst first: a rare row among others "
            "may be a wrong label, or the very case that matters. Never delete it unread.",
            rows=rows[contradicted[np.argsort(margin, kind="stable")]],
            measures=measures,
        )

    def _asked(self, evidence: Evidence) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """Rows that were asked about, their probabilities, and the shares these are made for."""
        n_classes = evidence.classes.size
        if self.by == "knn":
            hood = evidence.neighborhood
            proba = rank_weighted_proba(evidence.codes[hood.indices], evidence.counts)
            return hood.rows, proba, np.full(n_classes, 1 / n_classes)
        if self.by == "model":
            rows, proba, prior = evidence.sample, evidence.proba, evidence.counts / evidence.counts.sum()
        else:
            rows = evidence.sample
            codes = evidence.codes[rows]
            proba = out_of_fold_proba(
                gaussian_bayes(),
                evidence.dense[rows],
                codes,
                evidence.splits,
                classes=np.arange(n_classes),
                n_jobs=evidence.n_jobs,
            )
            prior = np.bincount(codes, minlength=n_classes) / codes.size
        tested = ~np.isnan(proba).any(axis=1)
        return rows[tested], proba[tested], prior

    def _doubt(self, skill: float) -> str:
        if skill > 0:
            return ""
        return f" ({self.by} tells the classes no better than their shares do, so regions mean little.)"
