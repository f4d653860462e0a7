"""Intervals for every metric of every row, by the method that suits how the rows were split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steelyard.evaluate.bootstrap import Units, percentile_interval, replicates, units_of, weights_of
from steelyard.evaluate.held_out import Measure, Said
from steelyard.evaluate.nadeau_bengio import corrected_interval
from steelyard.evaluate.wilson import grouped_wilson, wilson
from steelyard.kernels.rng import RandomState
from steelyard.records import Dataset, Estimate

__all__ = ["Redrawn", "bootstrap_estimate", "fold_estimate", "recalls", "redraw"]

METHODS = {
    "rows": "bootstrap of rows",
    "groups": "bootstrap of whole groups",
    "blocks": "bootstrap of blocks of time",
}


OTHER_REPLICATES = 200  # for metrics that decide nothing


@dataclass(frozen=True, eq=False)
class Redrawn:
    """Which rows are drawn anew, in what units, and how often.

    ``rows`` are the tested rows (positions in a data set of ``n``), ``units`` theirs, ``rare`` the
    number of units that hold the rarest tested class.
    """

    n: int
    rows: NDArray[np.intp]
    units: Units
    rare: int
    times: int
    random_state: RandomState = 0

    @property
    def method(self) -> str:
        """What the bootstrap is called in the scorecard."""
        return METHODS[self.units.kind]

    def weights(self) -> Iterator[NDArray[np.float64]]:
        """Yield weights for all ``n`` rows; those that were never tested weigh nothing."""
        for drawn in weights_of(self.units, self.times, self.random_state):
            weight = np.zeros(self.n)
            weight[self.rows] = drawn
            yield weight


def redraw(
    dataset: Dataset,
    codes: NDArray[np.intp],
    rows: NDArray[np.intp],
    systems: int,
    random_state: RandomState = 0,
) -> Redrawn:
    """Set up a bootstrap over the tested rows of a data set.

    Parameters
    ----------
    dataset : Dataset
        Its groups or time say what is drawn as a whole.
    codes : ndarray of shape (n,)
        Class codes.
    rows : ndarray
        Tested rows, each once.
    systems : int
        How many systems are measured, for the number of replicates.
    random_state : int, RandomState, Generator or None

    Returns
    -------
    Redrawn
    """
    units = units_of(len(dataset), dataset.groups, dataset.time).take(rows)
    held = codes[rows]
    rare = min(int(np.unique(units.unit[held == code]).size) for code in np.unique(held))
    return Redrawn(len(dataset), rows, units, rare, replicates(rows.size, systems), random_state)


def fold_estimate(values: NDArray[np.float64], measure: Measure, ratio: float) -> Estimate:
    """Mean over folds with the corrected t interval, cut to the metric's range."""
    return corrected_interval(values, ratio, bounds=measure.bounds)


def bootstrap_values(
    pooled: Mapping[str, Said],
    means: Mapping[str, Mapping[str, float]],
    measures: Mapping[str, Measure],
    main: str,
    redrawn: Redrawn,
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Every metric of every system in every replicate; all are weighed by the same draws.

    A replicate measures all predictions of a system at once. The table shows means over folds, so the
    replicates are moved by the difference of the two on all rows: how far values spread is taken from
    the bootstrap, where they lie from the table.

    Parameters
    ----------
    pooled : mapping of system to Said
    means : mapping of system to mapping of metric to float
        The table's values.
    measures : mapping of metric to Measure
    main : str
        The metric that decides gets all replicates, the others at most 200.
    redrawn : Redrawn

    Returns
    -------
    dict of system to dict of metric to ndarray
    """
    prepared = {
        (name, metric): (said.rows, measure.weigher(said))
        for name, said in pooled.items()
        for metric, measure in measures.items()
    }
    once = np.ones(redrawn.n)
    shift = {
        (name, metric): means[name][metric] - value(once[rows])
        for (name, metric), (rows, value) in prepared.items()
    }
    drawn: dict[tuple[str, str], list[float]] = {key: [] for key in prepared}
    for number, weight in enumerate(redrawn.weights()):
        for key, (rows, value) in prepared.items():
            if number < OTHER_REPLICATES or key[1] == main:
                drawn[key].append(value(weight[rows]) + shift[key])
    return {name: {metric: np.asarray(drawn[name, metric]) for metric in measures} for name in pooled}


def bootstrap_estimate(
    mean: float,
    replicate_values: NDArray[np.float64],
    fold_values: NDArray[np.float64],
    redrawn: Redrawn,
    bounds: tuple[float, float],
) -> Estimate:
    """The table's value with the percentile interval of its replicates, cut to the metric's range."""
    low, high = percentile_interval(replicate_values, redrawn.rare)
    low, high = np.clip([low, high], *bounds).tolist()
    return Estimate(mean, low, high, tuple(fold_values.tolist()), redrawn.method)


def recalls(said: Said, dataset: Dataset, labels: NDArray[np.generic]) -> dict[str, Estimate]:
    """Recall of each class that was tested, with Wilson's interval.

    Parameters
    ----------
    said : Said
        All tested rows, each once.
    dataset : Dataset
        With groups or time, the interval counts groups or times rather than rows.
    labels : ndarray of shape (k,)

    Returns
    -------
    dict of label (as str) to Estimate
    """
    units = units_of(len(dataset), dataset.groups, dataset.time)
    found = {}
    for code, label in enumerate(labels):
        own = said.y == code
        if not own.any():
            continue
        hits = said.decided[own] == code
        if units.kind == "rows":
            found[str(label)] = wilson(int(hits.sum()), int(hits.size))
        else:
            found[str(label)] = grouped_wilson(hits, units.unit[said.rows[own]])
    return found
