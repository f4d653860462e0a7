"""Safe-Level-SMOTE: synthetic rows pushed towards the safer of two rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_whole
from steelyard.balance.over.kin import Kin, KinOverSampler
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.kernels.safe_levels import safe_range

__all__ = ["SafeLevelSMOTE"]


class SafeLevelSMOTE(KinOverSampler):
    """Add rows as SMOTE does, but nearer to the parent with more of its class around it.

    The safe level of a row is the number of rows of its class among its neighbours in the whole table.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int, default=5
        Neighbours, both to choose from and to judge by.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.
        Rows come out in their own units either way.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the row it starts from, its neighbour, and the others that voted for categories.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, no two rows in one group, or no row that is not noise.

    Notes
    -----
    *Definition.* With the safe levels a of the row and b of its neighbour, the step from row to
    neighbour is drawn from [0, b/a] if a > b > 0, from [1 - a/b, 1] if a < b, from [0, 1] if they
    are equal, and is 0 if b is 0; a pair with both at 0 is noise and makes nothing. The paper's
    text takes both the neighbours to choose from and those to judge by from one set; by its intent
    the former are of the class and the latter of the table.

    *Categories* are voted among the row's neighbours, as in SMOTE. *Gaps*: a missing number stands
    at the median of the class when distances are measured; in a synthetic row the nearer parent
    decides. *Groups*: neighbours to choose from are of the row's group. *More than two classes*:
    each class against all others.

    References
    ----------
    Bunkhumpornpat, Sinapiromsaran and Lursinsap, Safe-Level-SMOTE: Safe-Level-Synthetic Minority
    Over-Sampling TEchnique for Handling the Class Imbalanced Problem, PAKDD 2009.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [4.5], [5.0], [6.0], [7.0]]
    >>> y = ["a"] * 5 + ["b"] * 4
    >>> sampler = SafeLevelSMOTE(random_state=0, k_neighbors=2)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> len(X_out), y_out[-1]
    (10, 'b')
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
        super()._check_parameters()
        check_whole(self, "k_neighbors")

    def _children(self, task: Task, code: int, n_new: int) -> Children | None:
        kin, rng = self._kin(task, code), task.stream(code)
        neighbors = self._neighbors(task, code, kin, self.k_neighbors)
        level = self._safe_levels(task, code, kin)
        # A safe row may start towards any neighbour, one that is none only towards a safe neighbour.
        usable = (neighbors >= 0) & ((level[:, None] > 0) | (level[neighbors] > 0))
        able = np.flatnonzero(usable.any(axis=1))
        if able.shape[0] == 0:
            self._note(task, code, "every row is noise: all its neighbours are of other classes")
            return None
        base = able[rng.integers(able.shape[0], size=n_new)]
        order = np.argsort(~usable, axis=1, kind="stable")
        choice = (rng.random(n_new) * usable.sum(axis=1)[base]).astype(np.intp)
        partner = neighbors[base, order[base, choice]]
        low, high = safe_range(level[base], level[partner])
        step = low + rng.random(n_new) * (high - low)
        return kin.between(base, partner, step, neighbors[base])

    def _safe_levels(self, task: Task, code: int, kin: Kin) -> NDArray[np.intp]:
        near, _ = kin.around.nearest(min(self.k_neighbors, task.table.n_rows - 1), asked=kin.rows)
        return (task.codes[near] == code).sum(axis=1)
