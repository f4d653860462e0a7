"""What decisions cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from steelyard.errors import BadOption
from steelyard.metrics.confusion import confusion, cost_of
from steelyard.metrics.labels import codes_of

__all__ = ["check_cost", "expected_cost"]


def check_cost(cost: ArrayLike, n_classes: int) -> NDArray[np.float64]:
    """Return a cost matrix as floats, or say what is wrong with it.

    Raises
    ------
    BadOption
        Not square, of another size, or not finite.
    """
    matrix = np.asarray(cost, dtype=np.float64)
    if matrix.shape != (n_classes, n_classes):
        raise BadOption(
            f"The cost matrix must have one row (true) and one column (decided) a class, {n_classes} x "
            f"{n_classes}. Got shape {matrix.shape} instead."
        )
    if not np.isfinite(matrix).all():
        raise BadOption("Every cost must be a finite number. Replace NaN and infinite costs.")
    return matrix


def expected_cost(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    cost: ArrayLike,
    *,
    labels: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    """Mean cost of a decision.

    Parameters
    ----------
    y_true, y_pred : array of shape (n,)
        True and predicted labels.
    cost : array of shape (k, k)
        ``cost[true, predicted]``, classes in sorted order; usually 0 on the diagonal.
    labels : array of shape (k,), optional
        All classes; those that occur by default.
    sample_weight : array of shape (n,), optional

    Returns
    -------
    float
        In the unit of ``cost``, per row; NaN without rows.

    References
    ----------
    Elkan, The foundations of cost-sensitive learning, IJCAI 2001.

    Examples
    --------
    One miss at 20 and one false alarm at 1, in four rows:

    >>> expected_cost([0, 0, 1, 1], [0, 1, 0, 1], [[0, 1], [20, 0]])
    5.25
    """
    classes, (true, decided) = codes_of(labels, y_true, y_pred)
    matrix = check_cost(cost, classes.size)
    return cost_of(confusion(true, decided, classes.size, sample_weight), matrix)
