"""Pruned ensemble: a pool of different weak learners, of which a search keeps the best subset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from steelyard.balance.check_parameter import check_choice, check_number, check_whole
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.out_of_fold import inner_splits, take_rows
from steelyard.kernels.rng import int_seed, root_seed
from steelyard.kernels.subset_search import Subset
from steelyard.learn.pool import Pool, fit_pool
from steelyard.learn.pool_ensemble import FEWEST_CLASSES, PoolEnsemble
from steelyard.learn.search_subset import SEARCHES, search_subset
from steelyard.learn.subset_score import MemberProba, SubsetScore, f1_and_recalls
from steelyard.learn.weak_learners import weak_learners

__all__ = ["PrunedEnsemble"]

FEWEST_FOLDS = 2
FEWEST_VECTORS = 2


class PrunedEnsemble(PoolEnsemble):
    """Fit many weak learners of different kinds, and keep the subset that does best on rows left out.

    Rows left out are always rows as they are: the sampler, if there is one, sees only the others.

    Parameters
    ----------
    estimators : list of classifiers or None, default=None
        Taken in turn until there are ``n_members``; None is `weak_learners`. They read numbers without
        gaps: a table of mixed columns is filled, scaled and one-hot encoded for them.
    n_members : int, default=40
    sampler : sampler or None, default=None
        Resamples training rows before they are drawn from.
    search : {"jaya", "greedy", "random"} or None, default="jaya"
        Who chooses the members: Jaya; one member after another as long as it helps; lots, as many as Jaya
        would choose; None keeps all.
    objective : callable or None, default=None
        Takes confusion counts (m, K, K) and returns m numbers; None is the mean of macro F1 and the
        geometric mean of recalls.
    size_penalty : float, default=0.01
        Taken off the objective for the whole pool, and in proportion for a part of it.
    cv : int, default=3
        Folds that members are judged on.
    population : int, default=20
        Subsets that Jaya holds at a time.
    iterations : int, default=50
        Its rounds.
    patience : int or None, default=15
        Rounds without gain after which it stops.
    max_samples : int or None, default=10000
        Rows that one member draws, at most; None is as many as there are after resampling.
    n_jobs : int or None, default=None
        Threads that fit members; the result does not depend on it.
    random_state : int, RandomState, Generator or None, default=None
        Each member has streams of its own name, so it is the same in any subset.

    Attributes
    ----------
    selected_ : ndarray of bool, shape (n_members,)
        Which members were kept.
    fitness_, full_fitness_ : float or None
        Value of the subset kept and of the whole pool on the rows left out; None without a search.
    fitness_trace_ : tuple of float
        Best value after each step of the search.
    sampler_ : fitted sampler or None
        Of the training rows as a whole.
    pool_ : Pool
        The members kept, fitted, and what prepares a table for them.
    classes_ : ndarray of shape (K,)
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Notes
    -----
    A member learns from a bootstrap within each class and from 60 to 100 % of the columns. The ensemble
    says the mean of the members' probabilities. `validation` and `searched` are steps of ``fit``, for those
    who compare searches on the same members; see `fit_together`.

    With a balancing sampler probabilities hold where classes are equally frequent; see `PriorCorrected`.
    ``sample_weight`` sets the chance that a row is drawn, and its weight among the rows left out.

    References
    ----------
    Rao, Jaya: A simple and new optimization algorithm for solving constrained and unconstrained
    optimization problems, International Journal of Industrial Engineering Computations 7, 2016.
    Caruana, Niculescu-Mizil, Crew and Ksikes, Ensemble selection from libraries of models, ICML 2004
    (the greedy search).

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> X, y = make_classification(300, weights=[0.8], flip_y=0, random_state=0)
    >>> model = PrunedEnsemble(n_members=12, iterations=10, random_state=0).fit(X, y)
    >>> model.fitness_ >= model.full_fitness_, len(model.pool_.members) == int(model.selected_.sum())
    (True, True)
    """

    def __init__(
        self,
        estimators: Sequence[Any] | None = None,
        *,
        n_members: int = 40,
        sampler: Any = None,
        search: str | None = "jaya",
        objective: Any = None,
        size_penalty: float = 0.01,
        cv: int = 3,
        population: int = 20,
        iterations: int = 50,
        patience: int | None = 15,
        max_samples: int | None = 10_000,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.estimators = estimators
        self.n_members = n_members
        self.sampler = sampler
        self.search = search
        self.objective = objective
        self.size_penalty = size_penalty
        self.cv = cv
        self.population = population
        self.iterations = iterations
        self.patience = patience
        self.max_samples = max_samples
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None, *, groups: Any = None) -> PrunedEnsemble:
        """Judge the members on rows left out, choose, and fit those chosen on all rows.

        Parameters
        ----------
        X : table of n rows
        y : array of shape (n,)
        sample_weight : array of shape (n,), optional
        groups : array of shape (n,), optional
            Kept whole in the inner folds, and handed to the sampler.

        Returns
        -------
        self

        Raises
        ------
        BadTarget
            A single class.
        BadOption
            A parameter makes no sense.
        CannotResample, CannotEvaluate
            The sampler cannot work on these rows or on those of an inner fold, or there are too few rows
            for inner folds.
        """
        self._check_parameters()
        seed = root_seed(self.random_state)
        rows, codes, weight, group = self._read_training(X, y, sample_weight, groups)
        self.fitness_, self.full_fitness_, self.fitness_trace_ = None, None, ()
        self.selected_ = np.ones(self.n_members, dtype=np.bool_)
        if self.search is not None:
            members = self._validation(rows, codes, weight, group, seed)
            self._remember(members, self._search(members, self.search, seed))
        chosen = np.flatnonzero(self.selected_)
        self.pool_ = self._pool(rows, codes, weight, group, seed, "all", chosen)
        self.sampler_ = self.pool_.sampler
        return self

    def validation(self, X: Any, y: Any, sample_weight: Any = None, *, groups: Any = None) -> MemberProba:
        """What every member, fitted on the other folds, says of each row as it is.

        Parameters
        ----------
        X, y, sample_weight, groups
            As for ``fit``.

        Returns
        -------
        MemberProba
            Without the rows that are in no fold: the only ones of their class.
        """
        self._check_parameters()
        return self._validation(
            *self._read_training(X, y, sample_weight, groups), root_seed(self.random_state)
        )

    def score_of(self, members: MemberProba) -> SubsetScore:
        """The function of subsets that is searched."""
        return SubsetScore(members, self.objective or f1_and_recalls, self.size_penalty)

    def searched(self, members: MemberProba, search: str) -> PrunedEnsemble:
        """Return a fitted copy with the members that a search chooses, as ``fit`` would with that search.

        Parameters
        ----------
        members : MemberProba
            From `validation`, or what is said of any other rows.
        search : {"jaya", "greedy", "random"}
        """
        found = self._search(members, search, root_seed(self.random_state))
        made = self.keep(found.bits)
        made.search = search
        made._remember(members, found)
        return made

    def chosen_by(self, X: Any, y: Any, search: str) -> PrunedEnsemble:
        """Return a fitted copy with the members that a search chooses by these rows, whatever they are.

        By the rows the members were fitted on, or by those they will be tested on, the choice flatters
        itself: this is there to measure by how much.

        Parameters
        ----------
        X : table of m rows
        y : array of shape (m,)
            Labels among ``classes_``.
        search : {"jaya", "greedy", "random"}
        """
        codes = np.searchsorted(self.classes_, np.asarray(y))
        return self.searched(MemberProba(self.member_proba(X), codes), search)

    def _remember(self, members: MemberProba, found: Subset) -> None:
        everyone = np.ones((1, self.n_members), dtype=np.bool_)
        self.selected_, self.fitness_, self.fitness_trace_ = found.bits, found.value, found.trace
        self.full_fitness_ = float(self.score_of(members)(everyone)[0])

    def _check_parameters(self) -> None:
        least = {"n_members": 1, "cv": FEWEST_FOLDS, "population": FEWEST_VECTORS, "iterations": 0}
        for name, lowest in least.items():
            check_whole(self, name, lowest)
        for name in ("patience", "max_samples"):
            if getattr(self, name) is not None:
                check_whole(self, name)
        check_number(self, "size_penalty", 0)
        if self.search is not None:
            check_choice(self, "search", SEARCHES)
        if self.sampler is not None and not hasattr(self.sampler, "fit_resample"):
            raise BadOption(
                f"The 'sampler' parameter of PrunedEnsemble must be an object with fit_resample or None. "
                f"Got {self.sampler!r} instead."
            )
        if self.estimators is not None and (
            not len(self.estimators) or not all(hasattr(one, "predict_proba") for one in self.estimators)
        ):
            raise BadOption(
                "The 'estimators' parameter of PrunedEnsemble must be a list of classifiers with "
                f"predict_proba or None. Got {self.estimators!r} instead."
            )

    def _templates(self) -> list[Any]:
        given = weak_learners() if self.estimators is None else list(self.estimators)
        return [given[number % len(given)] for number in range(self.n_members)]

    def _pool(
        self, rows: Any, codes: Any, weight: Any, group: Any, seed: int, where: Any, chosen: NDArray[np.intp]
    ) -> Pool:
        return fit_pool(
            self._templates(),
            None if self.sampler is None else clone(self.sampler),
            rows,
            codes,
            self.classes_,
            weight=weight,
            groups=group,
            seed=seed,
            where=where,
            chosen=chosen,
            max_samples=self.max_samples,
            n_jobs=self.n_jobs,
        )

    def _validation(self, rows: Any, codes: Any, weight: Any, group: Any, seed: int) -> MemberProba:
        splits = inner_splits(codes, self.cv, groups=group, random_state=int_seed(seed, "validation"))
        everyone = np.arange(self.n_members)
        proba = np.full((self.n_members, codes.shape[0], self.classes_.shape[0]), np.nan, dtype=np.float32)
        for fold, (train, test) in enumerate(splits):
            if np.unique(codes[train]).size < FEWEST_CLASSES or test.size == 0:
                continue
            facts = [None if fact is None else fact[train] for fact in (weight, group)]
            try:
                pool = self._pool(take_rows(rows, train), codes[train], *facts, seed, fold, everyone)
            except CannotResample as error:
                raise CannotResample(
                    f"{error} This was in an inner fold, on which members are judged; search=None needs none."
                ) from error
            for member, said in enumerate(pool.each_proba(take_rows(rows, test))):
                proba[member, test] = said
        asked = np.flatnonzero(~np.isnan(proba[0]).any(axis=1))
        return MemberProba(proba[:, asked], codes[asked], None if weight is None else weight[asked])

    def _search(self, members: MemberProba, search: str, seed: int) -> Subset:
        settings = {name: getattr(self, name) for name in ("population", "iterations", "patience")}
        return search_subset(self.score_of(members), self.n_members, search, seed, **settings)
