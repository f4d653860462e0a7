"""Sample weights that are large where targets are sparse: DenseWeight and label distribution smoothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.regression.numbers_to_learn import read_numbers_to_learn
from steelyard.errors import BadOption
from steelyard.kernels.target_density import kernel_density, smoothed_histogram, smoothing_window

__all__ = ["dense_weight", "label_distribution_weight"]

WINDOWS = ("gaussian", "triangular", "laplace")


def dense_weight(
    y: Any, *, alpha: float = 1.0, epsilon: float = 1e-6, bandwidth: float | None = None
) -> NDArray[np.float64]:
    """Weigh each row by how sparse the targets are around its own.

    Parameters
    ----------
    y : array, list or series of shape (n,)
    alpha : float, default=1.0
        How much density counts: 0 gives every row the same weight, 1 the densest target a weight of
        about 0; above 1 more and more of the dense targets get ``epsilon`` only.
    epsilon : float, default=1e-6
        Least weight, before all are divided by their mean.
    bandwidth : float, optional
        Of the Gaussian kernel density; Silverman's rule by default.

    Returns
    -------
    ndarray of shape (n,)
        Mean 1, to be passed as ``sample_weight``.

    Raises
    ------
    BadTarget, BadOption
        The targets or a parameter make no sense.

    Notes
    -----
    The density ``p`` at each target is scaled to ``p'`` in [0, 1] over the targets given, and the weight is
    ``max(1 - alpha * p', epsilon)`` over the mean of these.

    References
    ----------
    Steininger, Kobs, Davidson, Krause and Hotho, Density-based weighting for imbalanced regression,
    Machine Learning 110, 2021.

    Examples
    --------
    >>> weight = dense_weight([1.0, 1.1, 1.2, 1.3, 9.0])
    >>> bool(weight[-1] > 10 * weight[1]), round(float(weight.mean()), 6)
    (True, 1.0)
    """
    values = read_numbers_to_learn(y, "dense_weight").values
    _check(alpha, "alpha", "dense_weight", zero=True)
    _check(epsilon, "epsilon", "dense_weight")
    if bandwidth is not None:
        _check(bandwidth, "bandwidth", "dense_weight")
    density = kernel_density(values, bandwidth)
    span = density.max() - density.min()
    if span == 0:
        return np.ones(values.shape[0])
    weight = np.maximum(1.0 - alpha * (density - density.min()) / span, epsilon)
    return np.asarray(weight / weight.mean())


def label_distribution_weight(
    y: Any,
    *,
    n_bins: int = 100,
    window: str = "gaussian",
    window_size: int = 5,
    sigma: float = 2.0,
    square_root: bool = False,
) -> NDArray[np.float64]:
    """Weigh each row by one over the smoothed number of rows with about its target (LDS).

    Parameters
    ----------
    y : array, list or series of shape (n,)
    n_bins : int, default=100
        Bins of equal width from the smallest target to the largest.
    window : {"gaussian", "triangular", "laplace"}, default="gaussian"
        What the histogram is smoothed with.
    window_size : int, default=5
        Bins of the window; an odd number.
    sigma : float, default=2.0
        Width of a Gaussian or Laplace window, in bins.
    square_root : bool, default=False
        Whether the weight is one over the square root, which is milder.

    Returns
    -------
    ndarray of shape (n,)
        Mean 1, to be passed as ``sample_weight``.

    Raises
    ------
    BadTarget, BadOption
        The targets or a parameter make no sense.

    References
    ----------
    Yang, Zha, Chen, Wang and Katabi, Delving into deep imbalanced regression, ICML 2021, section 3.1.

    Examples
    --------
    >>> weight = label_distribution_weight([1.0, 1.0, 1.0, 9.0])
    >>> weight.round(2).tolist()
    [0.67, 0.67, 0.67, 2.0]
    """
    values = read_numbers_to_learn(y, "label_distribution_weight").values
    for name, number in (("n_bins", n_bins), ("window_size", window_size)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 1:
            raise BadOption(
                f"The {name!r} parameter of label_distribution_weight must be an int in the range [1, inf). "
                f"Got {number!r} instead."
            )
    if window not in WINDOWS or window_size % 2 == 0:
        raise BadOption(
            f"label_distribution_weight needs a window among {list(WINDOWS)} and an odd window_size. "
            f"Got {window!r} and {window_size}."
        )
    _check(sigma, "sigma", "label_distribution_weight")
    bins, effective = smoothed_histogram(values, n_bins, smoothing_window(window, window_size, sigma))
    density = effective[bins]
    weight = 1.0 / (np.sqrt(density) if square_root else density)
    return np.asarray(weight / weight.mean())


def _check(value: Any, name: str, owner: str, *, zero: bool = False) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value)
    if not number or value < 0 or (value == 0 and not zero):
        least = "of at least 0" if zero else "above 0"
        raise BadOption(f"The {name!r} parameter of {owner} must be a number {least}. Got {value!r} instead.")
