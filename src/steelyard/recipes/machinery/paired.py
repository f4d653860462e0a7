"""Interval and tests of paired differences."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import stats

from steelyard.evaluate import corrected_interval

__all__ = ["TIE", "mean_interval", "reaches", "sign_test", "signed_rank_test"]

TIE = 1e-9
"""Share of the larger value below which a difference is rounding of the last digits, not a difference."""
EXACT_PAIRS = 13
"""Up to so many pairs every assignment of signs is gone through, which is exact with ties too."""


def mean_interval(values: Sequence[float]) -> tuple[float, float | None, float | None]:
    """Mean, and the ends of Student's 95 % interval; no ends for a single value.

    Parameters
    ----------
    values : sequence of float
        At least one, all finite, taken as independent.

    Returns
    -------
    mean, low, high

    Examples
    --------
    >>> mean_interval([1.0]), tuple(round(end, 3) for end in mean_interval([1.0, 2.0, 3.0]))
    ((1.0, None, None), (2.0, -0.484, 4.484))
    """
    # Without rows shared between values the correction for them is nought, and the interval Student's.
    estimate = corrected_interval(values, ratio=0.0)
    if len(values) < 2:
        return estimate.mean, None, None
    return estimate.mean, estimate.low, estimate.high


def reaches(difference: float, margin: float, scale: float = 1.0) -> bool:
    """Whether a difference is at or above the margin, rounding of values of size ``scale`` forgiven.

    Examples
    --------
    >>> reaches(0.3 - 0.2, 0.1), reaches(0.0999, 0.1)
    (True, False)
    """
    return difference >= margin - TIE * max(1.0, abs(scale))


def _signed(differences: Sequence[float], margin: float) -> np.ndarray:
    """Differences from the margin without those that equal it, rounded so that ties are ties."""
    away = np.asarray(differences, dtype=np.float64) - margin
    digits = -round(math.log10(TIE))
    return np.round(away[np.abs(away) > TIE], digits)


def signed_rank_test(differences: Sequence[float], margin: float = 0.0) -> float:
    """Two-sided p value of Wilcoxon's signed rank test against ``margin``.

    Differences equal to the margin are left out; where fewer than two are left, the p value is 1.

    Examples
    --------
    >>> signed_rank_test([0.1, 0.2, 0.3, 0.4]), signed_rank_test([0.0])
    (0.125, 1.0)
    """
    away = _signed(differences, margin)
    if away.size < 2:
        return 1.0
    few = away.size <= EXACT_PAIRS
    method = stats.PermutationMethod(n_resamples=2**EXACT_PAIRS) if few else "auto"
    return float(min(1.0, stats.wilcoxon(away, method=method).pvalue))


def sign_test(differences: Sequence[float], margin: float = 0.0) -> float:
    """Two-sided p value of the sign test against ``margin``; differences equal to it are left out.

    Examples
    --------
    >>> sign_test([0.1, 0.2, 0.3, 0.4]), sign_test([0.0])
    (0.125, 1.0)
    """
    away = _signed(differences, margin)
    if away.size == 0:
        return 1.0
    return float(stats.binomtest(int((away > 0).sum()), away.size).pvalue)
