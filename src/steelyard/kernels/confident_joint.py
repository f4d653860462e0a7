"""How often a given label seems to stand for another one: confident learning.

A row is confidently of class j when the model gives j at least the probability it gives, on average,
to rows that are labelled j. Counting rows by given and by confident class makes the confident joint.
The probabilities must come from models that have not seen the row.
Each class sets its own bar, so a rare class whose probabilities are low everywhere is judged by its
own measure.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "UNSURE",
    "calibrated_joint",
    "confident_classes",
    "confident_joint",
    "confident_thresholds",
    "label_issues",
]

UNSURE = -1  # the confident class of a row that reaches no class's threshold

# A class whose rows all have one probability must reach its own mean in spite of rounding.
ROUNDING = 1e-6


def confident_thresholds(codes: NDArray[np.intp], proba: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean probability of its own class, over the rows labelled with it.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Given labels as class codes.
    proba : ndarray of shape (n, k)
        Probabilities from a model that has not seen the row.

    Returns
    -------
    ndarray of shape (k,)
        Infinite for a class without rows: nothing is confidently of it.

    References
    ----------
    Northcutt, Jiang and Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels,
    Journal of Artificial Intelligence Research 70, 2021, equation 2.

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.7, 0.3], [0.4, 0.6]])
    >>> confident_thresholds(np.array([0, 0, 1]), proba).round(2)
    array([0.8, 0.6])
    """
    n_classes = proba.shape[1]
    counts = np.bincount(codes, minlength=n_classes)
    own = np.bincount(codes, weights=proba[np.arange(codes.size), codes], minlength=n_classes)
    return np.where(counts > 0, own / np.maximum(counts, 1), np.inf)


def confident_classes(proba: NDArray[np.float64], thresholds: NDArray[np.float64]) -> NDArray[np.intp]:
    """Class that each row confidently belongs to.

    Parameters
    ----------
    proba : ndarray of shape (n, k)
    thresholds : ndarray of shape (k,)

    Returns
    -------
    ndarray of int, shape (n,)
        The most probable of the classes whose threshold the row reaches, or ``UNSURE``.

    Examples
    --------
    >>> confident_classes(np.array([[0.9, 0.1], [0.55, 0.45], [0.3, 0.7]]), np.array([0.6, 0.5])).tolist()
    [0, -1, 1]
    """
    reached = np.where(proba >= thresholds - ROUNDING, proba, -np.inf)
    best = reached.argmax(axis=1)
    sure = reached[np.arange(proba.shape[0]), best] > -np.inf
    return np.where(sure, best, UNSURE)


def confident_joint(
    codes: NDArray[np.intp], proba: NDArray[np.float64], thresholds: NDArray[np.float64] | None = None
) -> NDArray[np.intp]:
    """Rows by given label (first axis) and confident class (second axis).

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
    proba : ndarray of shape (n, k)
    thresholds : ndarray of shape (k,), optional
        From `confident_thresholds` by default.

    Returns
    -------
    ndarray of int, shape (k, k)
        Rows that are not confidently of any class are not counted.

    References
    ----------
    Northcutt, Jiang and Chuang 2021, equation 1.

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.1, 0.9]])
    >>> confident_joint(np.array([0, 0, 0, 1, 1]), proba)
    array([[2, 1],
           [0, 1]])
    """
    n_classes = proba.shape[1]
    bars = confident_thresholds(codes, proba) if thresholds is None else thresholds
    guessed = confident_classes(proba, bars)
    sure = guessed != UNSURE
    pairs = codes[sure] * n_classes + guessed[sure]
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def calibrated_joint(joint: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Scale a confident joint so that each given label has as many rows as it really has.

    Parameters
    ----------
    joint : ndarray of shape (k, k)
        From `confident_joint`.
    counts : ndarray of shape (k,)
        Rows with each given label.

    Returns
    -------
    ndarray of shape (k, k)
        Estimated rows with given label i whose right label is j; row i sums to ``counts[i]``.
        A class without a confident row of its own is given one, so that it is never called all wrong.

    References
    ----------
    Northcutt, Jiang and Chuang 2021, equation 3.

    Examples
    --------
    >>> calibrated_joint(np.array([[2, 1], [0, 1]]), np.array([6, 2]))
    array([[4., 2.],
           [0., 2.]])
    """
    kept = joint.astype(np.float64)
    np.fill_diagonal(kept, np.maximum(np.diagonal(kept), 1.0))
    return np.asarray(kept / kept.sum(axis=1, keepdims=True) * np.asarray(counts)[:, None])


def label_issues(
    codes: NDArray[np.intp], proba: NDArray[np.float64], thresholds: NDArray[np.float64] | None = None
) -> NDArray[np.bool_]:
    """Rows whose label the model confidently contradicts.

    They are the rows off the diagonal of the confident joint whose given class is not the most
    probable one.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
    proba : ndarray of shape (n, k)
    thresholds : ndarray of shape (k,), optional

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> proba = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.1, 0.9]])
    >>> label_issues(np.array([0, 0, 0, 1, 1]), proba).tolist()
    [False, False, True, False, False]
    """
    bars = confident_thresholds(codes, proba) if thresholds is None else thresholds
    guessed = confident_classes(proba, bars)
    given = proba[np.arange(codes.size), codes]
    return np.asarray((guessed != UNSURE) & (guessed != codes) & (given < proba.max(axis=1)))
