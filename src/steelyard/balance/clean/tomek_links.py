"""Tomek links: leave out rows whose nearest neighbour, and nearest to it, is of another class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.base import Selector
from steelyard.balance.check_parameter import check_flag
from steelyard.balance.space import AUTO, Space, open_space
from steelyard.balance.tables.base import Table
from steelyard.balance.task import Task

__all__ = ["TomekLinks"]


class TomekLinks(Selector):
    """Leave out the rows of the chosen classes that are one end of a Tomek link.

    Two rows of different classes form a Tomek link when each is the other's nearest neighbour: they
    face each other across the border, or one of them is noise.

    Parameters
    ----------
    sampling_strategy : str, list or callable, default="auto"
        Classes that may lose rows: "auto" and "not minority" all but the smallest, "majority" the
        largest, "all" every class (both ends of a link go); or a list of classes.
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

    Notes
    -----
    A missing number stands at the column's median when distances are measured; a missing category is
    a category. A row is never its own neighbour, even where others equal it; among equally near rows
    the first one counts.

    References
    ----------
    Tomek, Two modifications of CNN, IEEE Transactions on Systems, Man and Cybernetics 6, 1976.

    Examples
    --------
    >>> sampler = TomekLinks()
    >>> X, y = sampler.fit_resample([[0.0], [1.0], [4.9], [5.0], [9.0]], ["a", "a", "a", "b", "b"])
    >>> sampler.sample_indices_.tolist(), sampler.note_
    ([0, 1, 3, 4], '')
    """

    how = "clean"

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        check_flag(self, "standardize")

    def _open_space(self, table: Table) -> Space:
        return open_space(table, "TomekLinks", self.categorical_features, standardize=self.standardize)

    def _select(self, task: Task) -> NDArray[np.intp]:
        rows = np.arange(task.table.n_rows)
        nearest = task.space.neighbors(rows, 1, self.n_jobs)[:, 0]
        linked = (nearest[nearest] == rows) & (task.codes != task.codes[nearest])
        goes = linked & (task.wanted != task.counts)[task.codes]
        if not goes.any():
            self.note_ = "no row left out: there is no Tomek link in the classes that may lose rows"
        return np.flatnonzero(~goes)
