"""Class-adaptive clustering: few rows that stand for a table, shared out by the spread of the classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.metaestimators import available_if

from steelyard.balance.check_parameter import check_choice, check_flag, check_number, check_whole
from steelyard.balance.condense.base import Condenser, CondensingTask, allocation_by_name
from steelyard.balance.condense.budget import AUTO
from steelyard.balance.condense.search_allocation import SEARCHES, ClassCurves, search_allocation
from steelyard.balance.condense.stand_in_rows import ClusteredClass
from steelyard.balance.lineage import Lineage
from steelyard.balance.tables.base import Children
from steelyard.kernels.kmeans import clusters_of, kmeans
from steelyard.kernels.rng import child

__all__ = ["ClassAdaptiveClustering"]

EMITS = ("centroid", "medoid")
WEIGHTINGS = ("auto", "mass", "none")
BY_SIZE = ("equal", "ratio", "tempered")


def _keeps_rows(self: ClassAdaptiveClustering) -> bool:
    if self.emit == "medoid":
        return True
    raise AttributeError("With emit='centroid' rows are made, not selected. Use fit_resample.")


class ClassAdaptiveClustering(Condenser):
    """Let the middles of clusters stand for each class, with more clusters where they lower the error most.

    The budget is shared out among the classes so that ``sum over c of n_c ** -gamma * D_c(k_c)`` is least,
    ``D_c(k)`` being the error of class c in k clusters: neither in proportion to the classes nor equally,
    but by their size and spread.

    Parameters
    ----------
    budget : "auto", float or int, default="auto"
        Rows that come out: a share of the table in (0, 1], or a number; "auto" is one in a hundred, at
        least 100 a class and at most half the table. Fewer than two a class are refused.
    gamma : float, default=0.25
        0 counts the error of every row alike, so that large classes rule; 1 counts every class alike.
    search : {"dp", "hfils", "ratio", "equal", "tempered"}, default="dp"
        "dp" finds the least error exactly, "hfils" is the paper's local search. The others go by class sizes:
        in proportion, equally, or in proportion to sizes to the power ``1 - gamma``.
    emit : {"medoid", "centroid"}, default="medoid"
        The real row nearest to the middle of each cluster, or the middle itself, which has values no real
        row has: networks and linear models take it well, trees do not.
    scaling : {"clipped", "minmax", "standard", "none"}, default="clipped"
        What numbers are divided by: their range between the 0.1 and 99.9 percentiles, what lies beyond
        being moved there; their whole range, as in the paper; their standard deviation; nothing.
    weighting : {"auto", "mass", "none"}, default="auto"
        Whether ``sample_weight_`` holds the masses of the clusters; "auto" does so for centroids.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    n_curve_points : int, default=10
        Numbers of clusters, geometrically spaced, at which the error of a class is measured.
    points_per_centroid : int, default=256
        Rows of a class that centres are sought on, for each centre; they are drawn by lot.
    max_iter, patience : int, default=1000 and 10
        Turns of "hfils", and rejected moves of next to no effect, one after the other, that end it.
    tol : float, default=1e-4
        Effect, relative to the error, that is next to none.
    as_released : bool, default=False
        Let "hfils" do two things as the authors' code does: a class that starts at one row never gives any
        unless it has reached its cap, and the tolerance is 0.01 whatever the error.
    sampling_strategy : "auto", str, float, dict or callable, default="auto"
        "auto" follows the budget; anything else gives rows per class as in `RandomUnderSampler`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from streams of its own name.
    n_jobs : int, optional
        Threads; the rows that come out are the same for any number.

    Attributes
    ----------
    allocation_ : dict
        Rows of each class that came out.
    mass_ : ndarray of shape (n_out,)
        Rows (or weight) that each row that came out stands for; over a class they add up to its rows.
    curves_ : dict
        For each class the numbers of clusters and their errors; empty where class sizes decide.
    history_ : list of Move
        Allocations on the way, from the proportional one, and their errors.
    objective_ : float
        Error of the allocation, read from the curves; NaN where class sizes decide.
    sample_indices_ : ndarray of int, shape (n_out,)
        Only for medoids: the rows kept, in the order of the source.
    sample_weight_ : ndarray of shape (n_out,) or None
        The masses, or the weights of the rows kept; see ``weighting``.
    parents_ : ndarray of int, shape (n_out, 5)
        Of a centroid: the (at most 5) rows of its cluster nearest to it.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        The budget is below two rows a class.

    Notes
    -----
    Ours are the exact search, error curves that are measured at a few points and read between them in
    logarithms (the paper runs k-means anew for every number of clusters), medoids, masses, and the decoding
    of centroids: means of what is there, the most frequent category of the cluster, a gap where most of it
    has one. A lower error is not always a better table to learn from; the local search stops early and
    near the proportional allocation, which at times does better.

    A weight counts as so many rows. Clusters do not heed ``groups``; a centroid is the mean of the rows of
    one group, the largest of its cluster. A medoid shows a real row, and a centroid of one row is that
    row: what comes out is small, not anonymous.

    References
    ----------
    Xu, Li, Wang, Yang and Lin, C2TC: A training-free framework for efficient tabular data condensation,
    ICDE 2026, arXiv 2602.21717.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = np.concatenate([rng.normal(0, 1, (900, 2)), rng.normal(3, 1, (100, 2))])
    >>> sampler = ClassAdaptiveClustering(budget=20, random_state=0)
    >>> X_small, y_small = sampler.fit_resample(X, np.repeat(["common", "rare"], [900, 100]))
    >>> sampler.allocation_, bool((X_small == X[sampler.sample_indices_]).all()), float(sampler.mass_.sum())
    ({'common': 14, 'rare': 6}, True, 1000.0)
    """

    def __init__(
        self,
        *,
        budget: Any = AUTO,
        gamma: float = 0.25,
        search: str = "dp",
        emit: str = "medoid",
        scaling: str = "clipped",
        weighting: str = "auto",
        categorical_features: Any = AUTO,
        n_curve_points: int = 10,
        points_per_centroid: int = 256,
        max_iter: int = 1000,
        patience: int = 10,
        tol: float = 1e-4,
        as_released: bool = False,
        sampling_strategy: Any = AUTO,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.budget = budget
        self.gamma = gamma
        self.search = search
        self.emit = emit
        self.scaling = scaling
        self.weighting = weighting
        self.categorical_features = categorical_features
        self.n_curve_points = n_curve_points
        self.points_per_centroid = points_per_centroid
        self.max_iter = max_iter
        self.patience = patience
        self.tol = tol
        self.as_released = as_released
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _check_parameters(self) -> None:
        check_choice(self, "search", SEARCHES)
        check_choice(self, "emit", EMITS)
        check_choice(self, "weighting", WEIGHTINGS)
        check_number(self, "gamma", 0, 1)
        check_number(self, "tol", 0)
        for name, least in (
            ("n_curve_points", 2),
            ("points_per_centroid", 1),
            ("max_iter", 0),
            ("patience", 1),
        ):
            check_whole(self, name, least)
        check_flag(self, "as_released")

    def select(self, X: Any, y: Any, *, groups: Any = None, sample_weight: Any = None) -> NDArray[np.intp]:
        """Return the positions of the rows that ``fit_resample`` would return; only for medoids."""
        return self.resample(X, y, groups=groups, sample_weight=sample_weight).origin

    select = available_if(_keeps_rows)(select)

    def objective_of(self, allocation: dict[Any, int]) -> float:
        """Read the error of an allocation from the curves of the last call.

        Parameters
        ----------
        allocation : dict of label to rows

        Returns
        -------
        float
        """
        return self._curves.cost(np.array([allocation[label] for label in self.curves_], dtype=np.intp))

    def _begin(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> CondensingTask:
        self.curves_, self.history_, self.objective_ = {}, [], float("nan")
        return super()._begin(X, y, groups, sample_weight)

    def _allocate(self, task: CondensingTask, budget: int) -> NDArray[np.intp]:
        if self.search in BY_SIZE:
            return allocation_by_name(self.search, task.counts, budget, self.gamma)
        rows = [task.rows_of(code) for code in range(task.counts.size)]
        weights = None if task.weight is None else [task.weight[some] for some in rows]
        sizes = task.counts if weights is None else np.array([some.sum() for some in weights])
        points = [task.points[some] for some in rows]
        curves = ClassCurves.of_points(points, sizes, task.labels.names, budget, self, task.seed, weights)
        self._curves = curves
        self.curves_ = dict(zip(task.labels.names, curves.measured_points, strict=True))
        self.history_ = search_allocation(
            curves,
            task.counts,
            budget,
            self.search,
            child(task.seed, "search"),
            max_turns=self.max_iter,
            patience=self.patience,
            tol=self.tol,
            as_released=self.as_released,
        )
        self.objective_ = self.history_[-1].cost
        return np.array(self.history_[-1].allocation, dtype=np.intp)

    def _resample(self, task: CondensingTask) -> tuple[Any, Any]:
        vars(self).pop("sample_indices_", None)
        codes = [code for code, wanted in enumerate(task.wanted.tolist()) if wanted]
        clustered = [self._clustered(task, code) for code in codes]
        mass = np.concatenate([one.mass for one in clustered])
        if self.emit == "medoid":
            rows = np.concatenate([one.medoids() for one in clustered])
            order = np.argsort(rows)
            self.mass_, self.sample_indices_ = mass[order], rows[order]
            return self._record(task, self.sample_indices_)
        self.mass_ = mass
        counted = [None if task.groups is None else one.in_largest_group(task.groups) for one in clustered]
        if any(some is not None and not some.all() for some in counted):
            self._add_note("a cluster that lies across groups is stood for by the rows of its largest one")
        made = [one.middles(task.space, some) for one, some in zip(clustered, counted, strict=True)]
        children = Children.together(made)
        return self._record(task, children.base, children)

    def _clustered(self, task: CondensingTask, code: int) -> ClusteredClass:
        rows, k = task.rows_of(code), int(task.wanted[code])
        points = task.points[rows]
        weight = None if task.weight is None else task.weight[rows]
        centers = kmeans(
            points,
            k,
            child(task.seed, "class", task.labels.names[code], "clusters"),
            weight=weight,
            points_per_center=self.points_per_centroid,
            n_jobs=self.n_jobs,
        )
        found = clusters_of(points, centers, weight=weight, n_jobs=self.n_jobs)
        return ClusteredClass(rows, found, np.ones(rows.size) if weight is None else weight)

    def _keep(
        self, lineage: Lineage, groups: NDArray[Any] | None, weight: NDArray[np.float64] | None
    ) -> None:
        super()._keep(lineage, groups, weight)
        by_mass = {"auto": self.emit == "centroid"}.get(self.weighting, self.weighting == "mass")
        if by_mass:
            self.sample_weight_ = self.mass_
