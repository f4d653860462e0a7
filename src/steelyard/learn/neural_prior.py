"""A learnt log prior, found exactly on frozen features, taken off any classifier's logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax
from sklearn.utils.validation import check_is_fitted

from steelyard.balance.check_parameter import check_flag, check_number
from steelyard.errors import BadOption
from steelyard.kernels.adjust_logits import adjust_logits
from steelyard.kernels.neural_prior_closed_form import neural_prior_closed_form, with_ones
from steelyard.kernels.priors import class_counts
from steelyard.learn.correction import Correction
from steelyard.learn.penultimate import logits_of, penultimate_features

__all__ = ["NeuralPriorCorrection"]


class NeuralPriorCorrection(Correction):
    """Reads a log prior off features, without counts, and takes it off an estimator's logits.

    Where the labels can be counted, `LogitAdjusted` is simpler and, on all that we measured, as good.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``
        A fitted one goes in as ``sklearn.frozen.FrozenEstimator(fitted)``. One that has ``logits(X)``,
        such as a net, is corrected there, else at its log-probabilities.
    alpha : float above 0, default=2e-4
        Weight decay. More of it makes the correction weaker.
    static : bool, default=True
        Whether one vector corrects all rows, ``own_class_log_prior_``, instead of each row its own. The
        latter corrects the wrong way where features lie around 0.
    features : callable, optional
        From rows to numbers ``(n, d)``. By default the estimator's own ``features(X)``, else the rows as
        they reach the last step of a pipeline, else the rows themselves.

    Attributes
    ----------
    estimator_ : fitted estimator
    classes_ : ndarray of shape (k,)
        Those of the estimator.
    theta_ : ndarray of shape (k, d + 1)
        Minus ``theta_ (h, 1)`` is the log prior of features ``h``.
    own_class_log_prior_ : ndarray of shape (k,)
        What the rows of each class say of their own, in the mean; centred. Compare it with the counts by
        ``prior_fit``.

    Raises
    ------
    BadOption
        A parameter makes no sense, or features are not finite numbers.
    BadTarget
        A label that a frozen estimator does not know.

    Notes
    -----
    The estimate rests on the length of the features: bring columns to a common scale. Weight decay shrinks
    it. Only the entry of a row's own class is its log prior; the others come near theirs where all features
    have a large part in common, as those of a net after ReLU have. Where classes lie at right angles or
    around 0, as scaled columns do, the correction of each row works against its own class, the tail's too:
    there take ``static=True``. A class with fewer than about ten rows is estimated poorly.

    References
    ----------
    After Yavari and Moallem, Neural Prior Estimation: Learning Class Priors from Latent Representations,
    arXiv 2602.17853, 2026, who train the estimate with the net. The exact minimum on frozen features and
    the static vector are ours.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> X = np.tile([0.0, 0.0, 0.0, 1.0], 25)[:, None]
    >>> y = np.tile([0, 0, 0, 1], 25)
    >>> model = NeuralPriorCorrection(LogisticRegression(C=0.001), static=True).fit(X, y)
    >>> bool(model.own_class_log_prior_[0] > model.own_class_log_prior_[1])
    True
    """

    def __init__(
        self,
        estimator: Any,
        *,
        alpha: float = 2e-4,
        static: bool = True,
        features: Callable[[Any], Any] | None = None,
    ) -> None:
        self.estimator = estimator
        self.alpha = alpha
        self.static = static
        self.features = features

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> NeuralPriorCorrection:
        """Fit the estimator, unless it is frozen, and then the prior on its features.

        Parameters
        ----------
        X : rows the estimator takes
        y : array of shape (n,)
        sample_weight : array of shape (n,), optional

        Returns
        -------
        self
        """
        check_number(self, "alpha", 0, above=True)
        check_flag(self, "static")
        if self.features is not None and not callable(self.features):
            raise BadOption(
                "The 'features' parameter of NeuralPriorCorrection must be callable or None. "
                f"Got {self.features!r} instead."
            )
        codes, weight = self._fit_inside(X, y, sample_weight)
        h = penultimate_features(self.estimator_, X, self.features)
        k = self.classes_.size
        self.theta_ = neural_prior_closed_form(h, codes, k, self.alpha, weight)
        own = -np.einsum("ij,ij->i", with_ones(h), self.theta_[codes])
        sums = class_counts(codes, k, own if weight is None else own * weight)
        mean = sums / np.maximum(class_counts(codes, k, weight), np.finfo(float).tiny)
        self.own_class_log_prior_ = mean - mean.mean()
        return self

    def log_prior(self, X: Any) -> NDArray[np.float64]:
        """The estimate for each row, centred over classes, shape (n, k)."""
        check_is_fitted(self)
        h = penultimate_features(self.estimator_, X, self.features)
        if self.static:
            return np.tile(self.own_class_log_prior_, (h.shape[0], 1))
        eta = with_ones(h) @ self.theta_.T
        return np.asarray(eta.mean(axis=1, keepdims=True) - eta)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Probabilities once the prior is taken off, shape (n, k)."""
        check_is_fitted(self)
        told = logits_of(self.estimator_, X, self.classes_)
        prior = self.own_class_log_prior_ if self.static else self.log_prior(X)
        return np.asarray(softmax(adjust_logits(told, prior), axis=1))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        if self.features is None:
            tags.input_tags.allow_nan = False
        if not self.static:
            tags.classifier_tags.poor_score = True  # on rows around 0, see the notes
        return tags
