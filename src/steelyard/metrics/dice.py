"""Dice: how much true and predicted areas overlap, in the harmonic mean of their sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.metrics.overlap import MACRO, known_ratio, overlap_score

__all__ = ["dice_of", "dice_score"]


def dice_of(matrix: ArrayLike) -> NDArray[np.float64]:
    """Dice of each class from a confusion matrix, shape (k,); NaN for one neither true nor predicted.

    Examples
    --------
    >>> dice_of([[3, 1, 0], [0, 2, 0], [0, 0, 0]]).round(3)
    array([0.857, 0.8  ,   nan])
    """
    counts = np.asarray(matrix, dtype=np.float64)
    return known_ratio(2.0 * np.diagonal(counts), counts.sum(axis=0) + counts.sum(axis=1))


def dice_score(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    ignore: Any = None,
    average: Any = MACRO,
) -> Any:
    """Twice the pixels found of a class, over its true and predicted pixels together.

    Parameters
    ----------
    y_true, y_pred : array of labels, of one shape
        Label maps of an image or of many, ``(h, w)`` or ``(n, h, w)``, or any other labels.
    labels : array of shape (k,), optional
        All classes; those that occur by default.
    ignore : label, optional
        Pixels whose true label it is are left out, and it is no class.
    average : "macro", None or a label, default="macro"
        "macro" is the mean over classes, None gives the value of each, in sorted order; a label, that of
        this class alone, as is usual where one class is the thing and the other the background.

    Returns
    -------
    float, or ndarray of shape (k,)
        In [0, 1]. A class that is neither true nor predicted anywhere is NaN, and left out of the mean;
        where nothing is left the mean is NaN.

    Raises
    ------
    BadOption
        Arrays of unequal shape, or a label that is not there.

    Notes
    -----
    All pixels count together, so that large objects weigh most and an image without the class does not
    matter. For the mean over images, score each and leave out the NaN. Of one class it is its F1. For
    images that do not fit in memory add up matrices of `pixel_confusion` and use `dice_of`.

    References
    ----------
    Dice, Measures of the amount of ecologic association between species, Ecology 26(3), 1945.

    Examples
    --------
    >>> true, found = [[0, 0, 1], [0, 1, 1]], [[0, 0, 1], [1, 1, 0]]
    >>> round(dice_score(true, found, average=1), 4)
    0.6667
    """
    return overlap_score(dice_of, y_true, y_pred, labels=labels, ignore=ignore, average=average)
