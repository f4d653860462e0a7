"""How densely the values of a continuous target lie, and weights for the sparse ones."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import convolve1d
from scipy.signal import fftconvolve

__all__ = ["kernel_density", "silverman_bandwidth", "smoothed_histogram", "smoothing_window"]

Window = Literal["gaussian", "triangular", "laplace"]

STEPS = 20  # grid points a bandwidth
LEAST_POINTS, MOST_POINTS = 4096, 2**20
REACH = 5.0  # bandwidths beyond which a Gaussian adds nothing that is seen
QUARTILES_OF_NORMAL = 1.3489795003921634  # distance between the quartiles of the standard normal


def silverman_bandwidth(y: NDArray[np.float64]) -> float:
    """Silverman's rule on the smaller of standard deviation and quartile distance; 0 for equal values.

    References
    ----------
    Silverman, Density estimation for statistics and data analysis, 1986, section 3.4.2.

    Examples
    --------
    >>> round(silverman_bandwidth(np.arange(100.0)), 2)
    12.23
    """
    if y.shape[0] < 2:
        return 0.0
    deviation = float(np.std(y, ddof=1))
    first, third = np.quantile(y, [0.25, 0.75])
    quartiles = float(third - first) / QUARTILES_OF_NORMAL
    spread = min(deviation, quartiles) if quartiles > 0 else deviation
    return float(spread * (0.75 * y.shape[0]) ** -0.2)


def kernel_density(
    y: ArrayLike, bandwidth: float | None = None, weight: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Gaussian kernel density of the values at the values themselves, in time linear in their number.

    The values are put on a fine grid, each shared between its two neighbouring points, the grid is
    convolved with the kernel, and the density is read off by linear interpolation.

    Parameters
    ----------
    y : array of shape (n,)
    bandwidth : float, optional
        `silverman_bandwidth` by default.
    weight : array of shape (n,), optional

    Returns
    -------
    ndarray of shape (n,)
        All 1 when the values are all equal.

    Examples
    --------
    >>> kernel_density([0.0, 0.0, 0.0, 10.0], bandwidth=1.0).round(3)
    array([0.299, 0.299, 0.299, 0.1  ])
    """
    values = np.asarray(y, dtype=np.float64)
    share = np.ones(values.shape[0]) if weight is None else np.asarray(weight, dtype=np.float64)
    width = silverman_bandwidth(values) if bandwidth is None else bandwidth
    low, high = float(values.min()), float(values.max())
    if width <= 0 or low == high:
        return np.ones(values.shape[0])
    points = int(np.clip(np.ceil((high - low) / width * STEPS), LEAST_POINTS, MOST_POINTS))
    step = (high - low) / (points - 1)
    position = (values - low) / step
    left = np.minimum(position.astype(np.intp), points - 2)
    right_share = position - left
    mass = np.bincount(left, share * (1 - right_share), points) + np.bincount(
        left + 1, share * right_share, points
    )
    half = int(np.ceil(REACH * width / step))
    offsets = np.arange(-half, half + 1) * step / width
    kernel = np.exp(-0.5 * offsets**2) / (np.sqrt(2 * np.pi) * width * share.sum())
    # A product of transforms may leave a rounding below zero where nothing lies.
    density = np.maximum(fftconvolve(mass, kernel, mode="full")[half : half + points], 0.0)
    return np.asarray(np.interp(values, low + np.arange(points) * step, density))


def smoothing_window(kind: Window, size: int, sigma: float) -> NDArray[np.float64]:
    """A symmetric window of odd ``size`` whose largest value, in the middle, is 1.

    Examples
    --------
    >>> smoothing_window("triangular", 5, 1.0)
    array([0.33333333, 0.66666667, 1.        , 0.66666667, 0.33333333])
    """
    half = (size - 1) // 2
    offset = np.abs(np.arange(-half, half + 1))
    if kind == "triangular":
        return np.asarray(1 - offset / (half + 1))
    if kind == "laplace":
        return np.asarray(np.exp(-offset / sigma))
    return np.asarray(np.exp(-0.5 * (offset / sigma) ** 2))


def smoothed_histogram(
    y: ArrayLike, n_bins: int, window: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Bin of each value, and the rows of each bin after a window was run over the bins.

    Parameters
    ----------
    y : array of shape (n,)
    n_bins : int
        Bins of equal width from the smallest to the largest value.
    window : ndarray of odd length

    Returns
    -------
    bins : ndarray of int, shape (n,)
    effective : ndarray of shape (n_bins,)

    Examples
    --------
    >>> bins, effective = smoothed_histogram([0.0, 0.0, 3.0], 4, np.array([0.5, 1.0, 0.5]))
    >>> bins.tolist(), effective.tolist()
    ([0, 0, 3], [2.0, 1.0, 0.5, 1.0])
    """
    values = np.asarray(y, dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    if low == high:
        bins = np.zeros(values.shape[0], dtype=np.intp)
    else:
        bins = np.minimum(((values - low) / (high - low) * n_bins).astype(np.intp), n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins).astype(np.float64)
    return bins, np.asarray(convolve1d(counts, window, mode="constant"))
