"""Drawing rows, whole groups or stretches of time anew, as weights of the rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from steelyard.kernels.rng import RandomState, child

__all__ = ["Units", "percentile_interval", "replicates", "units_of", "weights_of"]

LEVEL = 0.95
MOST_REPLICATES, FEWEST_REPLICATES = 1000, 200
REPLICATE_WORK = 40_000_000  # rows times replicates a bootstrap may cost; large tables need fewer


@dataclass(frozen=True, eq=False)
class Units:
    """What is drawn anew as a whole: ``unit`` (n,) holds the unit of each row, 0 to ``n_units - 1``.

    ``block`` is how many units in a row are drawn together; 1 draws each on its own.
    """

    kind: Literal["rows", "groups", "blocks"]
    unit: NDArray[np.intp]
    n_units: int
    block: int = 1

    def take(self, rows: NDArray[np.intp]) -> Units:
        """Return the units of some of the rows, numbered anew in the same order."""
        names, unit = np.unique(self.unit[rows], return_inverse=True)
        block = self.block if self.kind != "blocks" else block_length(names.size)
        return Units(self.kind, unit.astype(np.intp), int(names.size), block)


def block_length(n: int) -> int:
    """Units in a block: the cube root of their number, the order that suits variances.

    References
    ----------
    Hall, Horowitz and Jing, On Blocking Rules for the Bootstrap with Dependent Data, Biometrika 82, 1995.
    """
    return max(1, math.ceil(n ** (1 / 3)))


def units_of(n: int, groups: Any = None, time: Any = None) -> Units:
    """What may be drawn on its own: a group, else a stretch of time, else a row.

    Parameters
    ----------
    n : int
        Number of rows.
    groups : array of shape (n,), optional
    time : array of shape (n,), optional
        Rows of one time stay together; blocks are runs of successive times.

    Returns
    -------
    Units
        With both, whole groups are drawn: their rows are alike at all times.

    Examples
    --------
    >>> units_of(4, time=[2, 1, 1, 3]).unit
    array([1, 0, 0, 2])
    """
    if groups is not None:
        names, unit = np.unique(np.asarray(groups).astype(str), return_inverse=True)
        return Units("groups", unit.astype(np.intp), int(names.size))
    if time is not None:
        times, unit = np.unique(np.asarray(time), return_inverse=True)
        return Units("blocks", unit.astype(np.intp), int(times.size), block_length(times.size))
    return Units("rows", np.arange(n, dtype=np.intp), n)


def _draw(units: Units, rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each unit was drawn."""
    n, length = units.n_units, units.block
    if length == 1:
        return np.bincount(rng.integers(n, size=n), minlength=n).astype(np.float64)
    starts = rng.integers(n, size=math.ceil(n / length))
    steps = np.zeros(2 * n + 1)
    np.add.at(steps, starts, 1.0)
    np.add.at(steps, starts + length, -1.0)
    covered = np.cumsum(steps)[: 2 * n]
    return np.asarray(covered[:n] + covered[n:])  # the end is joined to the beginning


def weights_of(units: Units, times: int, random_state: RandomState = 0) -> Iterator[NDArray[np.float64]]:
    """Weights of the rows, one array for each replicate.

    A weight of two is a row drawn twice. Every system is weighed by the same arrays, so differences
    are paired.

    Parameters
    ----------
    units : Units
    times : int
        Replicates.
    random_state : int, RandomState, Generator or None

    Yields
    ------
    ndarray of shape (n,)

    References
    ----------
    Efron, Bootstrap Methods, Annals of Statistics 7, 1979; for runs of time, the circular block
    bootstrap of Politis and Romano, 1992.

    Examples
    --------
    >>> [int(w.sum()) for w in weights_of(units_of(5), 3)]
    [5, 5, 5]
    """
    rng = child(random_state, "bootstrap", units.kind)
    for _ in range(times):
        yield _draw(units, rng)[units.unit]


def replicates(n_rows: int, systems: int = 1) -> int:
    """How many replicates a table of this size is worth: from 200 to 1,000."""
    return int(np.clip(REPLICATE_WORK // max(1, n_rows * systems), FEWEST_REPLICATES, MOST_REPLICATES))


def percentile_interval(values: ArrayLike, n_units: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Interval from the percentiles of bootstrap values, widened for few units.

    Plain percentiles are too narrow by about ``sqrt((n - 1) / n)`` and ignore the tails of t; the
    expanded percentiles mend both to first order.

    Parameters
    ----------
    values : array of shape (B,)
        NaN (a replicate in which the metric is not defined) is left out.
    n_units : int
        Independent units behind the figure; for a rare class, the units that hold it.
    level : float

    Returns
    -------
    low, high : float

    References
    ----------
    Hesterberg, What Teachers Should Know About the Bootstrap, The American Statistician 69, 2015,
    section 5.

    Examples
    --------
    >>> low, high = percentile_interval(np.arange(1001.0), n_units=10**6)
    >>> round(low), round(high)
    (25, 975)
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    if known.size == 0 or n_units < 2:
        return float("nan"), float("nan")
    quantile = stats.t.ppf(0.5 - level / 2, n_units - 1) * math.sqrt(n_units / (n_units - 1))
    tail = float(stats.norm.cdf(quantile))
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)
