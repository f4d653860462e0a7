"""Borderline-SMOTE: start from the rows of a small class that lie at its border."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from steelyard.balance.check_parameter import check_choice
from steelyard.balance.over.family import NeighborOverSampler
from steelyard.balance.over.ground import STEP
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.kernels.row_danger import in_danger

__all__ = ["BorderlineSMOTE"]

KINDS = ("borderline-1", "borderline-2")
# The second kind goes at most half of the way towards a row of another class.
HALF_WAY = STEP(0.5)


class BorderlineSMOTE(NeighborOverSampler):
    """Add rows between neighbours, starting only from rows that other classes outnumber, but not wholly.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int or object with kneighbors, default=5
        Neighbours to move towards.
    m_neighbors : int or object with kneighbors, default=10
        Neighbours, of any class, that tell whether a row is in danger. With fewer other rows those there
        are; ``note_`` says so.
    kind : {"borderline-1", "borderline-2"}, default="borderline-1"
        Move towards rows of the same class, or towards rows of any class, at most half of the way where
        it is another.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.

    Attributes
    ----------
    in_danger_indices : dict of ndarray
        For each class that was to be enlarged, its rows in danger.
    parents_ : ndarray of int, shape (n_out, r)
        The row a synthetic row starts from, the one it moves towards (of another class only in the
        second kind), and the other voters on categories.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group.

    Notes
    -----
    *Danger.* Of its m neighbours at least half, but not all, are of other classes. A class none of whose
    rows is in danger stays as it is, and ``note_`` says so.

    *Second kind.* A step towards another class is drawn evenly from 0 to a half, as in the paper;
    imbalanced-learn multiplies two draws.

    *Gaps* stand at the column's median over the table when distances are measured. A synthetic number that
    one parent lacks is the nearer parent's. *Categories*: one that differs counts as the median standard
    deviation of the table's numeric columns; a child's is the most frequent among the k neighbours.
    *Groups*: a row moves only towards rows of its own group; danger is judged among all rows.

    References
    ----------
    Han, Wang and Mao, Borderline-SMOTE: A New Over-Sampling Method in Imbalanced Data Sets Learning,
    International Conference on Intelligent Computing, 2005.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [4.5], [5.0], [6.0], [7.0]]
    >>> y = ["no", "no", "no", "no", "no", "yes", "yes", "yes", "yes"]
    >>> sampler = BorderlineSMOTE(m_neighbors=2, k_neighbors=1, random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> {name: rows.tolist() for name, rows in sampler.in_danger_indices.items()}
    {'yes': [5, 6]}
    >>> sampler.parents_[-1].tolist()
    [5, 6]
    """

    neighbor_parameters = ("k_neighbors", "m_neighbors")
    refuses_to_make_none: ClassVar[bool] = False

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: Any = 5,
        m_neighbors: Any = 10,
        kind: str = "borderline-1",
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.m_neighbors = m_neighbors
        self.kind = kind
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_choice(self, "kind", KINDS)

    def _resample(self, task: Task) -> tuple[Any, Any]:
        self.in_danger_indices: dict[Any, Any] = {}
        return super()._resample(task)

    def _children(self, task: Task, code: int, n_new: int) -> Children | None:
        rows, rng = task.rows_of(code), task.stream(code)
        ground = self._ground(task, rows)
        danger = rows[in_danger(*self._enemies(task, code, ground, rows, "m_neighbors"))]
        self.in_danger_indices[task.labels.names[code]] = danger
        if danger.shape[0] == 0:
            self._note(task, code, "kept as it is, for none of its rows is in danger")
            return None
        pool = rows if self.kind == "borderline-1" else np.arange(len(ground))
        family = self._relatives(task, code, ground, danger, pool)
        if family is None:
            return None
        picks = family.draw(n_new, rng)
        step = rng.random(n_new, dtype=STEP)
        step[task.codes[family.partners(picks)] != code] *= HALF_WAY
        return family.children(picks, step)
