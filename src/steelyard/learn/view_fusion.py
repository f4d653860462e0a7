"""Several views of the same rows, joined before one model learns or after each has its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils.validation import check_is_fitted, has_fit_parameter, validate_data

from steelyard.balance.fit_parts import read_rows, seed_part
from steelyard.errors import BadOption, BadTarget
from steelyard.kernels.class_labels import read_class_labels
from steelyard.kernels.out_of_fold import aligned_proba, inner_splits, out_of_fold_proba
from steelyard.kernels.rng import root_seed
from steelyard.learn.check_fusion import check_fusion
from steelyard.learn.choose_fusion import THRESHOLDS, Fusion, candidate_weights, choose_fusion
from steelyard.learn.view_members import members_of

__all__ = ["ViewFusion"]

TWO = 2
TABLE_DIMS = 2


class ViewFusion(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Learns from several views, weighing them and cutting their score by what they say out of fold.

    Parameters
    ----------
    views : dict of str to transformer or classifier
        What each view makes of the rows. In late fusion it may be a classifier that reads the rows itself,
        another `ViewFusion` among them.
    estimator : classifier with ``predict_proba``, default=None
        Learns from the joined views, or a clone of it from each view that is a transformer. None is
        logistic regression with every class weighing the same.
    mode : {"early", "late"}, default="early"
        Columns of all views side by side, or a weighted mean of the views' probabilities.
    scale : bool, default=True
        Bring the columns of each view that is a transformer to unit variance.
    weights : {"oof", "equal"} or sequence of float, default="oof"
        Of the views in late fusion. "oof" takes the best multiples of ``step`` out of fold.
    threshold : {"oof_mcc", "oof_cost"} or float, default="oof_mcc"
        With two classes, the score above which the second one is decided: the one with the best Matthews
        correlation, or the least cost, out of fold; or a number. With more classes the largest probability
        decides.
    costs : (float, float) or None, default=None
        Of missing a row of the second class and of a false alarm, for "oof_cost".
    step : float, default=0.05
    inner_folds : int, default=5
        Folds of the out-of-fold scores.
    n_jobs : int or None, default=None
        Workers that fit the folds.
    random_state : int, RandomState, Generator or None, default=None

    Attributes
    ----------
    classes_ : ndarray of shape (c,)
    members_ : dict of str to fitted classifier
        One for each view, or a single one in early fusion.
    weights_ : ndarray of shape (m,)
        Of the members.
    threshold_ : float or None
    oof_scores_ : ndarray of shape (n, m, c) or None
        What the members say of training rows they were not fitted on; None where nothing was tuned.
    tuned_value_ : float or None
        The criterion at what was chosen, on the scores it was chosen on: too good for new rows.

    Notes
    -----
    Dense views are centred when they are scaled, sparse ones are not and stay sparse; to a regression that
    is the same, but for its intercept.

    Thresholds are tried from .10 to .90 in steps of .01; the middle of the best run of them is taken, for
    models of many columns separate their training rows and the edge of such a run is luck. Weights and
    threshold are chosen together on the pooled out-of-fold scores. With ``groups`` no fold splits a group.

    References
    ----------
    Niloy, Juboraj and Shatabda, KEMP-PIP, arXiv 2602.20198, 2026: late fusion by a weighted mean, its
    weight and threshold chosen by Matthews correlation. There they were chosen on the test rows.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.preprocessing import FunctionTransformer
    >>> X, y = make_classification(300, 6, random_state=0)
    >>> views = {
    ...     "first": FunctionTransformer(lambda Z: Z[:, :2]),
    ...     "rest": FunctionTransformer(lambda Z: Z[:, 2:]),
    ... }
    >>> model = ViewFusion(views, mode="late", random_state=0).fit(X, y)
    >>> model.weights_.round(2).tolist(), model.oof_scores_.shape
    ([1.0, 0.0], (300, 2, 2))
    """

    def __init__(
        self,
        views: Mapping[str, Any],
        estimator: Any = None,
        *,
        mode: str = "early",
        scale: bool = True,
        weights: str | Sequence[float] = "oof",
        threshold: str | float = "oof_mcc",
        costs: tuple[float, float] | None = None,
        step: float = 0.05,
        inner_folds: int = 5,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.views = views
        self.estimator = estimator
        self.mode = mode
        self.scale = scale
        self.weights = weights
        self.threshold = threshold
        self.costs = costs
        self.step = step
        self.inner_folds = inner_folds
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: Any, groups: Any = None) -> ViewFusion:
        """Score the training rows out of fold, choose weights and threshold, fit on all rows.

        Parameters
        ----------
        X : rows the views take: a table, or a list of strings
        y : array of shape (n,)
        groups : array of shape (n,), optional
            Kept whole by the inner folds, and handed to classifiers among the views that take them.

        Returns
        -------
        self

        Raises
        ------
        BadOption
            A parameter that makes no sense.
        BadTarget
            A single class.
        CannotEvaluate
            Too few rows of a class, or too few groups, for out-of-fold scores.
        """
        check_fusion(self)
        labels = read_class_labels(y, "ViewFusion")
        rows = self._read(X, reset=True)
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if self.classes_.size < TWO:
            raise BadTarget(
                f"ViewFusion needs at least 2 classes, got 1 class: {self.classes_.tolist()}. "
                "Give rows of another one."
            )
        seed = root_seed(self.random_state)
        members = {name: seed_part(member, seed, f"view {name}") for name, member in members_of(self).items()}
        self.oof_scores_ = None
        if self._is_tuned(len(members)):
            splits = inner_splits(labels, self.inner_folds, groups=groups, random_state=seed)
            said = [
                out_of_fold_proba(
                    member,
                    rows,
                    labels,
                    splits,
                    classes=self.classes_,
                    n_jobs=self.n_jobs,
                    fit_params=_groups_for(member, groups),
                )
                for member in members.values()
            ]
            self.oof_scores_ = np.stack(said, axis=1)
        self._tuned(codes)
        self.members_ = {
            name: member.fit(rows, labels, **_groups_for(member, groups)) for name, member in members.items()
        }
        return self

    def take_fitted(self, members: Mapping[str, Any], y: Any) -> ViewFusion:
        """Choose weights and threshold over members that were fitted on all of these rows already.

        It comes to what `fit` would, without fitting them again.

        Parameters
        ----------
        members : dict of str to ViewFusion
            One for each view, fitted with the inner folds and the seed of this fusion, so that their
            ``oof_scores_`` are there and of the same folds.
        y : array of shape (n,)

        Returns
        -------
        self

        Raises
        ------
        BadOption
            Members that are not one fitted and tuned `ViewFusion` for each view in late fusion.
        """
        check_fusion(self)
        fits = self.mode == "late" and set(members) == set(self.views)
        if not fits or any(getattr(member, "oof_scores_", None) is None for member in members.values()):
            raise BadOption(
                "Expected a fitted ViewFusion with out-of-fold scores for each view of a late fusion, got "
                f"{', '.join(map(repr, members))} for {', '.join(map(repr, self.views))}. Use fit."
            )
        self.members_ = {name: members[name] for name in self.views}
        self.classes_, codes = np.unique(read_class_labels(y, "ViewFusion"), return_inverse=True)
        said = [
            np.tensordot(member.oof_scores_, member.weights_, (1, 0)) for member in self.members_.values()
        ]
        self.oof_scores_ = np.stack(said, axis=1)
        return self._tuned(codes)

    def _tuned(self, codes: NDArray[np.intp]) -> ViewFusion:
        chosen = self._choose(codes, len(self.views) if self.mode == "late" else 1)
        self.weights_, self.threshold_ = chosen.weights, chosen.threshold
        self.tuned_value_ = None if self.oof_scores_ is None else chosen.value
        return self

    def _is_tuned(self, n_members: int) -> bool:
        by_score = isinstance(self.threshold, str) and self.classes_.size == TWO
        return by_score or (n_members > 1 and self._said("weights") == "oof")

    def _choose(self, codes: NDArray[np.intp], n_members: int) -> Fusion:
        if self.mode == "early" or self._said("weights") == "equal":
            tried = np.full((1, n_members), 1 / n_members)
        elif self._said("weights") == "oof":
            tried = candidate_weights(n_members, self.step)
        else:
            tried = np.asarray(self.weights, dtype=np.float64)[None, :]
        fixed = None if isinstance(self.threshold, str) else float(self.threshold)
        if self.oof_scores_ is None:
            return Fusion(tried[0], fixed if self.classes_.size == TWO else None, float("nan"))
        scored = ~np.isnan(self.oof_scores_).any(axis=(1, 2))
        cuts = THRESHOLDS if fixed is None else np.array([fixed])
        costs = self.costs if self._said("threshold") == "oof_cost" else None
        return choose_fusion(
            self.oof_scores_[scored], codes[scored], weights=tried, thresholds=cuts, costs=costs
        )

    def _said(self, name: str) -> str | None:
        """A parameter that is a word, None where it is numbers."""
        value = getattr(self, name)
        return value if isinstance(value, str) else None

    def _read(self, X: Any, *, reset: bool) -> Any:
        rows = read_rows(X)
        if getattr(rows, "ndim", 1) == TABLE_DIMS:
            validate_data(self, rows, reset=reset, skip_check_array=True)
        return rows

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Weighted mean of what the members say.

        Parameters
        ----------
        X : rows the views take

        Returns
        -------
        ndarray of shape (m, c)
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        rows = self._read(X, reset=False)
        said = [aligned_proba(member, rows, self.classes_) for member in self.members_.values()]
        return np.asarray(np.tensordot(self.weights_, np.stack(said), 1))

    def predict(self, X: Any) -> NDArray[Any]:
        """The second class where its score is above ``threshold_``, of more the likeliest, shape (m,)."""
        proba = self.predict_proba(X)
        decided = proba.argmax(axis=1) if self.threshold_ is None else proba[:, 1] > self.threshold_
        return np.asarray(self.classes_[decided.astype(np.intp)])


def _groups_for(member: Any, groups: Any) -> dict[str, Any]:
    return (
        {"groups": np.asarray(groups)} if groups is not None and has_fit_parameter(member, "groups") else {}
    )
