"""What the metrics of overlap share: labels of any shape as one confusion matrix, and the class mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption
from steelyard.metrics.confusion import confusion
from steelyard.metrics.labels import codes_of

__all__ = ["MACRO", "known_ratio", "overlap_score", "pixel_confusion"]

Floats = NDArray[np.float64]

MACRO = "macro"


def pixel_confusion(
    y_true: ArrayLike, y_pred: ArrayLike, *, labels: ArrayLike | None = None, ignore: Any = None
) -> tuple[NDArray[Any], Floats]:
    """Count pixels by true and predicted class.

    With the same ``labels`` each time, matrices of parts can be added up: a data set of images that do not
    fit in memory needs one pass and k x k numbers.

    Parameters
    ----------
    y_true, y_pred : array of labels, of one shape
        Of pixels, or of anything else.
    labels : array of shape (k,), optional
        All classes; those that occur by default.
    ignore : label, optional
        Pixels whose true label it is are left out.

    Returns
    -------
    classes : ndarray of shape (k,)
        Sorted.
    matrix : ndarray of shape (k, k)
        Rows are true classes, columns predicted ones.

    Raises
    ------
    BadOption
        Arrays of unequal shape, or a label that is not among ``labels``.

    Examples
    --------
    >>> from steelyard.metrics import dice_of
    >>> parts = [([[0, 1], [1, 1]], [[0, 1], [0, 1]]), ([[0, 0], [9, 9]], [[0, 1], [1, 1]])]
    >>> total = sum(pixel_confusion(*part, labels=[0, 1], ignore=9)[1] for part in parts)
    >>> total
    array([[2., 1.],
           [1., 2.]])
    >>> dice_of(total).round(3)
    array([0.667, 0.667])
    """
    true, decided = np.asarray(y_true), np.asarray(y_pred)
    if true.shape != decided.shape:
        raise BadOption(
            f"Expected true and predicted labels of one shape, got {true.shape} and {decided.shape}."
        )
    if ignore is None:
        true, decided = true.reshape(-1), decided.reshape(-1)
    else:
        counted = true != ignore
        true, decided = true[counted], decided[counted]
    classes, (rows, columns) = codes_of(labels, true, decided)
    return classes, confusion(rows, columns, classes.size)


def known_ratio(part: Floats, whole: Floats) -> Floats:
    """Part over whole of each class, NaN where the whole is nothing."""
    out: Floats = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out


def overlap_score(
    of_matrix: Callable[[Floats], Floats],
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None,
    ignore: Any,
    average: Any,
) -> Any:
    """Mean over classes, the value of each, or that of one class, of a metric of overlap.

    A class that is neither true nor predicted anywhere has no value and is left out of the mean. The ignored
    label is no class: where it is predicted for another one, that one is missed.
    """
    if ignore is not None and labels is not None:
        labels = np.append(np.asarray(labels), ignore)  # which may have been predicted
    classes, matrix = pixel_confusion(y_true, y_pred, labels=labels, ignore=ignore)
    values = of_matrix(matrix)
    if ignore is not None:
        classes, values = classes[classes != ignore], values[classes != ignore]
    if average is None:
        return values
    if isinstance(average, str) and average == MACRO:
        known = values[~np.isnan(values)]
        return float(known.mean()) if known.size else float("nan")
    if ignore is not None and average == ignore:
        raise BadOption(f"The class to score, {average!r}, is the one to ignore.")
    mistyped = isinstance(average, str) and classes.dtype.kind not in "UO"
    if mistyped or (labels is not None and not np.any(classes == average)):
        raise BadOption(
            f"average must be 'macro', None or a label among {classes.tolist()}. Got {average!r} instead."
        )
    found = values[classes == average]
    return float(found[0]) if found.size else float("nan")
