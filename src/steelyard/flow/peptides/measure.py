"""How good the model is on peptides unlike those it was fitted on, beside rules that know no biology."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.evaluate.bootstrap import Units, percentile_interval, units_of, weights_of
from steelyard.evaluate.wilson import grouped_wilson
from steelyard.flow.peptides.calibration import VennAbers
from steelyard.kernels.progress import Progress
from steelyard.metrics.calibration_error import BinnedScores
from steelyard.metrics.ranked import RankedScores
from steelyard.records import Estimate

__all__ = ["Strata", "calibration_gap", "measure_rows", "operating_points", "strata_of"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Metric = Callable[..., Any]

TIMES = 1000  # replicates of the bootstrap
MOST_POINTS = 200
LENGTH_ALONE = "length alone"


@dataclass(frozen=True, eq=False)
class Strata:
    """Rows by length: the commonest length and all others."""

    common: int
    is_common: NDArray[np.bool_]

    def columns(self) -> list[tuple[str, Metric, NDArray[np.bool_]]]:
        """Heading, metric and rows of each column of the table."""
        everyone = np.ones(self.is_common.size, dtype=np.bool_)
        return [
            ("AUC, all lengths", RankedScores.roc_auc, everyone),
            (f"AUC, {self.common} letters", RankedScores.roc_auc, self.is_common),
            ("AUC, other lengths", RankedScores.roc_auc, ~self.is_common),
            ("Average precision", RankedScores.average_precision, everyone),
        ]


def strata_of(sequences: Sequence[str]) -> Strata:
    """Find the commonest length.

    Examples
    --------
    >>> strata_of(["AC", "CA", "ACD"]).common
    2
    """
    lengths = np.array([len(sequence) for sequence in sequences])
    common = int(np.bincount(lengths).argmax())
    return Strata(common, lengths == common)


def measure_rows(
    scores: Mapping[str, Floats], labels: Rows, groups: Rows, strata: Strata, *, progress: bool | None = None
) -> dict[str, list[Estimate]]:
    """Every score under every column, with 95 % intervals from drawing whole groups anew.

    Parameters
    ----------
    scores : dict of str to ndarray of shape (n,)
        Out-of-fold scores of each system; the rule of length is added.
    labels, groups : ndarray of shape (n,)
    strata : Strata
    progress : bool, optional

    Returns
    -------
    dict of str to list of Estimate
        One for each of ``strata.columns()``.
    """
    every = {**scores, LENGTH_ALONE: (~strata.is_common).astype(np.float64)}
    units = units_of(labels.size, groups)
    told: dict[str, list[Estimate]] = {}
    with Progress(len(every), "measuring the peptide model", enabled=progress) as bar:
        for name, score in every.items():
            told[name] = [
                _estimate(metric, labels[rows], score[rows], units.take(np.flatnonzero(rows)))
                for _, metric, rows in strata.columns()
            ]
            bar.advance(note=name)
    return told


def _estimate(metric: Metric, labels: Rows, score: Floats, units: Units) -> Estimate:
    ranked = RankedScores(labels == 1, score)
    values = [metric(ranked, weight) for weight in weights_of(units, TIMES)]
    holding = np.unique(units.unit[labels == 1]).size  # the rare class decides how sure a figure is
    low, high = percentile_interval(values, holding)
    return Estimate(float(metric(ranked)), low, high, (), "bootstrap of whole groups")


def operating_points(probability: Floats, labels: Rows, groups: Rows) -> tuple[list[dict[str, Any]], int]:
    """Sensitivity and specificity of every place to draw the line, and the place to begin with.

    Parameters
    ----------
    probability : ndarray of shape (n,)
        Calibrated out-of-fold probabilities.
    labels, groups : ndarray of shape (n,)

    Returns
    -------
    points : list of dict
        ``cut``: the least probability that is called positive, rising; ``sensitivity`` and
        ``specificity``: dicts of ``mean``, ``low`` and ``high``.
    first : int
        The point with the largest sum of both.
    """
    cuts = np.unique(probability)
    if cuts.size > MOST_POINTS:
        cuts = cuts[np.linspace(0, cuts.size - 1, MOST_POINTS).round().astype(np.intp)]
    yes, no = labels == 1, labels == 0
    points: list[dict[str, Any]] = [
        {
            "cut": float(cut),
            "sensitivity": _plain(grouped_wilson(probability[yes] >= cut, groups[yes])),
            "specificity": _plain(grouped_wilson(probability[no] < cut, groups[no])),
        }
        for cut in cuts
    ]
    sums = [point["sensitivity"]["mean"] + point["specificity"]["mean"] for point in points]
    return points, int(np.argmax(sums))


def _plain(estimate: Estimate) -> dict[str, float]:
    return {"mean": estimate.mean, "low": estimate.low, "high": estimate.high}


def calibration_gap(scores: Floats, labels: Rows, splits: Sequence[tuple[Rows, Rows]]) -> float:
    """Mean gap of probability and frequency where the calibration has not seen the rows either."""
    told = np.empty_like(scores)
    for train, test in splits:
        told[test] = VennAbers.fit(scores[train], labels[train]).bounds(scores[test]).mean
    return BinnedScores(labels == 1, told).error()
