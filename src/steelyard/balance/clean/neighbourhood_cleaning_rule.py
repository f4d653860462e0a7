"""Neighbourhood cleaning rule: edit, and clear the surroundings of misjudged rare rows."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from steelyard.balance.check_parameter import check_flag, read_neighbors
from steelyard.balance.clean.cleaner import Cleaner, first_rarest, touched
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task
from steelyard.errors import BadOption
from steelyard.kernels.disagreement import Disagreement, most_frequent
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["NeighbourhoodCleaningRule"]


class NeighbourhoodCleaningRule(Cleaner):
    """Leave out contradicted rows, and the neighbours of rare rows that those neighbours misjudge.

    Parameters
    ----------
    sampling_strategy : str or list, default="auto"
        Classes that may lose rows: "auto" and "not minority" all but the smallest, "majority" the
        largest, "not majority" all but the largest, "all" every class; or a list of classes.
    edited_nearest_neighbours : sampler or None, default=None
        What finds the contradicted rows, an object with ``fit_resample`` and ``sample_indices_``. By
        default `EditedNearestNeighbours` with ``kind_sel="mode"`` and the same neighbours.
    n_neighbors : int or object, default=3
        Neighbours asked. Or an object with ``kneighbors``, set to find one
        more, the row itself.
    threshold_cleaning : float, default=0.5
        The surroundings are cleared of classes with more than this many times the rows of the
        smallest class.
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
    classes_to_clean_ : list
        Classes of which the surroundings of rare rows were cleared.
    origin_, parents_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        There are not more rows than neighbours asked for.

    Notes
    -----
    First, rows of the chosen classes are left out that most of their neighbours contradict. Second,
    each row of the smallest class is judged by the vote of the row itself and its nearest
    ``n_neighbors - 1`` others, as imbalanced-learn does; where the vote is wrong, those of its
    ``n_neighbors`` nearest others that belong to ``classes_to_clean_`` are left out.

    A class of which every row would go keeps its rows, and ``note_`` says so: no class is removed.

    A missing number stands at the column's median when distances are measured; a missing category is
    a category. A row is never its own neighbour, even where others equal it; among equally near rows
    the first one counts. Groups play no part: nothing is made, so nothing can cross them.

    References
    ----------
    Laurikkala, Improving identification of difficult small classes by balancing class distribution,
    AIME 2001.

    Examples
    --------
    >>> X = [[0.0], [0.1], [0.2], [0.3], [5.2], [5.3], [5.4], [9.0], [9.1], [9.2], [5.25]]
    >>> y = ["a"] * 7 + ["b"] * 4
    >>> sampler = NeighbourhoodCleaningRule()
    >>> _ = sampler.fit_resample(X, y)
    >>> sampler.sample_indices_.tolist()
    [0, 1, 2, 3, 7, 8, 9, 10]
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        edited_nearest_neighbours: Any = None,
        n_neighbors: Any = 3,
        threshold_cleaning: float = 0.5,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.edited_nearest_neighbours = edited_nearest_neighbours
        self.n_neighbors = n_neighbors
        self.threshold_cleaning = threshold_cleaning
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        read_neighbors(self, "n_neighbors")
        check_flag(self, "standardize")
        share, editor = self.threshold_cleaning, self.edited_nearest_neighbours
        if not isinstance(share, Real) or isinstance(share, bool) or not 0 < share < np.inf:
            raise BadOption(
                "The 'threshold_cleaning' parameter of NeighbourhoodCleaningRule must be a float in the "
                f"range (0.0, inf). Got {share!r} instead."
            )
        if editor is not None and (isinstance(editor, type) or not hasattr(editor, "fit_resample")):
            raise BadOption(
                "The 'edited_nearest_neighbours' parameter of NeighbourhoodCleaningRule must be an object "
                f"with fit_resample, or None. Got {editor!r} instead."
            )

    def _check_task(self, task: Task) -> None:
        self._check_enough_rows(task, read_neighbors(self, "n_neighbors")[0])

    def _select(self, task: Task) -> NDArray[np.intp]:
        k, engine = read_neighbors(self, "n_neighbors")
        around = task.space.neighborhood(n_jobs=self.n_jobs, engine=engine)
        goes = np.union1d(self._contradicted(task, around, k), self._around_misjudged(task, around, k))
        return self._without(task, goes, "no row is contradicted, and no rare row misjudged")

    def _contradicted(self, task: Task, around: Neighborhood, k: int) -> NDArray[np.intp]:
        if self.edited_nearest_neighbours is None:
            return Disagreement(around, task.codes, k, "mode").contradicted(touched(task))
        editor = clone(self.edited_nearest_neighbours)
        editor.fit_resample(task.table.values, task.labels.values)
        if not hasattr(editor, "sample_indices_"):
            raise BadOption(
                f"{type(editor).__name__} does not say which rows it kept, and "
                "NeighbourhoodCleaningRule needs to know. Give a sampler that only keeps rows."
            )
        return np.setdiff1d(np.arange(task.table.n_rows), editor.sample_indices_)

    def _around_misjudged(self, task: Task, around: Neighborhood, k: int) -> NDArray[np.intp]:
        rarest = first_rarest(task.codes)
        cleaned = touched(task) & (task.counts > task.counts[rarest] * self.threshold_cleaning)
        self.classes_to_clean_ = [task.labels.names[code] for code in np.flatnonzero(cleaned)]
        rare = task.rows_of(rarest)
        near, _ = around.nearest(k, asked=rare)
        voters = np.column_stack([rare, near[:, : k - 1]])
        misjudged = most_frequent(task.codes[voters], task.counts.shape[0]) != rarest
        surroundings = near[misjudged].ravel()
        return surroundings[cleaned[task.codes[surroundings]]]
