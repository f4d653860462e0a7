"""Condensed nearest neighbours: keep the rows of large classes that the 1-NN rule needs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.base import Selector
from steelyard.balance.check_parameter import check_flag, check_whole, read_voters
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task
from steelyard.errors import CannotResample
from steelyard.kernels.condensed import condense

__all__ = ["CondensedNearestNeighbour"]


class CondensedNearestNeighbour(Selector):
    """Keep the rows of the chosen classes without which a nearest neighbour rule would label others wrongly.

    The rare class is kept whole. Of each chosen class a few rows are drawn; then its rows are looked at
    in order, and one is kept when the rare rows and those kept so far would label it wrongly. What
    stays lies along the border; the inside of the class goes.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Classes that may lose rows: "auto" and "not minority" all but the smallest, "majority" the
        largest, "all" every class; or a list of classes.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws its first rows from a stream of its own name.
    n_neighbors : int, object or None, default=None
        Neighbours that vote; None is one. Or an object with ``kneighbors``, such as scikit-learn's
        KNeighborsClassifier, whose ``n_neighbors`` and distance are used; votes count alike.
    n_seeds_S : int, default=1
        Rows of each class to start with, each drawn once.
    n_jobs : int or None, default=None
        Threads of the search; the rows do not depend on it.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans. One that differs counts as the median
        standard deviation of the numeric columns (1 where that is 0).
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        Rows kept, in the order of the source.
    origin_, parents_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        Fewer rows to start with than neighbours that vote.

    Notes
    -----
    With more than two classes each is condensed against the smallest one alone, as in
    imbalanced-learn. One walk is enough: as only the large class grows, a row labelled rightly once
    stays so, and a second walk would keep nothing more.

    A missing number stands at the column's median when distances are measured; a missing category is
    a category. Among equally near rows the first one counts, among equal votes the class that comes
    first in sorted order.

    The rows are those of imbalanced-learn for the same first rows, where the class comes first in the
    table; elsewhere imbalanced-learn passes over some rows unseen, for it mixes up row numbers of the
    table and of the class.

    References
    ----------
    Hart, The condensed nearest neighbor rule, IEEE Transactions on Information Theory 14, 1968.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [7.0], [8.0], [9.0]]
    >>> sampler = CondensedNearestNeighbour(random_state=0)
    >>> _ = sampler.fit_resample(X, ["a", "a", "a", "a", "a", "a", "b", "b"])
    >>> sampler.sample_indices_.tolist()
    [5, 6, 7]
    """

    how = "clean"

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        n_neighbors: Any = None,
        n_seeds_S: int = 1,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.n_neighbors = n_neighbors
        self.n_seeds_S = n_seeds_S
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        read_voters(self)
        check_whole(self, "n_seeds_S")
        check_flag(self, "standardize")

    def _check_task(self, task: Task) -> None:
        k = read_voters(self)[0]
        start = int(task.counts.min()) + self.n_seeds_S
        if start < k:
            raise CannotResample(
                f"CondensedNearestNeighbour starts with {start} rows, the smallest class and n_seeds_S="
                f"{self.n_seeds_S}, and {k} neighbours shall vote. Lower n_neighbors, or raise n_seeds_S."
            )

    def _select(self, task: Task) -> NDArray[np.intp]:
        k, engine = read_voters(self)
        around = task.space.neighborhood(n_jobs=self.n_jobs, engine=engine)
        smallest = int(task.counts.argmin())
        rare = task.rows_of(smallest)
        kept = []
        for code in range(task.counts.shape[0]):
            rows = task.rows_of(code)
            if task.wanted[code] != task.counts[code] and code != smallest:
                n_seeds = min(self.n_seeds_S, rows.shape[0])
                seeds = task.stream(code).choice(rows, size=n_seeds, replace=False)
                rows = condense(around, rows, rare, seeds, k, wins_ties=code < smallest)
            kept.append(rows)
        chosen = np.sort(np.concatenate(kept))
        if chosen.shape[0] == task.table.n_rows:
            self.note_ = "no row left out: each one is needed to label the rows of its class rightly"
        return chosen
