"""What each remedy gains over the best row that does not resample, corrected for their number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from steelyard.evaluate.bootstrap import percentile_interval
from steelyard.evaluate.nadeau_bengio import corrected_interval, corrected_t_test
from steelyard.kernels.holm import ALPHA, holm, holm_levels
from steelyard.records import Estimate, Gain

__all__ = ["gains_by_bootstrap", "gains_by_folds"]


def _gains(
    names: Sequence[str],
    against: str,
    metric: str,
    p_values: Sequence[float],
    intervals: Sequence[Estimate],
) -> tuple[Gain, ...]:
    corrected = holm(p_values)
    return tuple(
        Gain(
            name,
            against,
            metric,
            difference,
            float(p),
            float(c),
            bool(c < ALPHA and difference.low > 0),
        )
        for name, difference, p, c in zip(names, intervals, p_values, corrected, strict=True)
    )


def gains_by_folds(
    values: Mapping[str, NDArray[np.float64]], against: str, metric: str, ratio: float
) -> tuple[Gain, ...]:
    """Paired differences over folds with the corrected t-test.

    Parameters
    ----------
    values : mapping of system to ndarray of shape (J,)
        Fold values, turned so that more is better; NaN where a system was not run. ``against`` is
        among them and all others are tested.
    against, metric : str
    ratio : float
        Rows tested over rows trained on.

    Returns
    -------
    tuple of Gain
        Intervals are at the level of Holm's step, so that one excludes zero exactly when its corrected
        p-value is below 0.05.
    """
    names = [name for name in values if name != against]
    differences = [values[name] - values[against] for name in names]
    p_values = [corrected_t_test(difference, ratio).p_value for difference in differences]
    levels = holm_levels(p_values)
    intervals = [
        corrected_interval(difference, ratio, level=1 - level)
        for difference, level in zip(differences, levels, strict=True)
    ]
    return _gains(names, against, metric, p_values, intervals)


def _bootstrap_p(differences: NDArray[np.float64]) -> float:
    """Two-sided share of replicates on the other side of zero, never quite zero."""
    known = differences[~np.isnan(differences)]
    below, above = int((known <= 0).sum()), int((known >= 0).sum())
    return min(1.0, 2 * (min(below, above) + 1) / (known.size + 1))


def gains_by_bootstrap(
    means: Mapping[str, float],
    replicates: Mapping[str, NDArray[np.float64]],
    folds: Mapping[str, NDArray[np.float64]],
    against: str,
    metric: str,
    n_units: int,
) -> tuple[Gain, ...]:
    """Paired differences over the same bootstrap replicates, for rows that come in groups or in time.

    Parameters
    ----------
    means : mapping of system to float
        The value on all rows, turned so that more is better.
    replicates : mapping of system to ndarray of shape (B,)
    folds : mapping of system to ndarray of shape (J,)
        Fold values, shown beside the interval.
    against, metric : str
    n_units : int
        Units that hold the rarest class.

    Returns
    -------
    tuple of Gain
    """
    names = [name for name in means if name != against]
    drawn = [replicates[name] - replicates[against] for name in names]
    p_values = [_bootstrap_p(differences) for differences in drawn]
    intervals = []
    for name, differences, level in zip(names, drawn, holm_levels(p_values), strict=True):
        low, high = percentile_interval(differences, n_units, level=1 - level)
        fold_values = tuple((folds[name] - folds[against]).tolist())
        intervals.append(Estimate(means[name] - means[against], low, high, fold_values, "bootstrap"))
    return _gains(names, against, metric, p_values, intervals)
