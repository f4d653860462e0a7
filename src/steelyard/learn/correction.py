"""What estimators share that correct the probabilities of one inside them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from steelyard.balance.task import read_weights
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.class_labels import read_class_labels

__all__ = ["Correction"]


class Correction(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Base of the corrections around an ``estimator``, which may be frozen.

    A leaf calls `_fit_inside` in ``fit`` and writes ``predict_proba``.
    """

    estimator: Any

    def _fit_inside(
        self, X: Any, y: Any, sample_weight: Any
    ) -> tuple[NDArray[np.intp], NDArray[np.float64] | None]:
        """Fit the estimator and note what scikit-learn wants to see: ``classes_``, columns and their names.

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
        name, labels = type(self).__name__, read_class_labels(y, type(self).__name__)
        weight = read_weights(sample_weight, labels.shape[0])
        params = {}
        if weight is not None and not isinstance(self.estimator, FrozenEstimator):
            if not has_fit_parameter(self.estimator, "sample_weight"):
                raise BadOption(
                    f"{type(self.estimator).__name__} takes no sample_weight, got one. Leave it out."
                )
            params = {"sample_weight": weight}
        self.estimator_ = clone(self.estimator).fit(X, labels, **params)
        self.classes_ = np.asarray(self.estimator_.classes_)
        for attribute in ("n_features_in_", "feature_names_in_"):
            if hasattr(self.estimator_, attribute):
                setattr(self, attribute, getattr(self.estimator_, attribute))
        unknown = sorted(set(labels.tolist()) - set(self.classes_.tolist()), key=str)
        if unknown:
            raise BadTarget(
                f"{name} got labels that its estimator does not know: {unknown}. "
                f"It knows {self.classes_.tolist()}."
            )
        return np.searchsorted(self.classes_, labels), weight

    @abstractmethod
    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Corrected probabilities, shape (n, k)."""

    def predict(self, X: Any) -> NDArray[Any]:
        """The likeliest class once corrected, shape (n,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[proba.argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags, tags.target_tags = inner.input_tags, inner.target_tags
        tags.classifier_tags = inner.classifier_tags
        return tags
