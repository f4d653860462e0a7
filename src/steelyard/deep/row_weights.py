"""The weight of each row in the loss, from those of rows and of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.class_weight import compute_sample_weight

from steelyard.errors import BadOption

__all__ = ["row_weights"]


def row_weights(
    labels: NDArray[Any], weight: NDArray[np.float64] | None, class_weight: Any, name: str
) -> NDArray[np.float64]:
    """Multiply the weights of rows and classes; 1 in the mean.

    Parameters
    ----------
    labels : ndarray of shape (n,)
    weight : ndarray of shape (n,) or None
    class_weight : "balanced", dict or None
    name : str
        Who asks, for the message.

    Returns
    -------
    ndarray of shape (n,)

    Raises
    ------
    BadOption
        Weights of classes that make no sense, or leave no row any weight.

    Examples
    --------
    >>> row_weights(np.array(["a", "a", "a", "b"]), None, "balanced", "this example").round(2).tolist()
    [0.67, 0.67, 0.67, 2.0]
    """
    try:
        own = compute_sample_weight(class_weight, labels)
    except ValueError as error:
        raise BadOption(f"The 'class_weight' parameter of {name}: {error}") from error
    total = own if weight is None else own * weight
    if not total.sum() > 0:
        raise BadOption(f"class_weight={class_weight!r} leaves no row any weight. Give one above 0.")
    return np.asarray(total / total.mean())
