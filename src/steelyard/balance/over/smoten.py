"""SMOTE-N: synthetic rows for tables of categories alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_whole
from steelyard.balance.over.family import NeighborOverSampler
from steelyard.balance.over.ground import ROW
from steelyard.balance.over.refuse_encoder import refuse_encoder
from steelyard.balance.space import Space, open_space
from steelyard.balance.tables.base import Children, Table
from steelyard.balance.task import Task
from steelyard.kernels.mates import vote_winners
from steelyard.kernels.nearest_in_group import nearest_in_group
from steelyard.kernels.value_difference import ValueDifferences, class_shares

__all__ = ["SMOTEN"]


class SMOTEN(NeighborOverSampler):
    """Add rows that have, column by column, the most frequent category among a row and its neighbours.

    Every column is taken as categorical, numbers too. Two categories are near if the classes are shared
    out alike where they occur (the Value Difference Metric).

    Parameters
    ----------
    categorical_encoder : None
        Only None: categories are compared as they are and never encoded.
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int, default=5
        Neighbours that vote beside the row itself. A class with fewer other rows uses those it has;
        ``note_`` says so.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, k_neighbors + 1)
        The row a synthetic row was drawn from, and its neighbours.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group.

    Notes
    -----
    *Distance.* The sum over columns of the square of the summed differences between the class shares of
    the two categories, shares being counted over the whole table: ``k=1, r=2`` of imbalanced-learn's
    ``ValueDifferenceMetric``. *Ties* in a vote go to the category whose holder is nearest, the row itself
    first; imbalanced-learn takes the first in sorted order.

    All children of one row are equal, so a class gets no more different rows than it has. *Gaps* are a
    category of their own. *Groups*: the voters are of the row's own group. There is no matrix of all
    distances: memory grows with the rows of a class, not with their square.

    References
    ----------
    Chawla, Bowyer, Hall and Kegelmeyer, SMOTE: Synthetic Minority Over-sampling Technique, Journal of
    Artificial Intelligence Research 16, 2002; section 6.2. Cost and Salzberg, A weighted nearest neighbor
    algorithm for learning with symbolic features, Machine Learning 10, 1993.

    Examples
    --------
    >>> X = [["red", "s"], ["red", "m"], ["red", "m"], ["blue", "l"], ["blue", "m"], ["blue", "l"]]
    >>> sampler = SMOTEN(k_neighbors=1, random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, ["no", "no", "no", "no", "yes", "yes"])
    >>> len(X_out), [row in X for row in X_out[6:]]
    (8, [True, True])
    """

    def __init__(
        self,
        categorical_encoder: None = None,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: int = 5,
    ) -> None:
        self.categorical_encoder = categorical_encoder
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors

    def _check_parameters(self) -> None:
        check_whole(self, "k_neighbors")
        refuse_encoder(self)  # there are no numbers to standardise, so the parent's check has no object

    def _open_space(self, table: Table) -> Space:
        return open_space(table, "SMOTEN", list(range(table.n_columns)))

    def _children(self, task: Task, code: int, n_new: int) -> Children:
        rows, rng = task.rows_of(code), task.stream(code)
        codes, shares = _alike(task, rows)
        members = np.arange(rows.shape[0])
        groups = None if task.groups is None else task.groups[rows]
        found, _ = nearest_in_group(
            ValueDifferences(codes, shares), self.k_neighbors, members, members, groups
        )
        starts = np.flatnonzero(found[:, 0] >= 0)
        n_found = (found[starts] >= 0).sum(axis=1)
        self._note_few(n_found, self.k_neighbors, self._named(task, code), f"it has {task.counts[code]} rows")
        voters = np.column_stack([starts, found[starts]])
        drawn = rng.integers(starts.shape[0], size=n_new)
        parents = np.where(voters >= 0, rows[voters], -1).astype(ROW)[drawn]
        return Children(
            base=parents[:, 0],
            parents=parents,
            numeric=[],
            numbers=np.empty((n_new, 0)),
            categorical=task.space.categorical,
            cells_of=rows[vote_winners(codes, voters)].astype(ROW)[drawn],
        )


def _alike(task: Task, rows: NDArray[np.intp]) -> tuple[NDArray[np.intp], list[NDArray[np.float64]]]:
    """Categories of these rows, counted from 0, and the class shares of each, by column."""
    columns, shares = [], []
    for column in task.space.codes.T + 1:  # a missing category has the code -1
        levels, codes = np.unique(column[rows], return_inverse=True)
        columns.append(codes)
        shares.append(class_shares(column, task.codes, task.counts.shape[0])[levels])
    return np.column_stack(columns), shares
