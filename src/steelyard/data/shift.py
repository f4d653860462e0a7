"""How far a column has moved since training: the population-stability index, less what chance gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from steelyard.data.column_values import MISSING

__all__ = ["SHIFT_ALARM", "ColumnSummary", "beyond_chance", "population_stability", "shifted"]

SHIFT_ALARM = 0.25
"""The limit of credit-scoring practice above which a population counts as changed (Siddiqi, Credit
Risk Scorecards, 2006: below 0.1 none, up to 0.25 some, above it a definite change)."""

N_BINS = 10
N_LEVELS = 50
CHANCE_QUANTILE = 0.99
HALF_A_ROW = 0.5  # Jeffreys' addition, so that an empty bin has a logarithm


def population_stability(before: ArrayLike, after: ArrayLike) -> float:
    """Population-stability index of two counts over the same bins, ``sum (q - p) ln(q / p)``.

    Half a row is added to every bin before shares are taken.

    Parameters
    ----------
    before, after : array of shape (n_bins,)
        Rows per bin.

    Returns
    -------
    float
        0 for equal shares; symmetric in its arguments.

    References
    ----------
    Lewis, An Introduction to Credit Scoring, 1994.

    Examples
    --------
    >>> round(population_stability([500, 500], [500, 500]), 3)
    0.0
    >>> round(population_stability([500, 500], [900, 100]), 2)
    0.88
    """
    p = np.asarray(before, dtype=np.float64) + HALF_A_ROW
    q = np.asarray(after, dtype=np.float64) + HALF_A_ROW
    p, q = p / p.sum(), q / q.sum()
    return float(np.sum((q - p) * np.log(q / p)))


def beyond_chance(index: float, n_bins: int, n_before: float, n_after: float) -> float:
    """The part of an index that two samples of one population would hardly show.

    Under no change the index divided by ``1 / n_before + 1 / n_after`` is close to a chi-squared
    variable with ``n_bins - 1`` degrees of freedom; its 99 % point is taken off. For large tables
    hardly anything is; for a table of ten rows nearly everything.

    References
    ----------
    Yurdakul and Naranjo, Statistical properties of the population stability index, Journal of Risk
    Model Validation 14(4), 2020.

    Examples
    --------
    >>> beyond_chance(0.3, 10, 10_000, 30)
    0.0
    >>> round(beyond_chance(0.3, 10, 10_000, 10_000), 3)
    0.296
    """
    if n_bins < 2 or n_before == 0 or n_after == 0:
        return 0.0
    chance = chi2.ppf(CHANCE_QUANTILE, n_bins - 1) * (1 / n_before + 1 / n_after)
    return float(max(0.0, index - chance))


class ColumnSummary:
    """The training distribution of one column: rows per decile bin, or per level.

    Attributes
    ----------
    edges : ndarray
        Inner bin borders of a numeric column.
    levels : ndarray or None
        Codes of the most frequent levels; None for a numeric column.
    counts : ndarray
        Training rows per bin; the last one counts missing values, for levels the one before it
        counts all other levels.
    """

    def fit(self, values: NDArray[np.float64] | NDArray[np.intp]) -> ColumnSummary:
        """Bin numbers at their deciles; of levels (codes) keep the most frequent and pool the others."""
        self.edges, self.levels = np.empty(0), None
        if values.dtype.kind == "i":
            rows = np.bincount(values[values >= 0])
            self.levels = np.sort(np.argsort(-rows, kind="stable")[:N_LEVELS])
        else:
            present = values[~np.isnan(values)]
            if present.size:
                self.edges = np.unique(np.quantile(present, np.arange(1, N_BINS) / N_BINS))
        self.counts = self._count(values)
        return self

    def _count(self, values: NDArray[np.float64] | NDArray[np.intp]) -> NDArray[np.intp]:
        if self.levels is None:
            missing = np.isnan(values)
            bins = np.searchsorted(self.edges, values, side="left")
            bins[missing] = self.edges.size + 1
            return np.bincount(bins, minlength=self.edges.size + 2)
        n = self.levels.size
        place = np.full(int(self.levels.max(initial=0)) + 1, n, dtype=np.intp)
        place[self.levels] = np.arange(n)
        known = (values >= 0) & (values < place.size)
        bins = np.where(known, place[np.where(known, values, 0)], n)
        bins[values == MISSING] = n + 1
        return np.bincount(bins, minlength=n + 2)

    def shift(self, values: NDArray[np.float64] | NDArray[np.intp]) -> float:
        """Index of ``values`` against training, less what chance gives; 0 for an empty table."""
        now = self._count(values)
        used = (self.counts > 0) | (now > 0)
        index = population_stability(self.counts[used], now[used])
        return beyond_chance(index, int(used.sum()), float(self.counts.sum()), float(now.sum()))


def shifted(shifts: dict[str, float], alarm: float = SHIFT_ALARM) -> list[str]:
    """Names whose index is above the alarm limit, largest first.

    Parameters
    ----------
    shifts : dict of str to float
        From `TablePreparer.shift`.
    alarm : float

    Examples
    --------
    >>> shifted({"age": 0.3, "city": 0.1, "income": 0.9})
    ['income', 'age']
    """
    above = [name for name, value in shifts.items() if value > alarm]
    return sorted(above, key=lambda name: -shifts[name])
