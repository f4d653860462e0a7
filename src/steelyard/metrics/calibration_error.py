"""How far probabilities are from frequencies."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption
from steelyard.metrics.average_precision import mean_of_known
from steelyard.metrics.labels import code_of, codes_of

__all__ = ["BinnedScores", "calibration_error"]

Floats = NDArray[np.float64]

MOST_BINS = 15
ROWS_PER_BIN = 20  # a frequency of fewer rows says little,
EVENTS_PER_BIN = 5  # and so does one of hardly any positive (or negative) row
KINDS = ("classwise", "top-label")


class BinnedScores:
    """One class's probabilities, sorted once, whose calibration can be measured under many weightings.

    Parameters
    ----------
    is_positive : array of bool, shape (n,)
    proba : array of shape (n,)
    n_bins : int, optional
        Bins of equal weight; 15 by default, fewer when a bin would hold fewer than 20 rows, or on
        average fewer than 5 of the smaller side.

    Examples
    --------
    >>> scores = BinnedScores([False, True] * 100, np.full(200, 0.5))
    >>> scores.error()
    0.0
    """

    def __init__(self, is_positive: ArrayLike, proba: ArrayLike, n_bins: int | None = None) -> None:
        values = np.asarray(proba, dtype=np.float64)
        self._order = np.argsort(values)
        ranked = values[self._order]
        positive = np.asarray(is_positive, dtype=np.float64)[self._order]
        self._excess = ranked - positive
        self._variance = ranked * (1.0 - ranked)
        self._starts = np.concatenate([[0], np.flatnonzero(np.diff(ranked)) + 1, [values.size]])
        self._group = np.repeat(np.arange(self._starts.size - 1), np.diff(self._starts))
        self.n_bins = n_bins or self._enough_for(positive)

    @staticmethod
    def _enough_for(positive: Floats) -> int:
        events = min(positive.sum(), positive.size - positive.sum())
        most = min(positive.size // ROWS_PER_BIN, events // EVENTS_PER_BIN)
        return int(np.clip(most, 1, MOST_BINS))

    def error(self, weight: Floats | None = None, *, debias: bool = True) -> float:
        """Mean gap between probability and frequency, over bins of equal weight.

        Parameters
        ----------
        weight : ndarray of shape (n,), optional
        debias : bool
            Lower the square of each gap by the variance that chance alone gives it.

        Returns
        -------
        float
            NaN without weight.
        """
        ranked = np.ones(self._order.size) if weight is None else weight.take(self._order)
        below = np.cumsum(ranked)
        total = below[-1] if below.size else 0.0
        if total <= 0:
            return float("nan")
        edges = self._edges(below)
        gaps = np.abs(np.add.reduceat(ranked * self._excess, edges))
        if debias:
            chance = np.add.reduceat(ranked * ranked * self._variance, edges)
            gaps = np.sqrt(np.maximum(gaps**2 - chance, 0.0))
        return float(gaps.sum() / total)

    def _edges(self, below: Floats) -> NDArray[np.intp]:
        """First row of each bin that is not empty.

        Equal scores share a bin, the one their middle falls into: the order of rows must not count.
        """
        borders = below[-1] * np.arange(1, self.n_bins) / self.n_bins
        group = self._group[np.searchsorted(below, borders)]
        first, end = self._starts[group], self._starts[group + 1]
        before = np.where(first > 0, below[first - 1], 0.0)
        edges = np.where((before + below[end - 1]) / 2.0 >= borders, first, end)
        kept: NDArray[np.intp] = np.unique(np.append(0, edges[edges < below.size]))
        return kept


def calibration_error(
    y_true: ArrayLike,
    proba: ArrayLike,
    *,
    kind: str = "classwise",
    n_bins: int | None = None,
    debias: bool = True,
    labels: ArrayLike | None = None,
    positive: Any = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Expected calibration error: the mean gap between probability and frequency.

    Rows are put into bins of equal weight by their probability; the gap of a bin is the difference
    between its mean probability and its share of positives. Chance opens a gap too, of about
    ``sqrt(p (1 - p) / n)`` in a bin of n rows, which for a rare class can be as large as p itself; so
    the square of each gap is lowered by that variance, and what would be negative counts as 0.

    Parameters
    ----------
    y_true : array of shape (n,)
        Labels.
    proba : array of shape (n,) or (n, k)
        Probability of the positive class, or one column per class in sorted order.
    kind : {"classwise", "top-label"}
        ``classwise``: the probability of the positive class of two, else the mean over all classes.
        ``top-label``: the largest probability against whether that class is right; it says next to
        nothing of a rare class, which is hardly ever on top.
    n_bins : int, optional
        15 by default, fewer when a bin would hold fewer than 20 rows, or on average fewer than 5 of
        the smaller side.
    debias : bool
        Take off what chance alone gives; False for the plain value.
    labels : array of shape (k,), optional
        All classes, sorted; those that occur by default.
    positive : label, optional
        The class of interest; the rarer of two by default.
    sample_weight : array of shape (n,), optional

    Returns
    -------
    float
        In [0, 1]; 0 is calibrated. NaN without rows.

    References
    ----------
    Naeini, Cooper and Hauskrecht, AAAI 2015; Nixon et al., Measuring calibration in deep learning, CVPR
    Workshops 2019 (equal-mass bins); Kumar, Liang and Ma, Verified uncertainty calibration, NeurIPS
    2019 (taking off the variance of a bin).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> p = rng.beta(1, 20, 5000)
    >>> y = rng.random(5000) < p
    >>> bool(calibration_error(y, p) < 0.005), round(calibration_error(y, np.sqrt(p)), 1)
    (True, 0.1)
    """
    if kind not in KINDS:
        raise BadOption(
            f"The 'kind' parameter of calibration_error must be one of {KINDS}. Got {kind!r} instead."
        )
    classes, (true,) = codes_of(labels, y_true)
    given = np.asarray(proba, dtype=np.float64)
    weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    if given.ndim == 1:
        scores = [BinnedScores(true == code_of(positive, classes, true), given, n_bins)]
    elif kind == "top-label":
        scores = [BinnedScores(given.argmax(axis=1) == true, given.max(axis=1), n_bins)]
    else:
        two = classes.size == 2 or positive is not None
        scores = binned_classes(given, true, code_of(positive, classes, true) if two else None, n_bins)
    return mean_of_known(score.error(weight, debias=debias) for score in scores)


def binned_classes(
    proba: Floats, y_codes: NDArray[np.intp], positive: int | None, n_bins: int | None = None
) -> list[BinnedScores]:
    """Binned probabilities of the positive class, or of each class."""
    codes = range(proba.shape[1]) if positive is None else [positive]
    return [BinnedScores(y_codes == code, proba[:, code], n_bins) for code in codes]
