"""How unevenly the labels of a multi-label table occur, and how frequent and rare ones mix in its rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = [
    "cvir",
    "irlbl",
    "irlbl_of_counts",
    "label_counts",
    "mean_ir",
    "mean_known",
    "scumble",
    "scumble_rows",
]


def label_counts(Y: Any) -> NDArray[np.intp]:
    """Rows that carry each label.

    Parameters
    ----------
    Y : array, frame or sparse matrix of shape (n, L)
        1 where a row carries a label, 0 elsewhere.

    Returns
    -------
    ndarray of int, shape (L,)
    """
    return np.asarray(_matrix(Y).sum(axis=0), dtype=np.intp).ravel()


def irlbl(Y: Any) -> NDArray[np.float64]:
    """Imbalance ratio of each label: rows of the most frequent label for each row of this one.

    Parameters
    ----------
    Y : array, frame or sparse matrix of shape (n, L)

    Returns
    -------
    ndarray of shape (L,)
        1 for the most frequent label, NaN for one that no row carries.

    References
    ----------
    Charte, Rivera, del Jesus and Herrera, Addressing imbalance in multilabel classification: measures
    and random resampling algorithms, Neurocomputing 163, 2015.

    Examples
    --------
    >>> irlbl([[1, 0], [1, 0], [1, 1], [1, 0]])
    array([1., 4.])
    """
    return irlbl_of_counts(label_counts(Y))


def irlbl_of_counts(counts: NDArray[np.intp]) -> NDArray[np.float64]:
    """`irlbl` from the rows per label."""
    ratio = np.full(counts.shape[0], np.nan)
    present = counts > 0
    ratio[present] = counts.max(initial=0) / counts[present]
    return ratio


def mean_ir(Y: Any) -> float:
    """Mean of `irlbl` over the labels that occur; a label above it counts as a minority label.

    Parameters
    ----------
    Y : array, frame or sparse matrix of shape (n, L)

    Returns
    -------
    float
        NaN when no row carries a label.

    References
    ----------
    Charte et al., Neurocomputing 163, 2015.

    Examples
    --------
    >>> mean_ir([[1, 0], [1, 0], [1, 1], [1, 0]])
    2.5
    """
    return mean_known(irlbl(Y))


def mean_known(ratio: NDArray[np.float64]) -> float:
    """Mean over the labels that occur, NaN when none does."""
    known = ratio[~np.isnan(ratio)]
    return float(known.mean()) if known.size else float("nan")


def cvir(Y: Any) -> float:
    """Coefficient of variation of `irlbl`: its standard deviation (n - 1) over `mean_ir`.

    Parameters
    ----------
    Y : array, frame or sparse matrix of shape (n, L)

    Returns
    -------
    float
        0 when all labels are equally frequent, NaN with fewer than two labels that occur.

    References
    ----------
    Charte et al., Neurocomputing 163, 2015.

    Examples
    --------
    >>> round(cvir([[1, 0], [1, 0], [1, 1], [1, 0]]), 3)
    0.849
    """
    ratio = irlbl(Y)
    known = ratio[~np.isnan(ratio)]
    return float(known.std(ddof=1) / known.mean()) if known.size > 1 else float("nan")


def scumble_rows(Y: Any) -> NDArray[np.float64]:
    """How far frequent and rare labels occur together in each row.

    One minus the ratio of the geometric to the arithmetic mean of the `irlbl` of the row's labels.

    Parameters
    ----------
    Y : array, frame or sparse matrix of shape (n, L)

    Returns
    -------
    ndarray of shape (n,)
        In [0, 1); 0 for a row with one label or none.

    References
    ----------
    Charte, Rivera, del Jesus and Herrera, Dealing with difficult minority labels in imbalanced
    multilabel data sets, Neurocomputing 326-327, 2019.

    Examples
    --------
    >>> scumble_rows([[1, 0], [1, 0], [1, 1], [1, 0]])
    array([0. , 0. , 0.2, 0. ])
    """
    carried = _matrix(Y)
    # A label that no row carries adds nothing to any sum.
    ratio = np.nan_to_num(irlbl_of_counts(label_counts(carried)), nan=1.0)
    n_labels = np.maximum(np.asarray(carried.sum(axis=1), dtype=np.float64).ravel(), 1.0)
    total = np.asarray(carried @ ratio, dtype=np.float64).ravel()
    logs = np.asarray(carried @ np.log(ratio), dtype=np.float64).ravel()
    arithmetic = np.where(total > 0, total / n_labels, 1.0)
    # Rounding may put the geometric mean of equal ratios a hair above the arithmetic one.
    return np.maximum(1.0 - np.exp(logs / n_labels) / arithmetic, 0.0)


def scumble(Y: Any) -> float:
    """Mean of `scumble_rows`: near 0 when rare labels stand alone, so that their rows can be copied.

    Parameters
    ----------
    Y : array, frame or sparse matrix of shape (n, L)

    Returns
    -------
    float

    References
    ----------
    Charte et al., Neurocomputing 326-327, 2019.

    Examples
    --------
    >>> round(scumble([[1, 0], [1, 0], [1, 1], [1, 0]]), 3)
    0.05
    """
    return float(scumble_rows(Y).mean())


def _matrix(Y: Any) -> Any:
    if sparse.issparse(Y):
        return Y.tocsr().astype(np.float64)
    return np.asarray(Y, dtype=np.float64)
