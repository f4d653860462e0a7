"""Three regions of a table: the core of each class, where classes overlap, and rows that look misplaced.

The region of a row follows from conditional probabilities that leave the row out (see
`steelyard.kernels.informativeness`), so a check and a cleaner that look at the same table agree.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["CORE", "NOISE", "OVERLAP", "REGION_NAMES", "overlap_ratios", "region_shares", "regions"]

CORE: Final = 0
OVERLAP: Final = 1
NOISE: Final = 2
REGION_NAMES: Final = ("core", "overlap", "noise")


def regions(
    proba: NDArray[np.float64],
    codes: NDArray[np.integer[Any]],
    *,
    core: float = 0.7,
    noise: float = 0.1,
    rival: float = 0.5,
) -> NDArray[np.int8]:
    """Region of each row: 0 core, 1 overlap, 2 noise.

    Parameters
    ----------
    proba : ndarray of shape (n, K)
        Conditional probabilities of the classes that leave the row out.
    codes : ndarray of int, shape (n,)
        Class of each row.
    core : float
        The row's own class has at least this probability in the core.
    noise, rival : float
        A row is noise if its own class has at most ``noise`` and another one at least ``rival``. With
        ten classes a probability of 0.1 is what chance gives, and no reason to doubt a label; a
        ``rival`` of 0 leaves that second condition out.

    Returns
    -------
    ndarray of int8, shape (n,)
        Positions in ``REGION_NAMES``. A row whose probabilities are NaN is in the overlap.

    Examples
    --------
    >>> proba = np.array([[0.8, 0.2, 0.0], [0.4, 0.3, 0.3], [0.1, 0.9, 0.0], [0.1, 0.45, 0.45]])
    >>> regions(proba, np.zeros(4, dtype=int)).tolist()
    [0, 1, 2, 1]
    """
    rows = np.arange(codes.shape[0])
    own = proba[rows, codes]
    others = proba.copy()
    others[rows, codes] = -np.inf
    contradicted = (own <= noise) & (others.max(axis=1) >= rival)
    return np.select([own >= core, contradicted], [CORE, NOISE], default=OVERLAP).astype(np.int8)


def region_shares(
    found: NDArray[np.int8], codes: NDArray[np.integer[Any]], n_classes: int
) -> NDArray[np.float64]:
    """Share of each class's rows in each region.

    Parameters
    ----------
    found : ndarray of int8, shape (n,)
        From `regions`.
    codes : ndarray of int, shape (n,)
    n_classes : int

    Returns
    -------
    ndarray of shape (K, 3)
        Columns as ``REGION_NAMES``; zeros for a class without rows.

    Examples
    --------
    >>> region_shares(np.array([0, 0, 1, 2], dtype=np.int8), np.array([0, 0, 0, 1]), 2).round(2).tolist()
    [[0.67, 0.33, 0.0], [0.0, 0.0, 1.0]]
    """
    n_regions = len(REGION_NAMES)
    cells = np.bincount(codes * n_regions + found, minlength=n_classes * n_regions)
    table = cells.reshape(n_classes, n_regions)
    return np.asarray(table / np.maximum(table.sum(axis=1, keepdims=True), 1))


def overlap_ratios(
    found: NDArray[np.int8], codes: NDArray[np.integer[Any]], n_classes: int
) -> tuple[float, NDArray[np.float64]]:
    """Share of rows in the overlap: of all rows, and of each class.

    Measured on the very table that was resampled, the ratio says little: synthetic rows vouch for one
    another, and for their parents. Ask held-out rows (`steelyard.kernels.synthetic_validity`).

    Parameters
    ----------
    found, codes, n_classes
        As for `region_shares`.

    Returns
    -------
    overall : float
    per_class : ndarray of shape (K,)

    Examples
    --------
    >>> overlap_ratios(np.array([0, 1, 1, 2], dtype=np.int8), np.array([0, 0, 1, 1]), 2)
    (0.5, array([0.5, 0.5]))
    """
    return float((found == OVERLAP).mean()), region_shares(found, codes, n_classes)[:, OVERLAP]
