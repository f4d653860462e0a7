"""The confusion matrix, and everything that can be read off it.

Rows are true classes, columns decided ones. A class without a true row (or without weight) is left
out of every mean over classes; where nothing is left the value is NaN.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "accuracy_of",
    "balanced_accuracy_of",
    "confusion",
    "confusion_counter",
    "cost_of",
    "g_mean_of",
    "macro_f1_of",
    "mcc_of",
    "recalls_of",
]

Floats = NDArray[np.float64]


def confusion(
    y_codes: NDArray[np.intp], decided: NDArray[np.intp], n_classes: int, weight: Floats | None = None
) -> Floats:
    """Count rows (or weight) by true and decided class.

    Examples
    --------
    >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[1., 1.],
           [0., 1.]])
    """
    return confusion_counter(y_codes, decided, n_classes)(weight)


def confusion_counter(
    y_codes: NDArray[np.intp], decided: NDArray[np.intp], n_classes: int
) -> Callable[[Floats | None], Floats]:
    """Find each row's cell once; return the function from weights to the confusion matrix."""
    cells = np.asarray(y_codes, dtype=np.intp) * n_classes + np.asarray(decided, dtype=np.intp)

    def count(weight: Floats | None) -> Floats:
        counts = np.bincount(cells, weights=weight, minlength=n_classes * n_classes)
        return counts.astype(np.float64).reshape(n_classes, n_classes)

    return count


def _share(part: Floats, whole: Floats) -> Floats:
    """``part / whole``, NaN where there is no whole."""
    out = np.full(np.broadcast(part, whole).shape, np.nan)
    return np.divide(part, whole, out=out, where=whole > 0)


def recalls_of(matrix: Floats) -> Floats:
    """Share of each class's rows that were decided right, shape (k,); NaN for an absent class."""
    return _share(np.diagonal(matrix), matrix.sum(axis=1))


def _present(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def accuracy_of(matrix: Floats) -> float:
    """Share of rows decided right."""
    return float(_share(np.trace(matrix), matrix.sum()))


def balanced_accuracy_of(matrix: Floats) -> float:
    """Mean recall."""
    recalls = _present(recalls_of(matrix))
    return float(recalls.mean()) if recalls.size else float("nan")


def g_mean_of(matrix: Floats) -> float:
    """Geometric mean of the recalls; 0 as soon as one class is never found."""
    recalls = _present(recalls_of(matrix))
    if recalls.size == 0:
        return float("nan")
    return float(np.prod(recalls ** (1.0 / recalls.size)))


def macro_f1_of(matrix: Floats) -> float:
    """Mean F1 over the classes that are true or decided somewhere."""
    seen = matrix.sum(axis=0) + matrix.sum(axis=1)
    f1 = _present(_share(2.0 * np.diagonal(matrix), seen))
    return float(f1.mean()) if f1.size else float("nan")


def mcc_of(matrix: Floats) -> float:
    """Correlation of true and decided class; 0 when either does not vary."""
    true, decided, total = matrix.sum(axis=1), matrix.sum(axis=0), matrix.sum()
    if total == 0:
        return float("nan")
    true, decided, right = true / total, decided / total, np.trace(matrix) / total
    spread = (1.0 - true @ true) * (1.0 - decided @ decided)
    return float((right - true @ decided) / np.sqrt(spread)) if spread > 0 else 0.0


def cost_of(matrix: Floats, cost: Floats) -> float:
    """Mean cost a row, ``cost[true, decided]``."""
    k = matrix.shape[0]
    return float(_share((matrix * cost[:k, :k]).sum(), matrix.sum()))
