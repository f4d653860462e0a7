"""SMOTE: synthetic rows between a row and one of its neighbours of the same class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.base import OverSampler
from steelyard.balance.check_parameter import check_flag, check_whole
from steelyard.balance.space import AUTO, Space, open_space
from steelyard.balance.tables.base import Children, Table
from steelyard.balance.task import Task
from steelyard.errors import CannotResample
from steelyard.kernels.interpolate import interpolate

__all__ = ["SMOTE"]

MIN_ROWS = 2


class SMOTE(OverSampler):
    """Add rows that lie between a row of a small class and one of its nearest neighbours in that class.

    One class for all tables: numbers are interpolated; a category is the most frequent one among
    the row's neighbours, the nearest of them deciding ties. A table of categories alone works too.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class: "auto", "not majority" and "all" bring every class up to the largest,
        "minority" the smallest only; a number is the wanted ratio of minority to majority rows (two
        classes); a dict gives rows per class.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int, default=5
        Neighbours to choose from. A class with fewer other rows uses those it has; ``note_`` says so.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are
        measured. Rows come out in their own units either way.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the row it starts from, the one it moves towards, and, if there are
        categories, the other neighbours that voted for them.
    origin_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group.

    Notes
    -----
    *Gaps.* A missing number stands at the column's median within the class when distances are
    measured. In a synthetic row a number that one parent lacks is taken, or left missing, from the
    nearer parent. A missing category is a category.

    *Whole numbers.* A column of integers gets interpolated values rounded to the nearest integer.

    *Groups.* With ``groups``, neighbours are sought within the row's own group.

    *Categories in distances.* One that differs counts as the median standard deviation of the
    class's numeric columns (or 1 where that is 0), as in SMOTE-NC.

    References
    ----------
    Chawla, Bowyer, Hall and Kegelmeyer, SMOTE: Synthetic Minority Over-sampling Technique, Journal
    of Artificial Intelligence Research 16, 2002; section 6.1 for mixed tables.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"age": [20, 30, 41, 52, 63], "job": ["a", "b", "b", "c", "c"]})
    >>> sampler = SMOTE(random_state=0)
    >>> X, y = sampler.fit_resample(table, ["no", "no", "no", "yes", "yes"])
    >>> X.shape, y.count("yes"), sampler.origin_.tolist()
    ((6, 2), 3, [0, 1, 2, 3, 4, -1])
    >>> sampler.note_
    "class 'yes': 1 neighbour instead of 5, for it has 2 rows"
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: int = 5,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        check_whole(self, "k_neighbors")
        check_flag(self, "standardize")

    def _open_space(self, table: Table) -> Space:
        return open_space(table, "SMOTE", self.categorical_features, standardize=self.standardize)

    def _check_task(self, task: Task) -> None:
        for code in np.flatnonzero(task.wanted > task.counts).tolist():
            self._refuse_lonely_class(task, code)

    def _refuse_lonely_class(self, task: Task, code: int) -> None:
        name, rows = task.labels.names[code], task.rows_of(code)
        if rows.shape[0] < MIN_ROWS:
            raise CannotResample(
                f"SMOTE needs at least {MIN_ROWS} rows in class {name!r}, got {rows.shape[0]}. "
                "Use RandomOverSampler, or collect more."
            )
        if task.groups is not None and np.unique(task.groups[rows]).shape[0] == rows.shape[0]:
            raise CannotResample(
                f"SMOTE needs a group with at least {MIN_ROWS} rows of class {name!r}, for no row is made "
                "across groups; each of its rows has a group of its own. Use RandomOverSampler, or leave out "
                "groups."
            )

    def _children(self, task: Task, code: int, n_new: int) -> Children:
        space: Space = task.space
        family = self._family(task, code)
        rng = task.stream(code)
        # One uniform draw chooses the row, one the neighbour, one the place between them.
        base = family.with_neighbors[rng.integers(family.with_neighbors.shape[0], size=n_new)]
        choice = (rng.random(n_new) * family.n_neighbors[base]).astype(np.intp)
        partner = family.neighbors[base, choice]
        step = rng.random(n_new)
        rows = family.rows
        parents = np.c_[rows[base], rows[partner]]
        if space.categorical:
            parents = family.parents_with_voters(base, choice)
        return Children(
            base=rows[base],
            parents=parents,
            numeric=space.numeric,
            numbers=interpolate(space.numbers, rows[base], rows[partner], step),
            categorical=space.categorical,
            cells_of=family.voted(space, base),
        )

    def _family(self, task: Task, code: int) -> _Family:
        """The rows of a class, each with its neighbours within its group."""
        rows = task.rows_of(code)
        parts = [np.arange(rows.shape[0])]
        if task.groups is not None:
            names, member = np.unique(task.groups[rows], return_inverse=True)
            parts = [np.flatnonzero(member == group) for group in range(names.shape[0])]
        neighbors = np.full((rows.shape[0], self.k_neighbors), -1, dtype=np.intp)
        for part in parts:
            k = min(self.k_neighbors, part.shape[0] - 1)
            if k > 0:
                neighbors[part, :k] = part[task.space.neighbors(rows[part], k)]
        family = _Family(rows, neighbors[:, : max(1, int((neighbors >= 0).sum(axis=1).max()))])
        self._note_few_neighbors(task.labels.names[code], family)
        return family

    def _note_few_neighbors(self, name: Any, family: _Family) -> None:
        found = family.n_neighbors[family.with_neighbors]
        if found.min() == self.k_neighbors:
            return
        how_many = str(found.min()) if found.min() == found.max() else f"{found.min()} to {found.max()}"
        words = "neighbour" if how_many == "1" else "neighbours"
        note = (
            f"class {name!r}: {how_many} {words} instead of {self.k_neighbors}, for it has "
            f"{family.rows.shape[0]} rows"
        )
        self.note_ = "; ".join(filter(None, [self.note_, note]))


