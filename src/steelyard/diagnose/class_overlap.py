"""SY003: whether a rare class lies among rows of other classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from steelyard.diagnose.base import Check
from steelyard.diagnose.evidence import Evidence, NotApplicable
from steelyard.records import Finding, Severity

__all__ = ["ClassOverlap"]

K = 5
HALF = 0.5


class ClassOverlap(Check):
    """Whether most rows of a rare class lie where other classes outnumber it.

    Two views must agree before it is called overlap: the R-value of the class (share of its rows
    most of whose five nearest neighbours are of other classes), and the share of its rows to which a
    model that has not seen them gives less than one half. Either view alone is misled, neighbours by
    useless columns and a model by too few rows; the smaller of the two is judged.

    Parameters
    ----------
    max_overlap : float
        Found when the smaller share is above this for a rare class. One half means that the
        majority of the class is outnumbered where it lies.
    min_rows : int
        A class with fewer rows is not judged.
    estimator : classifier, optional
        For the out-of-fold probabilities.

    References
    ----------
    Oh, A new dataset evaluation method based on category overlap, Computers in Biology and Medicine
    41(2), 2011 (R-value); Lorena, Garcia, Lehmann, Souto and Ho, How Complex Is Your Classification
    Problem?, ACM Computing Surveys 52(5), 2019 (N3).

    Examples
    --------
    >>> from steelyard.records import Dataset
    >>> rng = np.random.default_rng(0)
    >>> noise = Dataset(rng.normal(size=(300, 3)), np.repeat(["ok", "ill"], [270, 30]))
    >>> ClassOverlap().check(noise).outcome
    'found'
    """

    code = "SY003"
    title = "Class overlap"
    severity: ClassVar[Severity] = "info"
    slow = True
    limits: ClassVar[Mapping[str, tuple[float, float]]] = {"max_overlap": (0.0, 1.0), "min_rows": (2, 1e6)}

    def __init__(self, max_overlap: float = 0.5, min_rows: int = 10, estimator: Any = None) -> None:
        self.max_overlap = max_overlap
        self.min_rows = min_rows
        self.estimator = estimator

    def _examine(self, evidence: Evidence) -> Finding:
        judged = [c for c in _rare(evidence) if evidence.counts[c] >= self.min_rows]
        if not judged:
            raise NotApplicable(f"No rare class has {self.min_rows} rows.")
        hood = evidence.neighborhood
        own = evidence.codes[hood.rows]
        foreign = evidence.codes[hood.indices] != own[:, None]
        outnumbered = foreign[:, :K].sum(axis=1) > K * HALF
        sampled = evidence.codes[evidence.sample]
        given = evidence.proba[np.arange(sampled.size), sampled]
        tested = ~np.isnan(given)
        by_class: dict[str, dict[str, float]] = {}
        overlap: dict[int, float] = {}
        for c in judged:
            near, scored = own == c, (sampled == c) & tested
            if not near.any() or not scored.any():
                continue
            views = {
                "r_value": float(outnumbered[near].mean()),
                "n3": float(foreign[near, 0].mean()),
                "outvoted_by_model": float((given[scored] < HALF).mean()),
            }
            overlap[c] = min(views["r_value"], views["outvoted_by_model"])
            by_class[str(evidence.classes[c])] = views
        if not overlap:
            raise NotApplicable("No rare class could be scored out of fold.")
        worst = max(overlap, key=overlap.__getitem__)
        name = str(evidence.classes[worst])
        views = by_class[name]
        measures = {
            "overlap": overlap[worst],
            "class": name,
            "by_class": by_class,
            "n3": float(foreign[:, 0].mean()),
        }
        said = (
            f"Class {name!r}: {views['r_value']:.0%} of its rows have mostly other classes among their {K} "
            f"nearest neighbours, and {views['outvoted_by_model']:.0%} get less than one half from a model "
            f"that has not seen them.{evidence.measured_on(hood.rows.size)}"
        )
        if overlap[worst] <= self.max_overlap:
            return self._clear(said, measures)
        return self._found(
            said,
            "These rows look like other classes in the columns there are. New columns help more than new "
            "rows; copies and points between copies land among the others. Rank by probability and choose "
            "the threshold by cost.",
            rows=_outnumbered_rows(
                hood.rows, outnumbered, own, [c for c in overlap if overlap[c] > self.max_overlap]
            ),
            measures=measures,
        )


def _rare(evidence: Evidence) -> NDArray[np.intp]:
    """The rare classes; all of them where the classes are equal."""
    rare = evidence.rare_codes
    return rare if rare.size else np.arange(evidence.classes.size)


def _outnumbered_rows(
    rows: NDArray[np.intp], outnumbered: NDArray[np.bool_], own: NDArray[np.intp], classes: list[int]
) -> NDArray[np.intp]:
    return rows[outnumbered & np.isin(own, classes)]
