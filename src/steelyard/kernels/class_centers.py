"""Means of classes, which of them is nearest to a row, and the directions in which rows vary the most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["class_centers", "nearest_other_class", "principal_directions"]


def class_centers(X: NDArray[np.float64], codes: NDArray[np.intp], n_classes: int) -> NDArray[np.float64]:
    """Mean of each class; NaN for one without rows.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    codes : ndarray of int, shape (n,)
    n_classes : int

    Returns
    -------
    ndarray of shape (n_classes, d)

    Examples
    --------
    >>> class_centers(np.array([[0.0], [2.0], [5.0]]), np.array([0, 0, 1]), 2).tolist()
    [[1.0], [5.0]]
    """
    centers = np.full((n_classes, X.shape[1]), np.nan)
    for code in np.unique(codes).tolist():
        centers[code] = X[codes == code].mean(axis=0)
    return centers


def nearest_other_class(
    X: NDArray[np.float64], codes: NDArray[np.intp], centers: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Class whose mean is nearest to each row, its own left out, the first among equally near ones.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    codes : ndarray of int, shape (n,)
    centers : ndarray of shape (k, d)

    Returns
    -------
    ndarray of int, shape (n,)

    Examples
    --------
    >>> centers = np.array([[0.0], [4.0], [10.0]])
    >>> nearest_other_class(np.array([[0.0], [9.0]]), np.array([0, 0]), centers).tolist()
    [1, 2]
    """
    squared = np.stack([((X - center) ** 2).sum(axis=1) for center in centers], axis=1)
    squared[np.isnan(squared)] = np.inf
    squared[np.arange(codes.size), codes] = np.inf
    return np.asarray(squared.argmin(axis=1))


def principal_directions(centred: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """First right singular vectors of centred rows, by the smaller of their two Gram matrices.

    Parameters
    ----------
    centred : ndarray of shape (m, d)
    n : int
        At most min(m, d) are given.

    Returns
    -------
    ndarray of shape (d, n)
        Unit columns, most variance first. The largest entry of each is positive, so that the sign does not
        depend on the solver. A direction without variance is zero.

    Examples
    --------
    >>> principal_directions(np.array([[-2.0, 0.0], [2.0, 0.0]]), 1).tolist()
    [[1.0], [0.0]]
    """
    m, d = centred.shape
    wanted = min(n, m, d)
    wide = d > m
    values, vectors = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    vectors, values = vectors[:, ::-1][:, :wanted], values[::-1][:wanted]
    if wide:
        vectors = centred.T @ vectors
    lengths = np.linalg.norm(vectors, axis=0)
    empty = values <= max(m, d) * np.finfo(np.float64).eps * max(float(values[0]), 0.0)
    vectors = np.where(empty, 0.0, vectors / np.where(empty | (lengths == 0), 1.0, lengths))
    largest = vectors[np.abs(vectors).argmax(axis=0), np.arange(wanted)]
    return np.asarray(vectors * np.where(largest < 0, -1.0, 1.0))