@dataclass(frozen=True, eq=False)
class _Family:
    """Rows of one class and the positions among them of each one's neighbours, -1 at the end."""

    rows: NDArray[np.intp]
    neighbors: NDArray[np.intp]

    @property
    def n_neighbors(self) -> NDArray[np.intp]:
        return (self.neighbors >= 0).sum(axis=1)

    @property
    def with_neighbors(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.n_neighbors > 0)

    def parents_with_voters(self, base: NDArray[np.intp], choice: NDArray[np.intp]) -> NDArray[np.intp]:
        """Source rows of base, chosen neighbour, and the neighbours that were not chosen."""
        voters = np.where(self.neighbors >= 0, self.rows[self.neighbors], -1)[base]
        places = np.arange(voters.shape[1])
        others = np.argsort(places == choice[:, None], axis=1, kind="stable")[:, :-1]
        chosen = voters[np.arange(base.shape[0]), choice]
        return np.c_[self.rows[base], chosen, np.take_along_axis(voters, others, axis=1)]

    def voted(self, space: Space, base: NDArray[np.intp]) -> NDArray[np.intp]:
        """Source row, per child and categorical column, of the neighbour whose category won."""
        if space.codes is None:
            return np.empty((base.shape[0], 0), dtype=np.intp)
        used, back = np.unique(base, return_inverse=True)
        around = self.neighbors[used]
        present = around >= 0
        winners = np.empty((used.shape[0], len(space.categorical)), dtype=np.intp)
        for column in range(winners.shape[1]):
            level = space.codes[self.rows[around], column]
            same = (level[:, :, None] == level[:, None, :]) & present[:, None, :]
            # argmax takes the first, that is the nearest, of those with the most votes.
            nearest = np.argmax(np.where(present, same.sum(axis=2), 0), axis=1)
            winners[:, column] = self.rows[around[np.arange(used.shape[0]), nearest]]
        return winners[back]
