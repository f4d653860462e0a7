"""ADASYN: more synthetic rows where a small class is harder to learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.over.family import NeighborOverSampler
from steelyard.balance.over.ground import STEP
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.kernels.mates import has_mates

__all__ = ["ADASYN"]


class ADASYN(NeighborOverSampler):
    """Add rows between neighbours, the more from a row the more of its neighbours are of other classes.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`; what comes out differs by rounding (see Notes).
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    n_neighbors : int or object with kneighbors, default=5
        Neighbours of any class that are counted, and neighbours of the same class to move towards. With
        fewer rows those there are; ``note_`` says so.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        The row a synthetic row starts from, the one it moves towards, and, if there are categories, the
        other voters.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group; or no class has a row with a
        neighbour of another class.

    Notes
    -----
    A row with the share r of enemies among its neighbours starts round(n r / sum of r) of the n rows
    asked for. Rounding row by row makes a few more or fewer than n in all, as in the paper and in
    imbalanced-learn; ``note_`` gives both numbers. A class without a neighbour of another class stays as
    it is, with a note, as long as another one can be enlarged.

    *Gaps* stand at the column's median over the table when distances are measured. A synthetic number that
    one parent lacks is the nearer parent's. *Categories*: one that differs counts as the median standard
    deviation of the table's numeric columns; a child's is the most frequent among the neighbours in the
    class. *Groups*: a row moves only towards rows of its own group, and one alone there starts none;
    shares are counted among all rows.

    References
    ----------
    He, Bai, Garcia and Li, ADASYN: Adaptive Synthetic Sampling Approach for Imbalanced Learning, IEEE
    International Joint Conference on Neural Networks, 2008.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [4.5], [5.0], [6.0], [7.0]]
    >>> y = ["no", "no", "no", "no", "no", "yes", "yes", "yes", "yes"]
    >>> sampler = ADASYN(sampling_strategy={"yes": 8}, n_neighbors=2, random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> sampler.parents_[9:, 0].tolist()
    [5, 5, 6, 6]
    """

    neighbor_parameters = ("n_neighbors",)

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        n_neighbors: Any = 5,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.n_neighbors = n_neighbors
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _children(self, task: Task, code: int, n_new: int) -> Children | None:
        rows, rng = task.rows_of(code), task.stream(code)
        ground = self._ground(task, rows)
        each = self._rows_each(task, code, ground, rows, n_new)
        if each is None:
            return None
        family = self._relatives(task, code, ground, rows[each > 0], rows)
        if family is None:
            return None
        base = np.repeat(np.arange(family.starts.shape[0]), each[each > 0])
        return family.children(family.draw_for(base, rng), rng.random(base.shape[0], dtype=STEP))

    def _rows_each(
        self, task: Task, code: int, ground: Any, rows: NDArray[np.intp], n_new: int
    ) -> NDArray[np.intp] | None:
        """How many children each row of the class has."""
        enemies, k = self._enemies(task, code, ground, rows, "n_neighbors")
        share = enemies / k
        if task.groups is not None:
            share[~has_mates(np.unique(task.groups[rows], return_inverse=True)[1])] = 0.0
        if not share.any():
            self._note(task, code, "kept as it is, for none of its rows has a neighbour of another class")
            return None
        each = np.rint(share / share.sum() * n_new).astype(np.intp)
        total = int(each.sum())
        if total == 0:
            self._note(task, code, f"kept as it is, for each row's share of {n_new} new rows rounds to none")
            return None
        if total != n_new:
            self._note(task, code, f"{total} new rows instead of {n_new}, for each row's share is rounded")
        return each
