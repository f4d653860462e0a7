"""The exact interval of a share."""

from __future__ import annotations

import math
from numbers import Real

from scipy import stats

from steelyard.errors import BadOption
from steelyard.records import Estimate

__all__ = ["clopper_pearson"]

LEVEL = 0.95


def clopper_pearson(hits: float, n: float, *, level: float = LEVEL) -> Estimate:
    """Exact interval of a share: never covers less than it promises, however few the rows.

    Parameters
    ----------
    hits, n : whole number
        Successes and trials, ``0 <= hits <= n``.
    level : float
        In (0, 1).

    Returns
    -------
    Estimate
        NaN with the interval [0, 1] when there were no trials.

    Raises
    ------
    BadOption
        Numbers that are no counts, or a level outside (0, 1).

    References
    ----------
    Clopper and Pearson, The use of confidence or fiducial limits illustrated in the case of the binomial,
    Biometrika 26, 1934.

    Examples
    --------
    >>> e = clopper_pearson(44, 46)
    >>> round(e.low, 3), round(e.mean, 3), round(e.high, 3)
    (0.852, 0.957, 0.995)
    """
    if not (_is_count(hits) and _is_count(n) and hits <= n):
        raise BadOption(
            f"Expected whole numbers with 0 <= hits <= n, got hits={hits!r} and n={n!r}. Give counts."
        )
    if not isinstance(level, Real) or not 0 < level < 1:
        raise BadOption(
            f"The 'level' parameter of clopper_pearson must be a float in the range (0, 1). "
            f"Got {level!r} instead."
        )
    if n == 0:
        return Estimate(math.nan, 0.0, 1.0, (), "Clopper-Pearson")
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(stats.beta.ppf(tail, hits, n - hits + 1))
    high = 1.0 if hits == n else float(stats.beta.ppf(1 - tail, hits + 1, n - hits))
    return Estimate(float(hits / n), low, high, (), "Clopper-Pearson")


def _is_count(value: object) -> bool:
    return (
        isinstance(value, Real) and not isinstance(value, bool) and value >= 0 and float(value).is_integer()
    )
