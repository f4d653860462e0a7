"""K-means SMOTE: over-sample within clusters in which a small class is at home."""

from __future__ import annotations

import math
import warnings
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.cluster import MiniBatchKMeans
from sklearn.exceptions import ConvergenceWarning

from steelyard.balance.check_parameter import check_number, check_whole
from steelyard.balance.over.family import Family, NeighborOverSampler
from steelyard.balance.over.ground import STEP, Ground
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.mean_distance import mean_distance
from steelyard.kernels.nearest_in_group import nearest_in_group
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.rng import int_seed

__all__ = ["KMeansSMOTE"]

DEFAULT_CLUSTERS = 8
# imbalanced-learn's exponent of the mean distance: 0.16 log(n)**1.8, logarithms to base 1.6.
EXPONENT_FACTOR, EXPONENT_BASE, EXPONENT_POWER = 0.16, 1.6, 1.8


class KMeansSMOTE(NeighborOverSampler):
    """Add rows between neighbours within clusters, the more the sparser the class lies in the cluster.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`; a few more come out (see Notes).
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name, and the clusters from one of theirs.
    k_neighbors : int or object with kneighbors, default=2
        Neighbours to move towards. A cluster needs more rows of the class than that.
    n_jobs : int or None, default=None
        Threads of the search for neighbours; the rows do not depend on it.
    kmeans_estimator : int, estimator or None, default=None
        Number of clusters of a `MiniBatchKMeans`, or a clusterer with ``fit_predict``; None is 8 clusters.
    cluster_balance_threshold : "auto" or float, default="auto"
        Least share of the class in a cluster that gets children. "auto" is half of the class's share in
        all rows to be made.
    density_exponent : "auto" or float, default="auto"
        Power of the mean distance within a cluster that its share of the children goes by; "auto" is
        0.16 log(n)**1.8 to base 1.6 for n rows of the class, as in imbalanced-learn.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation first.

    Attributes
    ----------
    kmeans_estimator_ : estimator
        Fitted on the whole table.
    cluster_balance_threshold_ : "auto" or float
        As asked for; no limit if there is one cluster.
    parents_ : ndarray of int, shape (n_out, r)
        The row a synthetic row starts from, the one it moves towards, and the other voters on categories.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group; there are no numbers; or no class
        has a cluster with enough of its rows.

    Notes
    -----
    A cluster's share is the ``density_exponent``-th power of the mean distance between its rows of the
    class, over their number; each cluster's number of children is rounded up, so that up to one more per
    cluster comes out than was asked for. A class without a cluster stays as it is, with a note, as long as
    another one can be enlarged.

    Clusters are sought on the numeric columns; neighbours and mean distances count categories too, as in
    `BorderlineSMOTE`. *Gaps* stand at the column's median over the table. *Groups*: a row moves only
    towards rows of its own group in its cluster.

    References
    ----------
    Last, Douzas and Bacao, Oversampling for Imbalanced Learning Based on K-Means and SMOTE,
    arXiv:1711.00837, 2017.

    Examples
    --------
    >>> X = [[0.0], [0.1], [0.2], [9.0], [9.1], [9.2], [9.3], [9.4], [9.5]]
    >>> y = ["no", "no", "no", "no", "no", "no", "yes", "yes", "yes"]
    >>> sampler = KMeansSMOTE(kmeans_estimator=2, random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> y_out.count("yes"), min(X_out[9:]) >= [9.3]
    (6, True)
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 2,
        n_jobs: int | None = None,
        kmeans_estimator: Any = None,
        cluster_balance_threshold: Any = "auto",
        density_exponent: Any = "auto",
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.n_jobs = n_jobs
        self.kmeans_estimator = kmeans_estimator
        self.cluster_balance_threshold = cluster_balance_threshold
        self.density_exponent = density_exponent
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        super()._check_parameters()
        for name in ("cluster_balance_threshold", "density_exponent"):
            if getattr(self, name) != AUTO:
                check_number(self, name)
        if isinstance(self.kmeans_estimator, Real):
            check_whole(self, "kmeans_estimator")
        elif self.kmeans_estimator is not None and not hasattr(self.kmeans_estimator, "fit_predict"):
            raise BadOption(
                "The 'kmeans_estimator' parameter of KMeansSMOTE must be an int, a clusterer with "
                f"fit_predict or None. Got {self.kmeans_estimator!r} instead."
            )

    def _resample(self, task: Task) -> tuple[Any, Any]:
        if not (task.wanted > task.counts).any():
            return super()._resample(task)
        self._cluster_of = self._clusters(task)
        try:
            return super()._resample(task)
        finally:
            del self._cluster_of

    def _clusters(self, task: Task) -> NDArray[np.intp]:
        """Number of each row's cluster."""
        if not task.space.numeric:
            raise CannotResample(
                "KMeansSMOTE needs numeric columns to find clusters, and all columns are categorical. "
                "Use SMOTE or SMOTEN."
            )
        clusterer = self.kmeans_estimator
        if clusterer is None or isinstance(clusterer, Integral):
            wanted = DEFAULT_CLUSTERS if clusterer is None else int(clusterer)
            n_clusters = min(wanted, task.table.n_rows)
            if n_clusters < wanted:
                self._add_note(f"{n_clusters} clusters instead of {wanted}, for there are no more rows")
            clusterer = MiniBatchKMeans(n_clusters, random_state=int_seed(task.seed, "clusters"))
        self.kmeans_estimator_ = clone(clusterer)
        with warnings.catch_warnings():
            # Fewer different rows than clusters: some clusters are then empty, which does no harm.
            warnings.simplefilter("ignore", ConvergenceWarning)
            found = self.kmeans_estimator_.fit_predict(self._ground(task, task.rows_of(0)).around.numbers)
        one = getattr(self.kmeans_estimator_, "n_clusters", None) == 1
        self.cluster_balance_threshold_ = -math.inf if one else self.cluster_balance_threshold
        return np.asarray(found)

    def _children(self, task: Task, code: int, n_new: int) -> Children | None:
        ground, rng = self._ground(task, task.rows_of(code)), task.stream(code)
        k, around = self._around(ground, "k_neighbors")
        threshold = self.cluster_balance_threshold_
        if threshold == AUTO:
            threshold = n_new / (task.wanted - task.counts).sum() / 2
        families = [
            family
            for rows in self._homes(task, code, threshold, k)
            if (family := _within(ground, around, k, rows)).starts.shape[0]
        ]
        if not families:
            self._note(
                task,
                code,
                f"kept as it is, for in no cluster it has a share of {threshold:.3g} and {k + 1} rows; lower "
                "cluster_balance_threshold or k_neighbors, or ask for other clusters",
            )
            return None
        weights = self._weights(around, families)
        drawn = [
            family.draw(math.ceil(n_new * weight), rng)
            for family, weight in zip(families, weights.tolist(), strict=True)
        ]
        n_found = np.concatenate([family.n_neighbors for family in families])
        self._note_few(n_found, k, self._named(task, code), f"it has {task.counts[code]} rows")
        return _joined(families, drawn, rng)

    def _homes(self, task: Task, code: int, threshold: float, k: int) -> list[NDArray[np.intp]]:
        """The class's rows in each cluster that is to get children."""
        homes = []
        for number in np.unique(self._cluster_of[self._cluster_of >= 0]).tolist():
            members = np.flatnonzero(self._cluster_of == number)
            rows = members[task.codes[members] == code]
            if rows.shape[0] > k and rows.shape[0] / members.shape[0] >= threshold:
                homes.append(rows)
        return homes

    def _weights(self, around: Neighborhood, families: list[Family]) -> NDArray[np.float64]:
        """Each cluster's share of the children."""
        sparsity = np.empty(len(families))
        for place, family in enumerate(families):
            n_rows = family.starts.shape[0]
            exponent = self.density_exponent
            if exponent == AUTO:
                exponent = EXPONENT_FACTOR * math.log(n_rows, EXPONENT_BASE) ** EXPONENT_POWER
            sparsity[place] = mean_distance(around, family.starts) ** exponent / n_rows
        if not sparsity.any():  # all rows of the class are equal, cluster by cluster
            sparsity[:] = 1.0
        return sparsity / sparsity.sum()


def _within(ground: Ground, around: Neighborhood, k: int, rows: NDArray[np.intp]) -> Family:
    """The class's rows in one cluster, with their neighbours in it and in their group."""
    found, _ = nearest_in_group(around, k, rows, rows, ground.groups)
    return Family(ground, rows, found).with_neighbors()


def _joined(
    families: list[Family],
    drawn: list[NDArray[np.int32]],
    rng: np.random.Generator,
) -> Children:
    """Children of all clusters, one cluster after another."""
    return Children.together(
        [
            family.children(picks, rng.random(picks.shape[0], dtype=STEP))
            for family, picks in zip(families, drawn, strict=True)
            if picks.shape[0]
        ]
    )
