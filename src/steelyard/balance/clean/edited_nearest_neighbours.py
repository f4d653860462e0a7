"""Edited nearest neighbours: leave out rows whose neighbours disagree with their label."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_choice, check_flag, read_neighbors
from steelyard.balance.clean.cleaner import Cleaner, touched
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task
from steelyard.kernels.disagreement import Disagreement

__all__ = ["EditedNearestNeighbours"]


class EditedNearestNeighbours(Cleaner):
    """Leave out rows of the chosen classes that their nearest neighbours would label otherwise.

    Parameters
    ----------
    sampling_strategy : str or list, default="auto"
        Classes that may lose rows: "auto" and "not minority" all but the smallest, "majority" the
        largest, "not majority" all but the largest, "all" every class; or a list of classes.
    n_neighbors : int or object, default=3
        Neighbours asked. Or an object with ``kneighbors``, set to find one
        more, the row itself.
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
    origin_, parents_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        There are not more rows than neighbours asked for.

    Notes
    -----
    Rows deep inside a large class are proved to stay without searching for their neighbours; the
    others are searched for exactly (see ``steelyard.kernels.safe_rows``). A class of which every row is
    contradicted keeps its rows, and ``note_`` says so: no class is removed.

    A missing number stands at the column's median when distances are measured; a missing category is
    a category. A row is never its own neighbour, even where others equal it; among equally near rows
    the first one counts. Groups play no part: nothing is made, so nothing can cross them.

    References
    ----------
    Wilson, Asymptotic properties of nearest neighbor rules using edited data, IEEE Transactions on
    Systems, Man and Cybernetics 2, 1972.

    Examples
    --------
    >>> X = [[0.0], [0.1], [0.2], [0.3], [0.4], [5.1], [5.0], [5.2], [5.3], [5.4]]
    >>> y = ["a", "a", "a", "a", "a", "a", "b", "b", "b", "b"]
    >>> sampler = EditedNearestNeighbours()
    >>> _ = sampler.fit_resample(X, y)
    >>> sampler.sample_indices_.tolist()
    [0, 1, 2, 3, 4, 6, 7, 8, 9]
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        n_neighbors: Any = 3,
        kind_sel: str = "all",
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.n_neighbors = n_neighbors
        self.kind_sel = kind_sel
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        read_neighbors(self, "n_neighbors")
        check_choice(self, "kind_sel", ("all", "mode"))
        check_flag(self, "standardize")

    def _check_task(self, task: Task) -> None:
        self._check_enough_rows(task, read_neighbors(self, "n_neighbors")[0])

    def _select(self, task: Task) -> NDArray[np.intp]:
        k, engine = read_neighbors(self, "n_neighbors")
        around = task.space.neighborhood(n_jobs=self.n_jobs, engine=engine)
        goes = Disagreement(around, task.codes, k, self.kind_sel).contradicted(touched(task))
        return self._without(task, goes, "no row of the classes that may lose rows is contradicted")
