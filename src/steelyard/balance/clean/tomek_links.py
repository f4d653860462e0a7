"""Tomek links: leave out rows whose nearest neighbour, and nearest to it, is of another class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_flag
from steelyard.balance.clean.cleaner import ENDS_A_LINK, Cleaner, touched
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task
from steelyard.kernels.tomek_links import tomek_links

__all__ = ["TomekLinks"]


class TomekLinks(Cleaner):
    """Leave out the rows of the chosen classes that are one end of a Tomek link.

    Two rows of different classes form a Tomek link when each is the other's nearest neighbour: they
    face each other across the border, or one of them is noise.

    Parameters
    ----------
    sampling_strategy : str or list, default="auto"
        Classes that may lose rows: "auto" and "not minority" all but the smallest, "majority" the
        largest, "not majority" all but the largest, "all" every class; or a list of classes.
        With "all", both ends of a link go.
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
    Only rows of classes other than the largest are searched for, then the rows they name (see
    ``steelyard.kernels.tomek_links``). A class of which every row ends a link keeps its rows, and
    ``note_`` says so: no class is removed.

    A missing number stands at the column's median when distances are measured; a missing category is
    a category. A row is never its own neighbour, even where others equal it; among equally near rows
    the first one counts. Groups play no part: nothing is made, so nothing can cross them.

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

    def _select(self, task: Task) -> NDArray[np.intp]:
        ends = tomek_links(task.space.neighborhood(n_jobs=self.n_jobs), task.codes).ravel()
        goes = ends[touched(task)[task.codes[ends]]]
        nothing = "there is no Tomek link in the classes that may lose rows"
        return self._without(task, goes, nothing, ENDS_A_LINK)
