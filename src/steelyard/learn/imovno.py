"""IMOVNO+: regions, cleaning, penalised over-sampling and a pruned ensemble, as one estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from steelyard.balance.check_parameter import check_flag
from steelyard.balance.clean.big_jump import BigJumpCleaner
from steelyard.balance.combine.big_jump_omrp import BigJumpOMRP
from steelyard.balance.over.omrp import OMRP
from steelyard.learn.pruned_ensemble import PrunedEnsemble

__all__ = ["IMOVNOPlus"]


class IMOVNOPlus(ClassifierMixin, BaseEstimator):
    """Clean the overlap, over-sample with penalties, and prune an ensemble of weak learners by Jaya.

    For tables of two or more classes, of numbers and categories, with gaps.

    Parameters
    ----------
    n_members : int, default=40
        Weak learners in the pool.
    search : {"jaya", "greedy", "random"} or None, default="jaya"
        Who chooses among them.
    clean, oversample : bool, default=True
        Whether the two stages of the data level take place.
    estimator : {"knn", "gnb"} or classifier, default="knn"
        Where the conditional probabilities come from that cut the rows into core, overlap and noise.
    protect_minority : bool, default=True
        Whether classes below the median size lose no row to cleaning.
    cohesion, separation, fidelity : float, default=0.3, 0.3, 0.1
        Penalties of the over-sampling; see `OMRP`.
    size_penalty : float, default=0.01
    cv : int, default=3
        Folds that members are judged on, rows as they are.
    population, iterations : int, default=20, 50
        Of Jaya.
    max_samples : int or None, default=10000
        Rows that one member draws, at most.
    n_jobs : int or None, default=None
        Threads that fit members; the result does not depend on it.
    random_state : int, RandomState, Generator or None, default=None

    Attributes
    ----------
    ensemble_ : PrunedEnsemble
        Fitted, with the sampler that was used as ``ensemble_.sampler_``.
    selected_ : ndarray of bool, shape (n_members,)
    classes_ : ndarray of shape (K,)
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Notes
    -----
    Everything that looks at labels is fitted on training rows, and members are judged on rows that no stage
    has seen. Distances are measured on standardised columns; a category that differs counts as one standard
    deviation. The parts, and what in them is the paper's and what ours: `BigJumpCleaner`, `OMRP`,
    `PrunedEnsemble`. The paper's formulas, limits and pool are not public.

    Probabilities hold where classes are equally frequent; see `PriorCorrected`.

    References
    ----------
    Bacha, Djafri, Dhelim and Ning, IMOVNO+: A Regional Partitioning and Meta-Heuristic Ensemble Framework
    for Imbalanced Multi-Class Learning, arXiv 2602.20199, 2026.

    Examples
    --------
    >>> from steelyard.data import load
    >>> data = load("glass")
    >>> model = IMOVNOPlus(n_members=12, iterations=10, random_state=0).fit(data.X, data.y)
    >>> model.classes_.tolist(), model.predict_proba(data.X).shape
    ([1, 2, 3, 5, 6, 7], (214, 6))
    """

    def __init__(
        self,
        *,
        n_members: int = 40,
        search: str | None = "jaya",
        clean: bool = True,
        oversample: bool = True,
        estimator: Any = "knn",
        protect_minority: bool = True,
        cohesion: float = 0.3,
        separation: float = 0.3,
        fidelity: float = 0.1,
        size_penalty: float = 0.01,
        cv: int = 3,
        population: int = 20,
        iterations: int = 50,
        max_samples: int | None = 10_000,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.n_members = n_members
        self.search = search
        self.clean = clean
        self.oversample = oversample
        self.estimator = estimator
        self.protect_minority = protect_minority
        self.cohesion = cohesion
        self.separation = separation
        self.fidelity = fidelity
        self.size_penalty = size_penalty
        self.cv = cv
        self.population = population
        self.iterations = iterations
        self.max_samples = max_samples
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, groups: Any = None) -> IMOVNOPlus:
        """Fit all stages.

        Parameters
        ----------
        X : table of n rows
        y : array of shape (n,)
        sample_weight : array of shape (n,), optional
            Sets the chance that a row is drawn for a member.
        groups : array of shape (n,), optional
            No synthetic row is made across two groups, and inner folds keep them whole.

        Returns
        -------
        self

        Raises
        ------
        UserError
            As the parts do.
        """
        self.ensemble_ = self.as_ensemble().fit(X, y, sample_weight, groups=groups)
        self.classes_ = self.ensemble_.classes_
        self.selected_ = self.ensemble_.selected_
        self.n_features_in_ = self.ensemble_.n_features_in_
        vars(self).pop("feature_names_in_", None)
        if hasattr(self.ensemble_, "feature_names_in_"):
            self.feature_names_in_ = self.ensemble_.feature_names_in_
        return self

    def _sampler(self) -> Any:
        for name in ("clean", "oversample"):
            check_flag(self, name)
        regions = {"estimator": self._regions_from(), "standardize": True}
        cleaner = BigJumpCleaner(protect_minority=self.protect_minority, **regions)
        over = OMRP(cohesion=self.cohesion, separation=self.separation, fidelity=self.fidelity, **regions)
        if self.clean and self.oversample:
            return BigJumpOMRP(cleaner=cleaner, over=over)
        return cleaner if self.clean else over if self.oversample else None

    def _regions_from(self) -> Any:
        return self.estimator if isinstance(self.estimator, str) else clone(self.estimator)

    def as_ensemble(self) -> PrunedEnsemble:
        """Return the pruned ensemble that ``fit`` fits, with the data level as its sampler, not fitted."""
        return PrunedEnsemble(
            n_members=self.n_members,
            sampler=self._sampler(),
            search=self.search,
            size_penalty=self.size_penalty,
            cv=self.cv,
            population=self.population,
            iterations=self.iterations,
            max_samples=self.max_samples,
            n_jobs=self.n_jobs,
            random_state=self.random_state,
        )

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Mean of the chosen members' probabilities.

        Parameters
        ----------
        X : table of m rows

        Returns
        -------
        ndarray of shape (m, K)
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        return self.ensemble_.predict_proba(X)

    def predict(self, X: Any) -> NDArray[Any]:
        """Most probable class of each row, shape (m,)."""
        check_is_fitted(self)
        return self.ensemble_.predict(X)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        return tags
