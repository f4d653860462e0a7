"""The same figures on parts of the test rows: those seen before, those of one kind, those that are new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption
from steelyard.evaluate.bootstrap import percentile_interval, replicates, units_of, weights_of
from steelyard.kernels.rng import RandomState
from steelyard.metrics import METRICS
from steelyard.records import Estimate

__all__ = ["StrataReport", "strata_report"]

TOO_FEW = 10  # rows of a class below which a figure says next to nothing
TWO = 2
WHOLE = "all rows"


@dataclass(frozen=True, eq=False)
class StrataReport:
    """Figures of one system on parts of the rows.

    Attributes
    ----------
    strata : tuple of str
        The first is all rows.
    rows, positives : dict of str to int
    values : dict of (stratum, metric) to Estimate
        With a bootstrap interval.
    thin : tuple of str
        Strata with fewer than ten rows of a class.
    """

    strata: tuple[str, ...]
    rows: Mapping[str, int]
    positives: Mapping[str, int]
    values: Mapping[tuple[str, str], Estimate]
    thin: tuple[str, ...]

    def frame(self) -> pd.DataFrame:
        """One row a stratum and metric: ``stratum, rows, positives, metric, value, low, high, thin``."""
        told = [
            (name, self.rows[name], self.positives[name], metric, e.mean, e.low, e.high, name in self.thin)
            for (name, metric), e in self.values.items()
        ]
        columns = ["stratum", "rows", "positives", "metric", "value", "low", "high", "thin"]
        return pd.DataFrame(told, columns=columns)


def strata_report(
    y: ArrayLike,
    scores: ArrayLike,
    strata: Mapping[str, ArrayLike],
    *,
    threshold: float | None = 0.5,
    metrics: Sequence[str] = ("mcc", "roc_auc"),
    groups: ArrayLike | None = None,
    random_state: RandomState = 0,
) -> StrataReport:
    """Score a system on all rows and on each stratum of them, with bootstrap intervals.

    Parameters
    ----------
    y : array of shape (n,)
        Two labels; the second in sorted order is the one scored.
    scores : array of shape (n,)
        Probabilities of that label.
    strata : dict of str to array of bool, shape (n,)
        They may overlap.
    threshold : float or None, default=0.5
        Rows above it are decided to be of the second label; None if no metric needs decisions.
    metrics : sequence of str
        Names in ``steelyard.metrics.METRICS``.
    groups : array of shape (n,), optional
        Drawn anew as a whole.
    random_state : int, RandomState, Generator or None, default=0

    Returns
    -------
    StrataReport
        A metric without meaning on a stratum, such as a ranking of one class, is NaN.

    Raises
    ------
    BadOption
        Shapes that do not fit, an unknown metric, or a missing threshold.

    Examples
    --------
    >>> y, scores = np.array([0, 1] * 30), np.array([0.2, 0.8] * 15 + [0.8, 0.2] * 15)
    >>> report = strata_report(y, scores, {"first half": np.arange(60) < 30}, metrics=("roc_auc",))
    >>> [(name, report.values[name, "roc_auc"].mean) for name in report.strata]
    [('all rows', 0.5), ('first half', 1.0)]
    """
    labels, said = np.asarray(y), np.asarray(scores, dtype=np.float64)
    classes, codes = np.unique(labels, return_inverse=True)
    if classes.size != TWO or said.shape != labels.shape:
        raise BadOption(
            f"Expected two labels and one score for each of {labels.shape[0]} rows, got {classes.size} "
            f"labels and scores of shape {said.shape}. Give the probability of the second label."
        )
    for metric in metrics:
        if metric not in METRICS or METRICS[metric].requires:
            fitting = [name for name, known in METRICS.items() if not known.requires]
            raise BadOption(
                f"The 'metrics' parameter of strata_report must be among {fitting}. Got {metric!r} instead."
            )
        if threshold is None and METRICS[metric].needs == "decided":
            raise BadOption(f"The metric {metric!r} judges decisions. Give a threshold, or leave it out.")
    masks = {WHOLE: np.ones(codes.size, dtype=np.bool_)}
    for name, given in strata.items():
        mask = np.asarray(given)
        if mask.shape != codes.shape or mask.dtype != np.bool_:
            raise BadOption(
                f"Expected a truth value for each of {codes.size} rows as stratum {name!r}, got an array of "
                f"shape {mask.shape} and type {mask.dtype}."
            )
        masks[name] = mask
    decided = np.zeros(codes.size, dtype=np.intp) if threshold is None else (said > threshold).astype(np.intp)
    kept = {name: np.flatnonzero(mask) for name, mask in masks.items()}
    values = {
        (name, metric): _estimate(
            metric, codes[rows], said[rows], decided[rows], _of(groups, rows), random_state
        )
        for name, rows in kept.items()
        for metric in metrics
    }
    positives = {name: int(codes[rows].sum()) for name, rows in kept.items()}
    thin = tuple(
        name for name, rows in kept.items() if min(positives[name], rows.size - positives[name]) < TOO_FEW
    )
    return StrataReport(
        tuple(masks), {name: int(rows.size) for name, rows in kept.items()}, positives, values, thin
    )


def _of(groups: Any, rows: NDArray[np.intp]) -> Any:
    return None if groups is None else np.asarray(groups)[rows]


def _estimate(
    metric: str,
    codes: NDArray[np.intp],
    scores: NDArray[np.float64],
    decided: NDArray[np.intp],
    groups: Any,
    random_state: RandomState,
) -> Estimate:
    if codes.size == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), (), "bootstrap")
    proba = np.column_stack([1 - scores, scores])
    weigh = METRICS[metric].prepared(codes, proba, decided, positive=1)
    units = units_of(codes.size, groups)
    drawn = [weigh(weight) for weight in weights_of(units, replicates(codes.size), random_state)]
    low, high = percentile_interval(drawn, units.n_units)
    return Estimate(float(weigh(None)), low, high, (), "bootstrap")
