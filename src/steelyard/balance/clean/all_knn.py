"""All k-NN: edit with one neighbour, then with two, and so on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_choice, check_flag, read_neighbors
from steelyard.balance.clean.cleaner import Cleaner
from steelyard.balance.clean.editing_passes import EditingPasses
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task

__all__ = ["AllKNN"]


class AllKNN(Cleaner):
    """Edit with the nearest neighbour, then with two of what is left, up to ``n_neighbors``.

    Parameters
    ----------
    sampling_strategy : str or list, default="auto"
        Classes that may lose rows: "auto" and "not minority" all but the smallest, "majority" the
        largest, "not majority" all but the largest, "all" every class; or a list of classes.
        Smallest and largest are settled anew before each pass.
    n_neighbors : int or object, default=3
        Neighbours asked in the last pass. Or an object with ``kneighbors``, set to find one
        more, the row itself.
    kind_sel : {"all", "mode"}, default="all"
        A row stays if all neighbours carry its label, or if the most frequent label among them is its
        own (of equally frequent labels the first in sorted order counts).
    allow_minority : bool, default=False
        Whether to go on when another class has fewer rows left than the smallest had at the start.
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
        There are not more rows than neighbours asked for.

    Notes
    -----
    It stops early when another class has fewer rows left than the smallest had at the start (unless
    that is allowed), when a class would be left without rows (they stay, and ``note_`` says so), or
    when too few rows are left to ask.

    The search of the first pass is made for the largest number of neighbours and serves all: a later
    pass looks only at rows that lost a neighbour they rested on (see
    ``steelyard.kernels.disagreement``).

    A missing number stands at the column's median when distances are measured; a missing category is
    a category. A row is never its own neighbour, even where others equal it; among equally near rows
    the first one counts. Groups play no part: nothing is made, so nothing can cross them.

    References
    ----------
    Tomek, An experiment with the edited nearest-neighbor rule, IEEE Transactions on Systems, Man and
    Cybernetics 6, 1976.

    Examples
    --------
    >>> X = [[0.0], [0.1], [0.2], [0.3], [5.15], [4.7], [5.0], [5.2], [5.3], [5.4]]
    >>> y = ["a", "a", "a", "a", "a", "a", "b", "b", "b", "b"]
    >>> sampler = AllKNN()
    >>> _ = sampler.fit_resample(X, y)
    >>> sampler.sample_indices_.tolist()
    [0, 1, 2, 3, 6, 7, 8, 9]
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        n_neighbors: Any = 3,
        kind_sel: str = "all",
        allow_minority: bool = False,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.n_neighbors = n_neighbors
        self.kind_sel = kind_sel
        self.allow_minority = allow_minority
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        read_neighbors(self, "n_neighbors")
        check_choice(self, "kind_sel", ("all", "mode"))
        check_flag(self, "allow_minority")
        check_flag(self, "standardize")

    def _check_task(self, task: Task) -> None:
        self._check_enough_rows(task, read_neighbors(self, "n_neighbors")[0])

    def _select(self, task: Task) -> NDArray[np.intp]:
        largest, engine = read_neighbors(self, "n_neighbors")
        passes = EditingPasses(self, task, largest, engine)
        for k in range(1, largest + 1):
            if passes.rows.shape[0] <= k:
                self.note_ = f"stopped before the pass of {k} neighbours: no more rows than that are left"
                break
            passes.edit(k)
            if self.note_ or (passes.overtaken and not self.allow_minority):
                break
        gone = np.flatnonzero(~passes.votes.there)
        return self._without(task, gone, "no row of the classes that may lose rows is contradicted")
