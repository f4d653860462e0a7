"""Labels of a classifier, read and checked: the same refusals wherever something is fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import assert_all_finite, column_or_1d

from steelyard.errors import BadTarget

__all__ = ["read_class_labels"]


def read_class_labels(y: Any, name: str) -> NDArray[Any]:
    """Return one label per row.

    Parameters
    ----------
    y : array of shape (n,)
    name : str
        Who asks, for messages.

    Raises
    ------
    BadTarget
        There are none.

    Examples
    --------
    >>> read_class_labels(["a", "b"], "A model").tolist()
    ['a', 'b']
    """
    if y is None:
        raise BadTarget(f"{name} requires y to be passed, but the target y is None.")
    labels = np.asarray(column_or_1d(y, warn=True))
    assert_all_finite(labels, input_name="y")
    check_classification_targets(labels)
    return labels
