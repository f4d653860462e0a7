"""Ensembles whose members were fitted on one pool of rows: reading tables, and the members' mean."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from steelyard.balance.fit_parts import read_rows
from steelyard.balance.task import read_per_row, read_weights
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.out_of_fold import take_rows
from steelyard.learn.pool import Pool

__all__ = ["PoolEnsemble"]

FEWEST_CLASSES = 2


class PoolEnsemble(ClassifierMixin, BaseEstimator, ABC):
    """Base of the ensembles that say the mean of a pool's members; a leaf fits the pool.

    Attributes
    ----------
    pool_ : Pool
    selected_ : ndarray of bool
        Which members of the pool that could be were kept.
    classes_ : ndarray of shape (K,)
    """

    pool_: Pool
    selected_: NDArray[np.bool_]

    @abstractmethod
    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, groups: Any = None) -> PoolEnsemble:
        """Fit the pool."""

    def keep(self, selected: NDArray[np.bool_]) -> Any:
        """Return a fitted copy that has only these of the members that are here.

        Parameters
        ----------
        selected : ndarray of bool, shape (n_members,)

        Returns
        -------
        ensemble

        Raises
        ------
        BadOption
            A member that is not here is wanted, or none.
        """
        check_is_fitted(self)
        wanted = np.asarray(selected, dtype=np.bool_)
        if wanted.shape != self.selected_.shape or not wanted.any() or (wanted & ~self.selected_).any():
            raise BadOption(
                f"selected must name some of the {int(self.selected_.sum())} members that are kept. "
                f"Got {np.flatnonzero(wanted).tolist()} instead."
            )
        made = copy(self)
        made.selected_ = wanted
        made.pool_ = self.pool_.only(np.flatnonzero(wanted[self.selected_]))
        return made

    def member_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities of each member kept, shape (members, m, K)."""
        check_is_fitted(self)
        return np.stack(list(self.pool_.each_proba(self._read(X, reset=False))))

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Mean of the members' probabilities.

        Parameters
        ----------
        X : table of m rows

        Returns
        -------
        ndarray of shape (m, K)
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        rows = self._read(X, reset=False)
        total = sum(self.pool_.each_proba(rows))
        return np.asarray(total / len(self.pool_.members))

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row, shape (m,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[proba.argmax(axis=1)])

    def _read_training(self, X: Any, y: Any, sample_weight: Any, groups: Any) -> tuple[Any, Any, Any, Any]:
        """Rows, class codes, weights and groups; rows of weight 0 are left out."""
        labels = read_class_labels(y, type(self).__name__)
        rows = self._read(X, reset=True)
        if rows.shape[0] != labels.shape[0]:
            raise BadTarget(f"There are {rows.shape[0]} rows and {labels.shape[0]} labels.")
        weight = read_weights(sample_weight, labels.shape[0])
        group = read_per_row(groups, labels.shape[0], "groups")
        if weight is not None and not weight.all():
            counted = np.flatnonzero(weight)
            rows, labels, weight = take_rows(rows, counted), labels[counted], weight[counted]
            group = None if group is None else group[counted]
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if self.classes_.shape[0] < FEWEST_CLASSES:
            raise BadTarget(
                f"{type(self).__name__} needs at least 2 classes, got 1 class: {self.classes_.tolist()}."
            )
        return rows, codes, weight, group

    def _read(self, X: Any, *, reset: bool) -> Any:
        rows = read_rows(X)
        if hasattr(rows, "iloc"):
            validate_data(self, rows, reset=reset, skip_check_array=True)
            return rows
        return validate_data(self, rows, reset=reset, ensure_all_finite="allow-nan", ensure_min_samples=1)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        return tags
