"""ProWSyn: more synthetic rows the nearer a layer of the class lies to the other classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.balance.check_parameter import check_number, check_whole
from steelyard.balance.over.kin import KinOverSampler
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.kernels.mates import has_mates, random_mates
from steelyard.kernels.proximity_levels import proximity_levels

__all__ = ["ProWSyn"]


class ProWSyn(KinOverSampler):
    """Add rows between rows of one layer of a small class, most in the layer next to the other classes.

    The class is peeled into layers by nearness to the other classes; a layer's chance falls with its
    depth. Second of 85 over-samplers in Kovács's comparison over 104 data sets.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    n_neighbors : int, default=5
        Rows of the class that each row of another class puts into the current layer.
    n_levels : int, default=5
        Layers (L in the paper); the last holds all rows that are left.
    theta : float, default=1.0
        How fast chances fall: layer i, from 0, has a weight of exp(-theta i).
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.
        Rows come out in their own units either way.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the two rows of one layer it lies between.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group.

    Notes
    -----
    *Definition.* A layer is drawn by its weight, then two different rows of it, each with the same
    chance, and a place on the line between them, as the comparison above evaluated it. The paper
    speaks of weights of rows; it is read here as weights of layers. A layer without two rows (of
    one group) is passed over; if all are, rows are paired across layers, and ``note_`` says so.

    *Categories* are those of the nearer parent. *Gaps*: a missing number stands at the median of
    the class when distances are measured; in a synthetic row the nearer parent decides. *Groups*:
    both rows are of one group. *More than two classes*: each class against all others, near or far,
    so adding a class can move layers.

    References
    ----------
    Barua, Islam and Murase, ProWSyn: Proximity Weighted Synthetic Oversampling Technique for Imbalanced
    Data Set Learning, PAKDD 2013.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [4.5], [5.0], [6.0], [7.0]]
    >>> y = ["a"] * 5 + ["b"] * 4
    >>> sampler = ProWSyn(random_state=0, n_neighbors=2)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> len(X_out), y_out[-1]
    (10, 'b')
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        n_neighbors: int = 5,
        n_levels: int = 5,
        theta: float = 1.0,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.n_neighbors = n_neighbors
        self.n_levels = n_levels
        self.theta = theta
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_whole(self, "n_neighbors")
        check_whole(self, "n_levels")
        check_number(self, "theta", 0)

    def _children(self, task: Task, code: int, n_new: int) -> Children:
        kin, rng = self._kin(task, code), task.stream(code)
        self._note_copies(task, code)
        level = proximity_levels(kin.around, kin.rows, kin.others, self.n_neighbors, self.n_levels)
        part = np.unique(np.stack([level, kin.group], axis=1), axis=0, return_inverse=True)[1].ravel()
        able = has_mates(part)
        if not able.any():
            self._note(task, code, "no layer has two rows, so rows are paired across layers")
            level, part = np.zeros_like(level), kin.group
            able = has_mates(part)
        base = _drawn_by_level(np.where(able, level, -1), self.theta, n_new, rng)
        return kin.between(base, random_mates(part, base, rng), rng.random(n_new))


def _drawn_by_level(level: Any, theta: float, n: int, rng: np.random.Generator) -> Any:
    """Positions drawn by the weight of their level, evenly within it; those of level -1 never."""
    usable = np.flatnonzero(level >= 0)
    size = np.bincount(level[usable])
    weight = np.exp(-theta * (level[usable] - level[usable].min())) / size[level[usable]]
    return usable[rng.choice(usable.shape[0], size=n, p=weight / weight.sum())]
