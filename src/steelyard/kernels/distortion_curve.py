"""The k-means error of a table as a curve over the number of clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption
from steelyard.kernels.kmeans import POINTS_PER_CENTER, kmeans, nearest_centers

__all__ = ["distortion_curve", "filled_curve", "geometric_grid"]

Floats = NDArray[np.floating[Any]]

ROUNDS = 6  # a curve needs no better centres than these give
LEAST_SHARE = 1e-6  # of the error of one centre, below which a curve does not fall


def geometric_grid(most: int, n_points: int) -> NDArray[np.intp]:
    """Whole numbers from 1 to ``most`` whose neighbours have about the same ratio.

    Examples
    --------
    >>> geometric_grid(100, 5).tolist()
    [1, 3, 10, 32, 100]
    """
    return np.unique(np.rint(np.geomspace(1, most, n_points)).astype(np.intp))


def distortion_curve(
    X: Any,
    ks: Sequence[int] | NDArray[np.intp],
    rng: np.random.Generator,
    *,
    weight: Floats | None = None,
    points_per_center: int = POINTS_PER_CENTER,
    rounds: int = ROUNDS,
    n_jobs: int | None = None,
) -> NDArray[np.float64]:
    """Measure the k-means error of a table for a rising series of numbers of clusters.

    Parameters
    ----------
    X : array or CSR matrix of shape (n, p)
    ks : increasing whole numbers up to n
    rng : Generator
    weight : ndarray of shape (n,), optional
    points_per_center : int
        Centres are found on so many rows each, drawn by lot; the error is over all rows.
    rounds : int
        Lloyd's rounds at each number.
    n_jobs : int, optional

    Returns
    -------
    ndarray of shape (len(ks),)
        Weighted sum of squared distances to the nearest centre, never rising.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [8.0], [9.0]])
    >>> distortion_curve(X, [1, 2, 4], np.random.default_rng(0)).tolist()
    [65.0, 1.0, 0.0]
    """
    if ks[-1] > X.shape[0]:
        raise BadOption(f"ks must not exceed the number of rows, {X.shape[0]}. Got {ks[-1]} instead.")
    errors = []
    for k in ks:
        centers = kmeans(
            X,
            int(k),
            rng,
            weight=weight,
            points_per_center=points_per_center,
            rounds=rounds,
            n_jobs=n_jobs,
        )
        _, squared = nearest_centers(X, centers, n_jobs=n_jobs)
        errors.append(float(squared.sum() if weight is None else squared @ weight))
    return np.minimum.accumulate(np.array(errors))


def filled_curve(ks: Any, distortions: Any, most: int) -> NDArray[np.float64]:
    """Errors of every number of clusters from 1 to ``most``, between those measured straight in logarithms.

    Parameters
    ----------
    ks : increasing whole numbers that start at 1
    distortions : array of the same length, never rising
    most : int
        At most the last of ``ks``.

    Returns
    -------
    ndarray of shape (most,)
        Never below a millionth of the error of one centre, where logarithms would lose their meaning;
        zeros where that error is 0.

    Examples
    --------
    >>> filled_curve([1, 4], [16.0, 1.0], 4).round(3).tolist()
    [16.0, 4.0, 1.778, 1.0]
    """
    errors = np.asarray(distortions, dtype=np.float64)
    if errors[0] <= 0:
        return np.zeros(most)
    errors = np.maximum(errors, LEAST_SHARE * errors[0])
    wanted = np.log(np.arange(1, most + 1))
    return np.asarray(np.exp(np.interp(wanted, np.log(np.asarray(ks)), np.log(errors))))
