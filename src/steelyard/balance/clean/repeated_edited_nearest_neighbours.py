"""Repeated edited nearest neighbours: edit until nothing is contradicted any more."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_choice, check_flag, check_whole, read_neighbors
from steelyard.balance.clean.cleaner import Cleaner
from steelyard.balance.clean.editing_passes import EditingPasses
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task

__all__ = ["RepeatedEditedNearestNeighbours"]


class RepeatedEditedNearestNeighbours(Cleaner):
    """Edit with nearest neighbours again and again, each time on the rows that were left.

    Parameters
    ----------
    sampling_strategy : str or list, default="auto"
        Classes that may lose rows: "auto" and "not minority" all but the smallest, "majority" the
        largest, "not majority" all but the largest, "all" every class; or a list of classes.
        Smallest and largest are settled anew before each pass.
    n_neighbors : int or object, default=3
        Neighbours asked. Or an object with ``kneighbors``, set to find one
        more, the row itself.
    max_iter : int, default=100
        Most passes made.
    kind_sel : {"all", "mode"}, default="all"
        A row stays if all neighbours carry its label, or if the most frequent label among them is its
        own (of equally frequent labels the first in sorted order counts).
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
    n_iter_ : int
        Passes made; the last one of a run that converged left nothing out.
    origin_, parents_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        There are not more rows than neighbours asked for.

    Notes
    -----
    It stops when a pass leaves nothing out, when another class has fewer rows left than the smallest
    had at the start (that pass counts), when a class would be left without rows (they stay, and
    ``note_`` says so), or when no more rows are left than neighbours to ask.

    The search of the first pass serves all: a later pass looks only at rows that lost a neighbour
    they rested on (see ``steelyard.kernels.disagreement``).

    A missing number stands at the column's median when distances are measured; a missing category is
    a category. A row is never its own neighbour, even where others equal it; among equally near rows
    the first one counts. Groups play no part: nothing is made, so nothing can cross them.

    References
    ----------
    Tomek, An experiment with the edited nearest-neighbor rule, IEEE Transactions on Systems, Man and
    Cybernetics 6, 1976.

    Examples
    --------
    >>> X = [[0.0], [0.1], [0.2], [0.3], [4.5], [4.7], [5.0], [5.2], [5.3], [5.4]]
    >>> y = ["a", "a", "a", "a", "a", "a", "b", "b", "b", "b"]
    >>> sampler = RepeatedEditedNearestNeighbours(n_neighbors=1)
    >>> _ = sampler.fit_resample(X, y)
    >>> sampler.sample_indices_.tolist(), sampler.n_iter_
    ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 1)
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        n_neighbors: Any = 3,
        max_iter: int = 100,
        kind_sel: str = "all",
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.n_neighbors = n_neighbors
        self.max_iter = max_iter
        self.kind_sel = kind_sel
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        read_neighbors(self, "n_neighbors")
        check_whole(self, "max_iter")
        check_choice(self, "kind_sel", ("all", "mode"))
        check_flag(self, "standardize")

    def _check_task(self, task: Task) -> None:
        self._check_enough_rows(task, read_neighbors(self, "n_neighbors")[0])

    def _select(self, task: Task) -> NDArray[np.intp]:
        k, engine = read_neighbors(self, "n_neighbors")
        passes = EditingPasses(self, task, k, engine)
        for n_iter in range(1, self.max_iter + 1):
            n_gone = passes.edit(k)
            self.n_iter_ = n_iter
            if n_gone == 0 or self.note_ or passes.overtaken:
                break
            if passes.rows.shape[0] <= k:
                self.note_ = f"stopped after pass {n_iter}: no more than n_neighbors={k} rows are left"
                break
        gone = np.flatnonzero(~passes.votes.there)
        return self._without(task, gone, "no row of the classes that may lose rows is contradicted")
