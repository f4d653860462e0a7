"""One-sided selection: keep the rows a few stored ones misjudge, then leave out Tomek links."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_flag, check_whole, read_voters
from steelyard.balance.clean.cleaner import ENDS_A_LINK, Cleaner, first_rarest, touched
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task
from steelyard.errors import CannotResample
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.one_sided import misjudged
from steelyard.kernels.tomek_links import tomek_links

__all__ = ["OneSidedSelection"]


class OneSidedSelection(Cleaner):
    """Thin out classes to the rows that a few of them do not stand for, then leave out Tomek links.

    Parameters
    ----------
    sampling_strategy : str or list, default="auto"
        Classes that may lose rows: "auto" and "not minority" all but the smallest, "majority" the
        largest, "not majority" all but the largest, "all" every class; or a list of classes.
    random_state : int, RandomState, Generator or None, default=None
    n_neighbors : int, object or None, default=None
        Stored rows asked for a row's label, one by default. Or an object with ``kneighbors``, set to
        find as many; each counts as much, whatever the weights of a classifier say.
    n_seeds_S : int, default=1
        Rows of each class drawn into the store.
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
        A store holds fewer rows than are to be asked.

    Notes
    -----
    For each chosen class the store is the smallest class and ``n_seeds_S`` rows drawn from the class.
    The class keeps those seeds and the rows that the store labels otherwise: the rows its seeds do
    not stand for. Of what is left, the rows of the chosen classes that end a Tomek link go.

    Seeds are drawn without repeats from a stream of each class, so adding a class moves no draw of
    the others; imbalanced-learn draws with repeats from one stream, and keeps a seed drawn twice
    twice. A class whose last rows all end a link keeps them, and ``note_`` says so.

    A missing number stands at the column's median when distances are measured; a missing category is
    a category. A row is never its own neighbour, even where others equal it; among equally near rows
    the first one counts. Groups play no part: nothing is made, so nothing can cross them.

    References
    ----------
    Kubat and Matwin, Addressing the curse of imbalanced training sets: one-sided selection, ICML 1997.

    Examples
    --------
    >>> X = [[0.0], [0.1], [0.2], [0.3], [3.0], [4.1], [5.0], [5.2]]
    >>> y = ["a", "a", "a", "a", "a", "a", "b", "b"]
    >>> sampler = OneSidedSelection(random_state=0)
    >>> _ = sampler.fit_resample(X, y)
    >>> sampler.sample_indices_.tolist()
    [4, 5, 6, 7]
    """

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

    def _select(self, task: Task) -> NDArray[np.intp]:
        k, engine = read_voters(self)
        judging = task.space.neighborhood(n_jobs=self.n_jobs, engine=engine)
        kept = np.sort(
            np.concatenate([self._kept(task, judging, code, k) for code in range(len(task.counts))])
        )
        linking = judging if engine is None else task.space.neighborhood(n_jobs=self.n_jobs)
        ends = tomek_links(linking, task.codes, kept).ravel()
        there = np.zeros(task.table.n_rows, dtype=np.bool_)
        there[kept] = True
        ends = self._spare_whole_classes(task, there, ends[touched(task)[task.codes[ends]]], ENDS_A_LINK)
        there[ends] = False
        return self._without(
            task, np.flatnonzero(~there), "no stored row stands for another, and there is no link"
        )

    def _kept(self, task: Task, around: Neighborhood, code: int, k: int) -> NDArray[np.intp]:
        """Rows of one class that the first step keeps."""
        rows = task.rows_of(code)
        if not touched(task)[code]:
            return rows
        seeds = self._draw_seeds(task, code)
        store = np.union1d(task.rows_of(first_rarest(task.codes)), seeds)
        if store.shape[0] < k:
            raise CannotResample(
                f"OneSidedSelection asks n_neighbors={k} stored rows, and the store for class "
                f"{task.labels.names[code]!r} holds {store.shape[0]}: the smallest class and "
                f"n_seeds_S={self.n_seeds_S} rows. Lower n_neighbors, or raise n_seeds_S."
            )
        others = np.setdiff1d(rows, store)
        return np.concatenate([seeds, others[misjudged(around, task.codes, others, store, k)]])

    def _draw_seeds(self, task: Task, code: int) -> NDArray[np.intp]:
        rows = task.rows_of(code)
        return task.stream(code).permutation(rows)[: self.n_seeds_S]
