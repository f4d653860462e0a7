"""Post-hoc logit adjustment: decisions for balanced accuracy from a model of the data as they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.utils.validation import check_is_fitted

from steelyard.balance.check_parameter import check_number
from steelyard.balance.read_prior import read_prior
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.adjust_logits import adjust_logits
from steelyard.kernels.out_of_fold import aligned_proba
from steelyard.kernels.priors import class_prior
from steelyard.learn.correction import Correction

__all__ = ["LogitAdjusted"]


class LogitAdjusted(Correction):
    """Takes ``tau`` times the log prior off an estimator's log-probabilities.

    For an estimator that learned from the data as they came, when every class's recall counts the same.
    It costs one subtraction, and plain accuracy.

    Where training itself changed the shares (balanced draws, ``class_weight="balanced"``) and
    probabilities shall come back to those of the data, take `PriorCorrected`. With ``tau=1`` this is that
    same correction the other way round, from the shares of ``y`` to equal ones.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        A fitted one goes in as ``sklearn.frozen.FrozenEstimator(fitted)``; ``fit`` then only counts.
    tau : float, default=1.0
        1 is the Bayes rule for balanced accuracy where probabilities are right. Others are chosen on
        held-out rows.
    log_prior : array of shape (k,), optional
        In the order of ``classes_``, any constant apart; by default that of the counts of ``y``. An
        estimate goes here, such as ``NeuralPriorCorrection.own_class_log_prior_``.
    target_prior : mapping of label to share, or sequence of shares in class order, optional
        The shares to predict for; equal ones by default.

    Attributes
    ----------
    estimator_ : fitted estimator
    classes_ : ndarray of shape (k,)
        Those of the estimator.
    log_prior_, target_log_prior_ : ndarray of shape (k,)
        What is taken off, before ``tau``, and what is put on.

    Raises
    ------
    BadOption
        A parameter makes no sense.
    BadTarget
        A class of the estimator has no row in ``y``, or the other way round.

    References
    ----------
    Menon, Jayasumana, Rawat, Jain, Veit and Kumar, Long-Tail Learning via Logit Adjustment, ICLR 2021,
    equation 9.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.tile([0.0, 0.0, 0.0, 1.0], 25)[:, None]
    >>> y = np.tile([0, 0, 0, 1], 25)
    >>> LogisticRegression(C=0.001).fit(X, y).predict_proba([[0.0]]).round(1)
    array([[0.8, 0.2]])
    >>> LogitAdjusted(LogisticRegression(C=0.001)).fit(X, y).predict_proba([[0.0]]).round(1)
    array([[0.5, 0.5]])
    """

    def __init__(
        self,
        estimator: Any,
        *,
        tau: float = 1.0,
        log_prior: ArrayLike | None = None,
        target_prior: Mapping[Any, float] | ArrayLike | None = None,
    ) -> None:
        self.estimator = estimator
        self.tau = tau
        self.log_prior = log_prior
        self.target_prior = target_prior

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> LogitAdjusted:
        """Fit the estimator, unless it is frozen, and note the prior.

        Parameters
        ----------
        X : rows the estimator takes
        y : array of shape (n,)
        sample_weight : array of shape (n,), optional

        Returns
        -------
        self
        """
        check_number(self, "tau", 0)
        codes, weight = self._fit_inside(X, y, sample_weight)
        names = self.classes_.tolist()
        self.log_prior_ = self._prior_of(codes, weight) if self.log_prior is None else self._given()
        shares = (
            np.full(len(names), 1 / len(names))
            if self.target_prior is None
            else read_prior(self.target_prior, names, "The 'target_prior' parameter of LogitAdjusted")
        )
        with np.errstate(divide="ignore"):
            self.target_log_prior_ = np.log(shares)
        return self

    def _prior_of(self, codes: NDArray[np.intp], weight: NDArray[np.float64] | None) -> NDArray[np.float64]:
        shares = class_prior(codes, self.classes_.size, weight)
        if not (shares > 0).all():
            raise BadTarget(
                f"The classes {self.classes_[shares == 0].tolist()} have no row in y, so their prior is not "
                "known. Give more rows, or log_prior."
            )
        return np.asarray(np.log(shares))

    def _given(self) -> NDArray[np.float64]:
        try:
            given = np.asarray(self.log_prior, dtype=np.float64)
        except (TypeError, ValueError):
            given = np.empty(0)
        if given.shape != self.classes_.shape or not np.isfinite(given).all():
            raise BadOption(
                "The 'log_prior' parameter of LogitAdjusted must hold one finite number for each of "
                f"{self.classes_.tolist()}, or be None. Got {self.log_prior!r} instead."
            )
        return given

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities on the target prior where ``tau`` is 1, shape (n, k)."""
        check_is_fitted(self)
        with np.errstate(divide="ignore"):
            told = np.log(aligned_proba(self.estimator_, X, self.classes_))
        moved = adjust_logits(told, self.log_prior_, self.tau, self.target_log_prior_)
        impossible = ~np.isfinite(moved).any(axis=1)  # every class the estimator allows has no share
        moved[impossible] = self.target_log_prior_
        return np.asarray(softmax(moved, axis=1))
