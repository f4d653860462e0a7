"""How near an estimated log prior is to that of the counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["PriorFit", "prior_fit"]

FEWEST = 2  # classes that a line goes through
NOTHING_MOVES = 1e-12  # spread, in natural logarithms, that is a rounding


@dataclass(frozen=True)
class PriorFit:
    """An estimated log prior against the logarithm of the counts.

    Parameters
    ----------
    slope : float
        1 where the estimate moves as the counts do; above, it would correct too much, below, too little.
    correlation : float
        1 where they lie on a line.
    largest_error : float
        Over the classes, both centred; in natural logarithms.
    """

    slope: float
    correlation: float
    largest_error: float


def prior_fit(log_prior_own: ArrayLike, counts: ArrayLike) -> PriorFit:
    """Compare what a class's own rows say of its log prior with its count.

    Parameters
    ----------
    log_prior_own : array of shape (k,)
        Any constant apart.
    counts : array of shape (k,)
        Rows of each class, or shares. Classes without rows are left out.

    Returns
    -------
    PriorFit
        NaN for slope and correlation where the counts are all equal, or fewer than two classes have rows.

    Examples
    --------
    >>> prior_fit(np.log([90.0, 9.0, 1.0]) + 5, [90, 9, 1])
    PriorFit(slope=1.0, correlation=1.0, largest_error=0.0)
    """
    told, has = np.asarray(log_prior_own, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    present = has > 0
    if told.shape != has.shape or told.ndim != 1:
        raise ValueError(
            f"There must be one log prior and one count a class. Got {told.shape} and {has.shape}."
        )
    own, true = told[present], np.log(has[present])
    if own.size == 0:
        return PriorFit(np.nan, np.nan, np.nan)
    own, true = own - own.mean(), true - true.mean()
    error = float(np.abs(own - true).max())
    if own.size < FEWEST or np.abs(true).max() < NOTHING_MOVES:
        return PriorFit(np.nan, np.nan, _plain(error))
    slope = float(own @ true / (true @ true))
    spread = float(np.sqrt((own @ own) * (true @ true)))
    correlation = float(own @ true) / spread if np.abs(own).max() > NOTHING_MOVES else np.nan
    return PriorFit(_plain(slope), _plain(correlation), _plain(error))


def _plain(value: float) -> float:
    """Without the last bits, which differ from machine to machine."""
    return round(value, 12) + 0.0
