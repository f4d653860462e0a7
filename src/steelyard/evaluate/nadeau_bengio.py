"""Intervals and tests for cross-validated values, whose folds share training rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from steelyard.records import Estimate

__all__ = ["PairedTest", "corrected_interval", "corrected_t_test"]

LEVEL = 0.95
METHOD = "corrected t"


@dataclass(frozen=True)
class PairedTest:
    """A paired test over folds: mean difference, its standard error, freedom and two-sided p."""

    mean: float
    standard_error: float
    freedom: int
    p_value: float


def _mean_and_error(values: np.ndarray, ratio: float) -> tuple[float, float]:
    """Mean, and its error with the variance that shared training rows add."""
    spread = float(values.var(ddof=1)) if values.size > 1 else float("nan")
    return float(values.mean()), float(np.sqrt((1.0 / values.size + ratio) * spread))


def corrected_interval(
    values: ArrayLike,
    ratio: float,
    *,
    level: float = LEVEL,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Estimate:
    """Interval of the mean of cross-validated values.

    Training sets overlap, so the values are correlated and the usual ``s / sqrt(J)`` is too small;
    the variance is multiplied by ``1 / J + ratio`` instead of ``1 / J``.

    Parameters
    ----------
    values : array of shape (J,)
        One value per fold, over all repeats. NaN (a fold in which the metric is not defined) is left
        out of the mean and kept in ``Estimate.values``.
    ratio : float
        Rows tested over rows trained on, ``1 / (folds - 1)`` for plain cross-validation.
    level : float
    bounds : (float, float)
        What values the metric can take; the interval is cut to them.

    Returns
    -------
    Estimate
        With fewer than two values the interval is the bounds: one fold says nothing of its error.

    References
    ----------
    Nadeau and Bengio, Inference for the Generalization Error, Machine Learning 52, 2003, section 3;
    for repeats, Bouckaert and Frank, PAKDD 2004.

    Examples
    --------
    >>> e = corrected_interval([0.5, 0.6, 0.7, 0.6, 0.6], ratio=0.25)
    >>> round(e.low, 3), round(e.mean, 3), round(e.high, 3)
    (0.468, 0.6, 0.732)
    """
    given = np.asarray(values, dtype=np.float64)
    known = given[~np.isnan(given)]
    if known.size == 0:
        nothing = float("nan")
        return Estimate(nothing, nothing, nothing, tuple(given.tolist()), METHOD)
    mean, error = _mean_and_error(known, ratio)
    if known.size == 1:
        return Estimate(mean, *bounds, tuple(given.tolist()), METHOD)
    half = float(stats.t.ppf(0.5 + level / 2, known.size - 1)) * error
    low, high = max(mean - half, bounds[0]), min(mean + half, bounds[1])
    return Estimate(mean, low, high, tuple(given.tolist()), METHOD)


def corrected_t_test(differences: ArrayLike, ratio: float) -> PairedTest:
    """Test whether the mean of paired fold differences is zero, with the corrected variance.

    Parameters
    ----------
    differences : array of shape (J,)
        NaN is left out.
    ratio : float
        Rows tested over rows trained on.

    Returns
    -------
    PairedTest
        ``p_value`` is 1 when every difference is zero, and when there are fewer than two.

    References
    ----------
    Nadeau and Bengio, Machine Learning 52, 2003, section 3 (the corrected resampled t-test).

    Examples
    --------
    >>> test = corrected_t_test([0.1, 0.2, 0.1, 0.2, 0.15], ratio=0.25)
    >>> test.freedom, round(test.p_value, 4)
    (4, 0.0111)
    """
    given = np.asarray(differences, dtype=np.float64)
    known = given[~np.isnan(given)]
    if known.size < 2:
        mean = float(known.mean()) if known.size else float("nan")
        return PairedTest(mean, float("nan"), 0, 1.0)
    mean, error = _mean_and_error(known, ratio)
    freedom = known.size - 1
    if error == 0:
        return PairedTest(mean, 0.0, freedom, 1.0 if mean == 0 else 0.0)
    p = 2 * float(stats.t.sf(abs(mean) / error, freedom))
    return PairedTest(mean, error, freedom, p)
