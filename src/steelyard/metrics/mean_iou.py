"""Intersection over union of true and predicted areas."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.metrics.overlap import MACRO, known_ratio, overlap_score

__all__ = ["iou_of", "mean_iou"]


def iou_of(matrix: ArrayLike) -> NDArray[np.float64]:
    """IoU of each class from a confusion matrix, shape (k,); NaN for one neither true nor predicted.

    Examples
    --------
    >>> iou_of([[3, 1, 0], [0, 2, 0], [0, 0, 0]]).round(3)
    array([0.75 , 0.667,   nan])
    """
    counts = np.asarray(matrix, dtype=np.float64)
    found = np.diagonal(counts)
    return known_ratio(found, counts.sum(axis=0) + counts.sum(axis=1) - found)


def mean_iou(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    ignore: Any = None,
    average: Any = MACRO,
) -> Any:
    """Pixels found of a class over those that are of it or predicted to be; the mean over classes.

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
        this class alone.

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
    All pixels count together. Of one class it is ``d / (2 - d)`` for Dice d: both rank models alike there,
    but IoU is the harder number, and means over classes may rank them differently. For images that do not
    fit in memory add up matrices of `pixel_confusion` and use `iou_of`.

    References
    ----------
    Jaccard, The distribution of the flora in the alpine zone, New Phytologist 11(2), 1912.

    Everingham et al., The Pascal visual object classes (VOC) challenge, IJCV 88, 2010.

    Examples
    --------
    >>> true, found = [[0, 0, 1], [0, 1, 1]], [[0, 0, 1], [1, 1, 0]]
    >>> mean_iou(true, found)
    0.5
    """
    return overlap_score(iou_of, y_true, y_pred, labels=labels, ignore=ignore, average=average)
