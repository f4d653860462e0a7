"""Wilson's interval of a share, also for rows that come in groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from steelyard.records import Estimate

__all__ = ["grouped_wilson", "wilson"]

LEVEL = 0.95


def wilson(hits: float, n: float, *, level: float = LEVEL) -> Estimate:
    """Interval of a share by Wilson's score method; stays within [0, 1] and works at 0 and at n hits.

    Parameters
    ----------
    hits, n : float
        Successes and trials; need not be whole, so that an effective number can be given.
    level : float

    Returns
    -------
    Estimate
        NaN with the interval [0, 1] when there were no trials.

    References
    ----------
    Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22, 1927.

    Examples
    --------
    >>> e = wilson(8, 10)
    >>> round(e.low, 3), e.mean, round(e.high, 3)
    (0.49, 0.8, 0.943)
    """
    if n <= 0:
        return Estimate(float("nan"), 0.0, 1.0, (), "Wilson")
    z = float(stats.norm.ppf(0.5 + level / 2))
    share = hits / n
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * float(np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
    # Rounding must not push an end past the share itself.
    low, high = max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share))
    return Estimate(share, low, high, (), "Wilson")


def grouped_wilson(hits: ArrayLike, unit: ArrayLike, *, level: float = LEVEL) -> Estimate:
    """Wilson's interval with the number of rows divided by the design effect of their groups.

    Rows of one customer or one hour are alike; counting each as a trial of its own would promise too
    much. The design effect is the variance of the share over whole groups by that of single rows.

    Parameters
    ----------
    hits : array of bool, shape (n,)
    unit : array of int, shape (n,)
        The group of each row.
    level : float

    Returns
    -------
    Estimate
        With all hits or none the groups show no spread, and each counts as one trial.

    References
    ----------
    Dean and Pagano, Evaluating Confidence Interval Methods for Binomial Proportions in Clustered
    Surveys, Journal of Survey Statistics and Methodology 3, 2015.

    Examples
    --------
    >>> e = grouped_wilson([1, 1, 0, 0], [0, 0, 1, 1])
    >>> e.mean, round(e.low, 2), round(e.high, 2)
    (0.5, 0.05, 0.95)
    """
    found = np.asarray(hits, dtype=np.float64)
    n = found.size
    if n == 0:
        return wilson(0, 0, level=level)
    codes = np.unique(np.asarray(unit), return_inverse=True)[1]
    rows, sums = np.bincount(codes), np.bincount(codes, weights=found)
    share, groups = float(found.mean()), rows.size
    method = "Wilson, groups"
    if share in (0.0, 1.0) or groups < 2:
        plain = wilson(share * groups, groups, level=level)
        return Estimate(share, plain.low, plain.high, (), method)
    between = groups / (groups - 1) * float(np.square(sums - share * rows).sum()) / n**2
    effect = max(1.0, between / (share * (1 - share) / n))
    plain = wilson(share * n / effect, n / effect, level=level)
    return Estimate(share, plain.low, plain.high, (), method)
