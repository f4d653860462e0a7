"""Geometric mean of the recalls."""

from __future__ import annotations

from numpy.typing import ArrayLike

from steelyard.metrics.confusion import confusion, g_mean_of
from steelyard.metrics.labels import codes_of

__all__ = ["g_mean"]


def g_mean(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Geometric mean of the recall of every class.

    Parameters
    ----------
    y_true, y_pred : array of shape (n,)
        True and predicted labels.
    labels : array of shape (k,), optional
        All classes; those that occur by default.
    sample_weight : array of shape (n,), optional

    Returns
    -------
    float
        In [0, 1]. A class that is never found makes it 0: nothing is added to soften that. A class
        without a true row is left out of the mean; NaN when no row is left.

    References
    ----------
    Kubat and Matwin, Addressing the curse of imbalanced training sets, ICML 1997.

    Examples
    --------
    >>> g_mean(["a", "a", "a", "a", "b", "b"], ["a", "a", "a", "b", "b", "b"])
    0.866...
    >>> g_mean([0, 0, 0, 1], [0, 0, 0, 0])
    0.0
    """
    classes, (true, decided) = codes_of(labels, y_true, y_pred)
    return g_mean_of(confusion(true, decided, classes.size, sample_weight))
