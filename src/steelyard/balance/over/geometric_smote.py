"""Geometric SMOTE: synthetic rows inside a ball around a row, reaching to a neighbour."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.balance.check_parameter import check_choice, check_number, check_whole
from steelyard.balance.over.kin import Kin, KinOverSampler
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.kernels.geometric import in_unit_ball, pressed, truncated

__all__ = ["GeometricSMOTE"]

STRATEGIES = ("combined", "minority", "majority")
NOBODY = -1


class GeometricSMOTE(KinOverSampler):
    """Add rows inside a ball around a row of a small class that reaches to a neighbour.

    The ball may be cut towards the neighbour and pressed to the line that leads to it.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int, default=5
        Neighbours of the class to choose from.
    truncation_factor : float in [-1, 1], default=1.0
        0 keeps the whole ball, 1 the half that faces the neighbour, -1 the other half.
    deformation_factor : float in [0, 1], default=0.0
        0 keeps the ball round, 1 presses it to the line.
    selection_strategy : {"combined", "minority", "majority"}, default="combined"
        The neighbour that the ball reaches to: one of the class, drawn by lot; the nearest of another
        class; or the nearer of these two.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.
        Rows come out in their own units either way.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the row its ball is around, the one drawn from the class if the ball reaches
        to it, and the others that voted for categories.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group.

    Notes
    -----
    *Definition.* As in the paper; points are drawn evenly from the ball. Distances of the ball are
    those of the numbers alone, in the units distances are measured in.

    *Categories* are voted among the row's neighbours, as in SMOTE; in a table of categories alone
    nothing else is new. *Gaps*: a missing number stands at the median of the class when distances
    are measured, and stays missing in the rows around it. *Groups*: neighbours of both kinds are of
    the row's group; without an enemy there the ball reaches to one of the class. *More than two
    classes*: each class against all others.

    References
    ----------
    Douzas and Bacao, Geometric SMOTE: a geometrically enhanced drop-in replacement for SMOTE, Information
    Sciences 501, 2019.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [4.5], [5.0], [6.0], [7.0]]
    >>> y = ["a"] * 5 + ["b"] * 4
    >>> sampler = GeometricSMOTE(random_state=0, k_neighbors=2)
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
        truncation_factor: float = 1.0,
        deformation_factor: float = 0.0,
        selection_strategy: str = "combined",
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.truncation_factor = truncation_factor
        self.deformation_factor = deformation_factor
        self.selection_strategy = selection_strategy
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_whole(self, "k_neighbors")
        check_number(self, "truncation_factor", -1, 1)
        check_number(self, "deformation_factor", 0, 1)
        check_choice(self, "selection_strategy", STRATEGIES)

    def _children(self, task: Task, code: int, n_new: int) -> Children:
        kin, rng = self._kin(task, code), task.stream(code)
        neighbors = self._neighbors(task, code, kin, self.k_neighbors)
        base = kin.with_mates[rng.integers(kin.with_mates.shape[0], size=n_new)]
        choice = (rng.random(n_new) * (neighbors >= 0).sum(axis=1)[base]).astype(np.intp)
        partner = neighbors[base, choice]
        spoke, uses_partner = self._spokes(kin, base, partner)
        radius = np.linalg.norm(spoke, axis=1, keepdims=True)
        axis = spoke / np.where(radius > 0, radius, 1.0)
        points = in_unit_ball(n_new, spoke.shape[1], rng)
        points = pressed(truncated(points, axis, self.truncation_factor), axis, self.deformation_factor)
        known = np.where(uses_partner, partner, NOBODY)
        return kin.moved(base, radius * points, known, neighbors[base])

    def _spokes(
        self, kin: Kin, base: NDArray[np.intp], partner: NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """From the middle of each ball to its surface, and whether it reaches to the partner."""
        middle = _measured(kin, kin.rows[base])
        spoke = _measured(kin, kin.rows[partner]) - middle
        if self.selection_strategy == "minority":
            return spoke, np.ones(base.shape[0], dtype=bool)
        enemy = _nearest_enemies(kin)[base]
        toward = _measured(kin, np.maximum(enemy, 0)) - middle
        nearer = np.linalg.norm(spoke, axis=1) <= np.linalg.norm(toward, axis=1)
        if self.selection_strategy == "majority":
            nearer[:] = False
        nearer |= enemy == NOBODY
        return np.where(nearer[:, None], spoke, toward), nearer


def _measured(kin: Kin, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    numbers = kin.around.numbers[rows]
    return (numbers.toarray() if sparse.issparse(numbers) else numbers).astype(np.float64)


def _nearest_enemies(kin: Kin) -> NDArray[np.intp]:
    """The nearest row of another class in each row's group, -1 where there is none."""
    enemy = np.full(kin.rows.shape[0], NOBODY, dtype=np.intp)
    for part in kin.parts:
        pool = kin.others[kin.group_of_all[kin.others] == kin.group[part[0]]]
        if pool.shape[0]:
            enemy[part] = kin.around.nearest(1, asked=kin.rows[part], pool=pool)[0][:, 0]
    return enemy
