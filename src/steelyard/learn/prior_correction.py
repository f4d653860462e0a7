"""Probabilities back on the prior of the data, after training on another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from steelyard.errors import BadOption
from steelyard.kernels.out_of_fold import aligned_proba
from steelyard.kernels.priors import class_prior, correct_prior
from steelyard.learn.correction import Correction

__all__ = ["PriorCorrected"]

Prior = str | Mapping[Any, float] | None


class PriorCorrected(Correction):
    """Moves an estimator's probabilities from the class shares it learned from to those that hold.

    Exact when training changed the shares alone: rows drawn by their label, or a loss weighted by
    class. Use it around balanced ensembles and ``class_weight="balanced"``.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
    trained_prior : "balanced", mapping of label to share, or None
        The shares the estimator in effect learned from; None means those of ``y``.
    prior : mapping of label to share, optional
        The shares wanted; those of ``y`` by default.

    Attributes
    ----------
    estimator_ : fitted estimator
    classes_ : ndarray of shape (k,)
    trained_prior_, prior_ : ndarray of shape (k,)

    References
    ----------
    Elkan, The foundations of cost-sensitive learning, IJCAI 2001, theorem 2.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.tile([0.0, 0.0, 0.0, 1.0], 25)[:, None]
    >>> y = np.tile([0, 0, 0, 1], 25)
    >>> model = PriorCorrected(LogisticRegression(C=0.001, class_weight="balanced"))
    >>> model.fit(X, y).predict_proba([[0.0]]).round(1)
    array([[0.8, 0.2]])
    """

    def __init__(
        self, estimator: Any, *, trained_prior: Prior = "balanced", prior: Mapping[Any, float] | None = None
    ) -> None:
        self.estimator = estimator
        self.trained_prior = trained_prior
        self.prior = prior

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> PriorCorrected:
        """Fit the estimator and note both priors.

        Parameters
        ----------
        X : rows the estimator takes
        y : array of shape (n,)
        sample_weight : array of shape (n,), optional

        Returns
        -------
        self

        Raises
        ------
        BadOption
            A prior that does not name every class, or does not sum to one.
        """
        codes, weight = self._fit_inside(X, y, sample_weight)
        own = class_prior(codes, self.classes_.size, weight)
        self.trained_prior_ = self._complete(self.trained_prior, own, "trained_prior")
        self.prior_ = self._complete(self.prior, own, "prior")
        return self

    def _complete(self, given: Prior, own: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        if given is None:
            return own
        if given == "balanced":
            return np.full(own.size, 1 / own.size)
        shares = {str(label): share for label, share in given.items()} if isinstance(given, Mapping) else {}
        labels = [str(label) for label in self.classes_.tolist()]
        prior = np.array([shares.get(label, np.nan) for label in labels], dtype=np.float64)
        if set(shares) != set(labels) or not (prior >= 0).all() or not np.isclose(prior.sum(), 1.0):
            raise BadOption(
                f"The '{name}' parameter of PriorCorrected must give each class of {labels} a share, summing "
                f"to 1. Got {given!r} instead."
            )
        return prior

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities on ``prior_``, shape (n, k)."""
        check_is_fitted(self)
        return correct_prior(
            aligned_proba(self.estimator_, X, self.classes_), self.trained_prior_, self.prior_
        )
