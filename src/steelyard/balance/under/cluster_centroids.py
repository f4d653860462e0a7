"""Cluster centroids: replace the rows of large classes by the centres of their clusters."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

from steelyard.balance.base import Sampler
from steelyard.balance.check_parameter import check_choice, check_flag
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.balance.under.stand_ins import StandIns
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.mixed_clusters import mixed_clusters
from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.neighbors import neighbors_of
from steelyard.kernels.overflow import refuse_huge
from steelyard.kernels.rng import child, int_seed

__all__ = ["ClusterCentroids"]

VOTES = ("auto", "hard", "soft")
# Rows of a cluster that are recorded as the parents of its centre: all of them would be a list as
# long as the cluster.
N_PARENTS = 5


class ClusterCentroids(Sampler):
    """Cluster the rows of each large class, and let the centres of the clusters stand for them.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class: "auto" and "not minority" bring all classes down to the smallest,
        "majority" the largest only, "all" every class; a number is the wanted ratio of minority to
        majority rows (two classes); a dict gives rows per class.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the clustering, each class by its name, unless the estimator has a seed of its own.
    estimator : clusterer with ``n_clusters`` and ``cluster_centers_`` or None, default=None
        None is scikit-learn's KMeans, or k-prototypes for a table with categories. MiniBatchKMeans is
        much faster on large tables.
    voting : {"auto", "hard", "soft"}, default="auto"
        "soft" gives the centres themselves, which are synthetic rows; "hard" gives the row of the class
        nearest to each; "auto" is "hard" for sparse tables, else "soft".
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans. One that differs counts as the median
        standard deviation of the class's numeric columns (1 where that is 0).
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before rows are clustered.

    Attributes
    ----------
    voting_ : str
        What "auto" came to.
    parents_ : ndarray of int, shape (n_out, r)
        Of a centre: the (at most 5) rows of its class nearest to it, not all rows of the cluster.
    sample_indices_ : ndarray of int, shape (n_out,)
        Only with hard voting: rows kept, in the order of the source.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        0 rows are wanted of every class.

    Notes
    -----
    Rows of the classes left alone come first, then the centres, class by class. A centre is the mean
    of its rows' numbers, rounded for a column of whole numbers, and takes the most frequent category of
    each column. A gap stands at the class's median while rows are clustered; a centre has a gap where
    all its parents have one. A missing category is a category.

    With ``groups`` each group is clustered for itself, with clusters in proportion to its rows; weights
    do not enter the clustering. With hard voting one row may be nearest to two centres and then comes
    out twice; ``note_`` says so.

    References
    ----------
    Yen and Lee, Cluster-based under-sampling approaches for imbalanced data distributions, Expert
    Systems with Applications 36, 2009. Huang, Extensions to the k-means algorithm for clustering large
    data sets with categorical values, Data Mining and Knowledge Discovery 2, 1998.

    Examples
    --------
    >>> X = [[0.0], [1.0], [8.0], [9.0], [10.0], [20.0], [21.0]]
    >>> sampler = ClusterCentroids(random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, ["a", "a", "a", "a", "a", "b", "b"])
    >>> sorted(X_out), y_out, sampler.origin_.tolist()
    ([[0.5], [9.0], [20.0], [21.0]], ['b', 'b', 'a', 'a'], [5, 6, -1, -1])
    """

    how = "under"

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        estimator: Any = None,
        voting: str = "auto",
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.estimator = estimator
        self.voting = voting
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        check_choice(self, "voting", VOTES)
        check_flag(self, "standardize")
        estimator = self.estimator
        if estimator is not None and not (
            hasattr(estimator, "fit")
            and hasattr(estimator, "get_params")
            and "n_clusters" in estimator.get_params()
        ):
            raise BadOption(
                "The 'estimator' parameter of ClusterCentroids must be a clusterer with fit, n_clusters and "
                f"cluster_centers_ or None. Got {estimator!r} instead."
            )

    def _check_task(self, task: Task) -> None:
        if not task.wanted.sum():
            raise CannotResample(
                "ClusterCentroids was asked for 0 rows of every class. Ask for at least one row."
            )
        if self.estimator is not None and task.space.codes is not None:
            raise BadOption(
                f"{type(self.estimator).__name__} clusters numbers only, and the table has "
                f"{len(task.space.categorical)} categorical columns. Leave out estimator."
            )

    def _resample(self, task: Task) -> tuple[Any, Any]:
        hard = self.voting == "hard" or (self.voting == "auto" and sparse.issparse(task.space.numbers))
        self.voting_ = "hard" if hard else "soft"
        vars(self).pop("sample_indices_", None)
        left_alone = np.flatnonzero((task.wanted == task.counts)[task.codes])
        shrunk = np.flatnonzero((task.wanted < task.counts) & (task.wanted > 0)).tolist()
        stand_ins = [made for code in shrunk for made in self._stand_ins(task, code)]
        if hard:
            rows = np.sort(np.concatenate([left_alone, *(made.near[:, 0] for made in stand_ins)]))
            if np.unique(rows).shape[0] < rows.shape[0]:
                self._add_note("a row that is nearest to several centres comes out several times")
            self.sample_indices_ = rows
            return self._record(task, rows)
        if not stand_ins:
            return self._record(task, left_alone)
        centres = Children.together([made.as_children(task.space) for made in stand_ins])
        return self._record(task, np.concatenate([left_alone, centres.base]), centres)

    def _stand_ins(self, task: Task, code: int) -> Iterator[StandIns]:
        """Centres of one class, group after group."""
        rows, wanted, name = task.rows_of(code), int(task.wanted[code]), task.labels.names[code]
        around, sparse_table = task.space.neighborhood(within=rows), sparse.issparse(task.space.numbers)
        groups, member = np.array([None]), np.zeros(rows.shape[0], dtype=np.intp)
        if task.groups is not None:
            groups, member = np.unique(task.groups[rows], return_inverse=True)
        for place, quota in enumerate(_in_proportion(wanted, np.bincount(member)).tolist()):
            if quota:
                part = rows[member == place]
                centres = self._centres(task, around, part, quota, ("class", name, "group", groups[place]))
                found, _ = neighbors_of(
                    around.numbers[part],
                    min(N_PARENTS, part.shape[0]),
                    queries=sparse.csr_array(centres.numeric) if sparse_table else centres.numeric,
                    codes=None if around.codes is None else around.codes[part],
                    query_codes=centres.codes,
                    mismatch=around.mismatch,
                )
                yield StandIns(part, around.codes, part[found], centres)

    def _centres(
        self, task: Task, around: Neighborhood, rows: NDArray[np.intp], n: int, names: tuple[Any, ...]
    ) -> Points:
        refuse_huge(around.numbers)
        if around.codes is not None:
            points = Points(around.numbers[rows], around.codes[rows], around.mismatch**2)
            return mixed_clusters(points, n, child(task.seed, *names))[0]
        clusterer = KMeans() if self.estimator is None else clone(self.estimator)
        clusterer.set_params(n_clusters=n)
        if clusterer.get_params().get("random_state", 0) is None:
            clusterer.set_params(random_state=int_seed(task.seed, *names))
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", ConvergenceWarning)
            clusterer.fit(around.numbers[rows])
        if any("distinct clusters" in str(warning.message) for warning in said):
            self._add_note(
                f"class {names[1]!r}: fewer different rows than centres, so some centres are equal"
            )
        if not hasattr(clusterer, "cluster_centers_"):
            raise BadOption(
                "The 'estimator' parameter of ClusterCentroids must be a clusterer with cluster_centers_ "
                f"when fitted. Got {self.estimator!r} instead."
            )
        return Points(np.asarray(clusterer.cluster_centers_))


def _in_proportion(total: int, sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Whole shares of a total in proportion to sizes, the largest remainders rounded up."""
    share = total * sizes / sizes.sum()
    whole = np.floor(share).astype(np.intp)
    whole[np.argsort(whole - share, kind="stable")[: total - whole.sum()]] += 1
    return whole
