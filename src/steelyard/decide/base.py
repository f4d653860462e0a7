"""What every decision rule promises: fit once, calibrate out of fold, decide, and own the score."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.metrics import balanced_accuracy_score
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from steelyard.decide.calibration_report import calibration_report
from steelyard.decide.calibrators import CALIBRATIONS, choose_calibrator
from steelyard.decide.evidence import Evidence, scored_evidence
from steelyard.decide.fit_parameters import fit_parameters
from steelyard.decide.labels import code_of, plain_label
from steelyard.decide.parse_shares import wanted_prior
from steelyard.errors import BadOption
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.out_of_fold import aligned_proba, inner_splits, out_of_fold_proba
from steelyard.kernels.priors import class_counts, class_prior, correct_prior
from steelyard.kernels.rng import RandomState, int_seed
from steelyard.metrics.labels import rare_code

__all__ = ["Decided"]

LEAST_FOLDS = 2
NOT_CALIBRATED = {"method": "none"}


class Decided(ClassifierMixin, MetaEstimatorMixin, BaseEstimator, ABC):
    """A classifier with calibrated probabilities and a rule that turns them into decisions; abstract.

    A leaf says whether its rule needs out-of-fold scores (``_rule_counts``), sets the rule
    (``_set_rule``), and applies it (``decide``). Leaves are never subclassed.

    Attributes
    ----------
    estimator_ : fitted estimator
        Fitted on all rows.
    classes_ : ndarray of shape (k,)
    prior_ : ndarray of shape (k,)
        Class shares the calibrated probabilities belong to.
    deployment_prior_ : ndarray of shape (k,)
        Class shares `predict_proba` and `predict` are for.
    decision_ : dict
        The rule, its threshold or weights, on which rows it was set, and a sentence in plain words.
    calibration_ : dict
        The method, and error and log loss before and after on rows the calibrator did not see.
    """

    _rule_counts: bool
    estimator: Any
    calibration: str | None
    inner_folds: int
    deployment_prior: Mapping[Any, float] | None
    random_state: RandomState

    @abstractmethod
    def _set_rule(self, evidence: Evidence | None) -> dict[str, Any]:
        """Set the rule's fitted attributes and describe it; ``evidence`` is at the deployment prior."""

    @abstractmethod
    def decide(self, proba: ArrayLike) -> NDArray[np.intp]:
        """Class codes for probabilities as `predict_proba` returns them, shape (n, k)."""

    @property
    def needs_scores(self) -> bool:
        """Whether calibration or the rule needs out-of-fold scores; if not, `fit` fits once."""
        return self.calibration is not None or self._rule_counts

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        *,
        groups: ArrayLike | None = None,
        time: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Decided:
        """Fit the estimator on all rows, then calibration and rule on out-of-fold scores.

        Parameters
        ----------
        X : rows the estimator takes, n of them
        y : array of shape (n,)
        groups : array of shape (n,), optional
            Rows of one group stay together in the inner folds.
        time : array of shape (n,), optional
            The inner folds then predict the future from the past.
        sample_weight : array of shape (n,), optional

        Returns
        -------
        self

        Raises
        ------
        BadOption
            A parameter that makes no sense for these classes.
        CannotEvaluate
            Too few rows for out-of-fold scores.
        """
        labels = read_class_labels(y, type(self).__name__)
        self._check_parameters()
        facts = {"groups": groups, "sample_weight": sample_weight}
        fitted = self.fit_inner(X, labels, **facts)
        scores = self.inner_scores(X, labels, time=time, **facts) if self.needs_scores else None
        return self.fit_from_scores(fitted, scores, labels, **facts)

    def fit_inner(
        self, X: Any, y: ArrayLike, *, groups: ArrayLike | None = None, sample_weight: ArrayLike | None = None
    ) -> Any:
        """Fit a clone of the estimator on all rows and return it."""
        params = fit_parameters(self.estimator, groups=groups, sample_weight=sample_weight)
        return clone(self.estimator).fit(X, y, **params)

    def inner_scores(
        self,
        X: Any,
        y: ArrayLike,
        *,
        groups: ArrayLike | None = None,
        time: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> NDArray[np.float64]:
        """Probabilities of every row from clones fitted without it; rows never predicted hold NaN.

        Returns
        -------
        ndarray of shape (n, k)
        """
        labels, rows = np.asarray(y), X
        if issparse(X):
            rows = X.tocsr()  # the one sparse form whose rows can be taken
        elif not hasattr(X, "iloc") and not hasattr(X, "shape"):
            rows = np.asarray(X)
        weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        group_of = None if groups is None else np.asarray(groups)
        seed = int_seed(self.random_state, "inner folds")
        splits = inner_splits(labels, self.inner_folds, groups=group_of, time=time, random_state=seed)
        params = fit_parameters(self.estimator, groups=group_of, sample_weight=weight)
        return out_of_fold_proba(
            self.estimator, rows, labels, splits, classes=np.unique(labels), fit_params=params
        )

    def fit_from_scores(
        self,
        fitted: Any,
        oof_proba: NDArray[np.float64] | None,
        y: ArrayLike,
        *,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Decided:
        """Fit calibration and rule for an estimator that is fitted already; nothing is refitted.

        Parameters
        ----------
        fitted : estimator
            Fitted on the rows of ``y``.
        oof_proba : ndarray of shape (n, k) or None
            From `inner_scores`; None suffices when `needs_scores` is False. Rows with NaN are ignored.
        y : array of shape (n,)
        groups, sample_weight : array of shape (n,), optional

        Returns
        -------
        self
        """
        self._check_parameters()
        self.classes_, codes = np.unique(np.asarray(y), return_inverse=True)
        self.estimator_ = fitted
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(fitted, name):
                setattr(self, name, getattr(fitted, name))
        k = self.classes_.size
        weight = np.ones(codes.size) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        named = getattr(self, "positive", None)
        self.positive_code_ = rare_code(codes) if named is None else code_of(named, self.classes_, "positive")
        self.n_rows_ = codes.size
        self.prior_ = class_prior(codes, k, weight)
        self.calibration_, self.calibrator_, self.evidence_ = dict(NOT_CALIBRATED), None, None
        if self.needs_scores:
            self._learn_from(scored_evidence(oof_proba, codes, weight, groups))
        self._settle()
        return self

    def _learn_from(self, raw: Evidence) -> None:
        """Calibrate, and keep what a rule needs to be set again for another prior."""
        held = raw
        if self.calibration is not None:
            method, calibrator = choose_calibrator(self.calibration, raw.counts)
            self.calibration_ = calibration_report(
                method, calibrator, raw, self.positive_code_, self.random_state
            )
            self.calibrator_ = calibrator.fit(raw.proba, raw.codes, raw.weight)
            proba = self.calibrator_.calibrate(raw.proba)
            held = Evidence(proba, raw.codes, raw.weight, raw.groups)
            # One row's worth of all rows' shares: a class without scored rows keeps a little room.
            scored = class_counts(raw.codes, raw.n_classes, raw.weight)
            self.prior_ = (scored + self.prior_) / (scored.sum() + 1.0)
        # A threshold between two classes is found in one pass; weights of many take a search.
        self.evidence_ = (held if held.n_classes == 2 else held.capped(self.random_state)).to_plain()

    def held_out(self) -> Evidence | None:
        """Calibrated out-of-fold probabilities with labels, on the training prior; None without any."""
        return None if self.evidence_ is None else Evidence(**self.evidence_)

    def _settle(self) -> None:
        """Set the rule for the deployment prior."""
        self.deployment_prior_ = self.prior_
        evidence = self.held_out()
        if self.deployment_prior is not None:
            self.deployment_prior_ = wanted_prior(self.deployment_prior, self.classes_, self.prior_)
            if evidence is not None:
                evidence = evidence.moved(self.prior_, self.deployment_prior_)
        described = self._set_rule(evidence)
        if self.deployment_prior is not None:
            described["deployment_prior"] = {
                str(plain_label(label)): float(share)
                for label, share in zip(self.classes_, self.deployment_prior_, strict=True)
            }
        self.decision_ = described

    def at_prior(self, prior: Mapping[Any, float] | None) -> Decided:
        """Return a copy for other class shares: probabilities moved exactly, the rule set anew.

        Parameters
        ----------
        prior : mapping of label to share, or None
            Classes that are not named keep their proportions; None is the training prior.

        Returns
        -------
        Decided
            The same as fitting with ``deployment_prior=prior``; no estimator is refitted.
        """
        check_is_fitted(self)
        moved = copy(self)
        moved.deployment_prior = prior
        moved._settle()
        return moved

    def scores(self, X: Any) -> NDArray[np.float64]:
        """Probabilities as the estimator gives them, shape (n, k): not calibrated, not moved."""
        check_is_fitted(self)
        return aligned_proba(self.estimator_, X, self.classes_)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Calibrated probabilities on the deployment prior, shape (n, k)."""
        proba = self.scores(X)
        if self.calibrator_ is not None:
            proba = self.calibrator_.calibrate(proba)
        if self.deployment_prior is not None:
            proba = correct_prior(proba, self.prior_, self.deployment_prior_)
        return proba

    def predict(self, X: Any) -> NDArray[Any]:
        """Labels the rule decides on, shape (n,)."""
        proba = self.predict_proba(X)
        return np.asarray(self.classes_[self.decide(proba)])

    def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Balanced accuracy of `predict`: the decisions are what is scored, not the wrapped model's."""
        return float(balanced_accuracy_score(y, self.predict(X), sample_weight=sample_weight))

    def _check_parameters(self) -> None:
        name = type(self).__name__
        if self.calibration is not None and self.calibration not in CALIBRATIONS:
            raise BadOption(
                f"The 'calibration' parameter of {name} must be one of {', '.join(CALIBRATIONS)} or None. "
                f"Got {self.calibration!r} instead."
            )
        folds = self.inner_folds
        if not isinstance(folds, (int, np.integer)) or isinstance(folds, bool) or folds < LEAST_FOLDS:
            raise BadOption(
                f"The 'inner_folds' parameter of {name} must be an int of at least {LEAST_FOLDS}. "
                f"Got {folds!r} instead."
            )
        self._check_rule()

    def _check_rule(self) -> None:
        """Refuse parameters of the rule that make no sense for any data."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.target_tags = inner.target_tags
        tags.classifier_tags = inner.classifier_tags
        return tags
