"""Ensembles whose members each learn from a balanced draw of the rows, one after another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from steelyard.balance.check_parameter import check_whole
from steelyard.balance.fit_parts import fit_with_weights, read_rows, seed_part
from steelyard.balance.task import read_weights
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.out_of_fold import aligned_proba, take_rows
from steelyard.kernels.rng import child, root_seed

__all__ = ["Classes", "DrawnEnsemble"]

FEWEST_CLASSES = 2


class Classes:
    """The rows of each class, the size all are drawn to, and a stream of draws for each.

    Parameters
    ----------
    labels : ndarray of shape (n,)
    rows : ndarray of int
        Those that count.
    seed : int
    """

    def __init__(self, labels: NDArray[Any], rows: NDArray[np.intp], seed: int) -> None:
        self.names, codes = np.unique(labels[rows], return_inverse=True)
        self.rows = [rows[codes == code] for code in range(self.names.shape[0])]
        self.smallest = min(own.shape[0] for own in self.rows)
        self._seed = seed

    @property
    def large(self) -> list[int]:
        """Codes of the classes that have more rows than the smallest."""
        return [code for code, rows in enumerate(self.rows) if rows.shape[0] > self.smallest]

    def stream(self, code: int, member: int) -> np.random.Generator:
        """Draws of one class for one member, which no other class or member moves."""
        name = self.names[code]
        return child(self._seed, "class", name.item() if hasattr(name, "item") else name, member)

    def with_drawn(self, drawn: dict[int, NDArray[np.intp]]) -> NDArray[np.intp]:
        """The rows of a member: those drawn of the large classes, all of the others, in order."""
        return np.sort(np.concatenate([drawn.get(code, rows) for code, rows in enumerate(self.rows)]))

    def at_random(self, pools: dict[int, NDArray[np.intp]], member: int) -> dict[int, NDArray[np.intp]]:
        """As many rows of each pool as the smallest class has, by lot."""
        return {
            code: self.stream(code, member).choice(pool, size=self.smallest, replace=False)
            for code, pool in pools.items()
        }


class DrawnEnsemble(ClassifierMixin, BaseEstimator, ABC):
    """Base of the ensembles: reads rows and labels, fits members, averages what they say.

    A leaf says which rows each member learns from, once it knows what the members before it say.
    """

    estimator: Any
    n_estimators: int
    n_jobs: int | None
    random_state: Any

    @abstractmethod
    def _plain_estimator(self) -> Any:
        """What ``estimator=None`` stands for."""

    @abstractmethod
    def _draws(self, classes: Classes) -> Iterator[NDArray[np.intp]]:
        """Yield the rows of one member after another; `_said` tells what the last one says."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> DrawnEnsemble:
        """Fit one member after another.

        Parameters
        ----------
        X : table of n rows
            Anything the members' estimator takes; a pandas frame reaches it as it is.
        y : array of shape (n,)
        sample_weight : array of shape (n,), optional
            Handed to the members with the rows drawn; draws count rows. A row of weight 0 is left out.

        Returns
        -------
        self

        Raises
        ------
        BadTarget
            A single class.
        BadOption
            A parameter makes no sense, or the estimator takes no weights.
        """
        self._check_parameters()
        labels = read_class_labels(y, type(self).__name__)
        self._X = self._read(X, reset=True)
        if self._X.shape[0] != labels.shape[0]:
            raise BadTarget(f"There are {self._X.shape[0]} rows and {labels.shape[0]} labels.")
        weight = read_weights(sample_weight, labels.shape[0])
        counted = np.arange(labels.shape[0]) if weight is None else np.flatnonzero(weight > 0)
        seed = root_seed(self.random_state)
        classes = Classes(labels, counted, seed)
        self.classes_ = classes.names
        if self.classes_.shape[0] < FEWEST_CLASSES:
            raise BadTarget(
                f"{type(self).__name__} needs at least 2 classes, got 1 class: {self.classes_.tolist()}."
            )
        self.estimators_: list[Any] = []
        self.estimators_samples_: list[NDArray[np.intp]] = []
        for member, rows in enumerate(self._draws(classes)):
            made = seed_part(clone(self._base()), seed, f"member {member}")
            drawn_weight = None if weight is None else weight[rows]
            fit_with_weights(made, take_rows(self._X, rows), labels[rows], drawn_weight)
            self.estimators_.append(made)
            self.estimators_samples_.append(rows)
        del self._X  # a saved model must not carry the table along
        return self

    def _said(self) -> NDArray[np.float64]:
        """What the last member says of all rows."""
        return aligned_proba(self.estimators_[-1], self._X, self.classes_)

    def _base(self) -> Any:
        return self._plain_estimator() if self.estimator is None else self.estimator

    def _check_parameters(self) -> None:
        check_whole(self, "n_estimators")
        if not hasattr(self._base(), "predict_proba"):
            raise BadOption(
                f"The 'estimator' parameter of {type(self).__name__} must give probabilities. "
                f"Got {self.estimator!r} instead."
            )

    def _read(self, X: Any, *, reset: bool) -> Any:
        rows = read_rows(X)
        if hasattr(rows, "iloc"):
            validate_data(self, rows, reset=reset, skip_check_array=True)
            return rows
        tags = get_tags(self._base()).input_tags
        return validate_data(
            self,
            rows,
            reset=reset,
            accept_sparse="csr" if tags.sparse else False,
            ensure_all_finite=not tags.allow_nan,
            ensure_min_samples=1,
        )

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Mean of the members' probabilities, on classes of equal shares.

        Parameters
        ----------
        X : table of m rows

        Returns
        -------
        ndarray of shape (m, k)
            Columns in the order of ``classes_``. `PriorCorrected` brings them back to the shares of
            the data.
        """
        check_is_fitted(self)
        rows = self._read(X, reset=False)
        said = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(aligned_proba)(member, rows, self.classes_) for member in self.estimators_
        )
        return np.mean(said, axis=0)

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row, shape (m,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[proba.argmax(axis=1)])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self._base()).input_tags
        return tags
