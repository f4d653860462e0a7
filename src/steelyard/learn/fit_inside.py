"""The estimator inside a correction: fitted, or taken as it is, with the labels in its own codes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import has_fit_parameter

from steelyard.balance.task import read_weights
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.class_labels import read_class_labels

__all__ = ["fit_inside"]


def fit_inside(
    owner: Any, X: Any, y: Any, sample_weight: Any
) -> tuple[NDArray[np.intp], NDArray[np.float64] | None]:
    """Fit ``owner.estimator`` and note on the owner what scikit-learn wants to see there.

    Sets ``estimator_``, ``classes_`` (those the estimator knows), ``n_features_in_`` and
    ``feature_names_in_``.

    Parameters
    ----------
    owner : meta-estimator
    X : rows the estimator takes
    y : array of shape (n,)
    sample_weight : array of shape (n,), optional

    Returns
    -------
    codes : ndarray of int, shape (n,)
    weight : ndarray of shape (n,) or None

    Raises
    ------
    BadOption
        Weights for an estimator that takes none.
    BadTarget
        A label that a frozen estimator does not know.
    """
    name, labels = type(owner).__name__, read_class_labels(y, type(owner).__name__)
    weight = read_weights(sample_weight, labels.shape[0])
    params = {}
    if weight is not None and not isinstance(owner.estimator, FrozenEstimator):
        if not has_fit_parameter(owner.estimator, "sample_weight"):
            raise BadOption(
                f"{type(owner.estimator).__name__} takes no sample_weight, got one. Leave it out."
            )
        params = {"sample_weight": weight}
    owner.estimator_ = clone(owner.estimator).fit(X, labels, **params)
    owner.classes_ = np.asarray(owner.estimator_.classes_)
    for attribute in ("n_features_in_", "feature_names_in_"):
        if hasattr(owner.estimator_, attribute):
            setattr(owner, attribute, getattr(owner.estimator_, attribute))
    unknown = sorted(set(labels.tolist()) - set(owner.classes_.tolist()), key=str)
    if unknown:
        raise BadTarget(
            f"{name} got labels that its estimator does not know: {unknown}. "
            f"It knows {owner.classes_.tolist()}."
        )
    return np.searchsorted(owner.classes_, labels), weight
