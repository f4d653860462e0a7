"""NearMiss: keep the rows of large classes that lie nearest to the rare class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.base import Selector
from steelyard.balance.check_parameter import check_flag, check_whole, read_neighbors
from steelyard.balance.space import AUTO
from steelyard.balance.task import Task
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.near_miss import near_farthest, near_nearest, total_to_nearest
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["NearMiss"]

VERSIONS = (1, 2, 3)


class NearMiss(Selector):
    """Keep as many rows of each large class as asked for, chosen by their distance to the rare class.

    Version 1 keeps the rows with the least mean distance to their nearest rare rows; version 2 those
    with the least mean distance to their farthest rare rows. Version 3 keeps near each rare row a few
    rows of the class, and of these the ones with the largest mean distance to their nearest rare rows.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class: "auto" and "not minority" bring all classes down to the smallest,
        "majority" the largest only, "all" every class; a number is the wanted ratio of minority to
        majority rows (two classes); a dict gives rows per class.
    version : {1, 2, 3}, default=1
    n_neighbors : int or object, default=3
        Rare rows whose distances are averaged. Or an object with ``kneighbors``, whose ``n_neighbors``
        and distance are used.
    n_neighbors_ver3 : int or object, default=3
        Rows of the class that are taken near each rare row, in version 3.
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
        0 rows are wanted of every class.

    Notes
    -----
    With more than two classes the rare class is the smallest one, for each of the others. Where there
    are fewer rare rows than ``n_neighbors``, all of them count, and version 3 may find fewer rows near
    the rare ones than are wanted: it then keeps those it found. ``note_`` says either.

    A missing number stands at the column's median when distances are measured; a missing category is
    a category. Among equally near rows the first one counts.

    References
    ----------
    Mani and Zhang, kNN approach to unbalanced data distributions: a case study involving information
    extraction, ICML workshop on learning from imbalanced datasets, 2003.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [5.0], [6.0]]
    >>> sampler = NearMiss(n_neighbors=1)
    >>> _ = sampler.fit_resample(X, ["a", "a", "a", "a", "b", "b"])
    >>> sampler.sample_indices_.tolist()
    [2, 3, 4, 5]
    """

    how = "under"

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        version: int = 1,
        n_neighbors: Any = 3,
        n_neighbors_ver3: Any = 3,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.version = version
        self.n_neighbors = n_neighbors
        self.n_neighbors_ver3 = n_neighbors_ver3
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        if check_whole(self, "version") not in VERSIONS:
            raise BadOption(
                f"The 'version' parameter of NearMiss must be an int among 1, 2, 3. Got {self.version!r} "
                "instead."
            )
        for name in ("n_neighbors", "n_neighbors_ver3"):
            # The rows asked about are in no pool, so an object's own number counts whole.
            read_neighbors(self, name, extra=0)
        check_flag(self, "standardize")

    def _check_task(self, task: Task) -> None:
        if not task.wanted.sum():
            raise CannotResample("NearMiss was asked for 0 rows of every class. Ask for at least one row.")

    def _select(self, task: Task) -> NDArray[np.intp]:
        smallest = int(task.counts.argmin())
        k, engine = read_neighbors(self, "n_neighbors", extra=0)
        around = task.space.neighborhood(n_jobs=self.n_jobs, engine=engine)
        kept = []
        for code, (wanted, has) in enumerate(zip(task.wanted.tolist(), task.counts.tolist(), strict=True)):
            rows = task.rows_of(code)
            if wanted < has:
                # A rare row is not among its own neighbours.
                k_here = min(k, int(task.counts[smallest]) - (code == smallest))
                if k_here < k:
                    self._add_note(
                        f"class {task.labels.names[code]!r}: distances to {k_here} rare rows instead of {k}"
                    )
                rows = self._of_class(task, code, rows, task.rows_of(smallest), around, k_here)
            kept.append(rows)
        return np.sort(np.concatenate(kept))

    def _of_class(
        self,
        task: Task,
        code: int,
        rows: NDArray[np.intp],
        rare: NDArray[np.intp],
        around: Neighborhood,
        k: int,
    ) -> NDArray[np.intp]:
        wanted = int(task.wanted[code])
        if wanted == 0 or k == 0:
            return rows[:wanted]
        if self.version == 1:
            return near_nearest(around, rows, rare, k, wanted)
        if self.version == 2:
            return near_farthest(around, rows, rare, k, wanted)
        m, engine = read_neighbors(self, "n_neighbors_ver3", extra=0)
        picker = task.space.neighborhood(n_jobs=self.n_jobs, engine=engine)
        m = min(m, rows.shape[0] - int(rows[0] in rare))
        near = np.unique(picker.nearest(m, asked=rare, pool=rows)[0])
        if near.shape[0] < wanted:
            name = task.labels.names[code]
            self._add_note(
                f"class {name!r}: {near.shape[0]} rows instead of {wanted}, for only so many are among the "
                f"{m} nearest to a rare row"
            )
        # Largest total first; among equal totals the smaller row number first.
        order = np.argsort(-total_to_nearest(around, near, rare, k), kind="stable")
        return near[order[:wanted]]
