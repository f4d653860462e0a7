"""How strongly two sets of codes depend on each other, with chance taken out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

__all__ = ["association"]


def association(first: NDArray[np.intp], second: NDArray[np.intp]) -> tuple[float, float]:
    """Bias-corrected Cramér's V and the p-value of the chi-squared test.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,)
        Codes from 0.

    Returns
    -------
    v : float
        0 when independent, 1 when one decides the other; 0 where either is constant.
    p : float

    References
    ----------
    Bergsma, A bias-correction for Cramér's V and Tschuprow's T, Journal of the Korean Statistical
    Society 42(3), 2013.

    Examples
    --------
    >>> association(np.array([0, 0, 1, 1] * 25), np.array([0, 0, 1, 1] * 25))[0]
    1.0
    """
    n = first.size
    if n < 2:
        return 0.0, 1.0
    width = int(second.max()) + 1
    table = np.bincount(first * width + second, minlength=(int(first.max()) + 1) * width)
    observed = table.reshape(-1, width).astype(np.float64)
    observed = observed[observed.sum(axis=1) > 0][:, observed.sum(axis=0) > 0]
    r, k = observed.shape
    if min(r, k) < 2:
        return 0.0, 1.0
    expected = observed.sum(axis=1, keepdims=True) * observed.sum(axis=0) / n
    statistic = float((np.square(observed - expected) / expected).sum())
    freedom = (r - 1) * (k - 1)
    phi2 = max(0.0, statistic / n - freedom / (n - 1))
    r_corrected, k_corrected = r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)
    v = np.sqrt(phi2 / max(min(r_corrected, k_corrected) - 1, np.finfo(np.float64).tiny))
    return float(min(v, 1.0)), float(chi2.sf(statistic, freedom))
