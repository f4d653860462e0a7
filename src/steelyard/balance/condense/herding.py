"""Herding: rows whose running mean stays as near to the class mean as can be."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.condense.base import CondensingTask, SelectingCondenser
from steelyard.balance.condense.budget import AUTO
from steelyard.balance.condense.dense_rows import dense_rows

__all__ = ["Herding"]

TINY = float(np.finfo(np.float32).tiny)


class Herding(SelectingCondenser):
    """Keep of each class the rows that, one after the other, bring their mean nearest to the class mean.

    Parameters
    ----------
    budget : "auto", float or int, default="auto"
        Rows to keep of the whole table: a share in (0, 1], or a number; "auto" is one in a hundred, at
        least 100 a class and at most half the table.
    allocation : {"ratio", "equal", "tempered"}, default="ratio"
        How the budget is shared out: in proportion to the classes, equally, or in proportion to class sizes
        to the power ``1 - gamma``.
    gamma : float, default=0.25
        For "tempered": 0 is "ratio", 1 is "equal".
    scaling : {"clipped", "minmax", "standard", "none"}, default="clipped"
        What numbers are divided by before means are taken; see `ClassAdaptiveClustering`.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
    sampling_strategy : "auto", str, float, dict or callable, default="auto"
        "auto" follows the budget; anything else gives rows per class as in `RandomUnderSampler`.
    random_state : ignored
        Nothing is drawn.

    Attributes
    ----------
    allocation_, sample_indices_, origin_, prior_before_, prior_after_, note_
        See `ClassAdaptiveClustering` and `Selector`.

    Notes
    -----
    The class mean and the running mean are taken by ``sample_weight`` alike, so a row of weight 2 stands
    for two. No row is kept twice; among equally good rows the first is.

    References
    ----------
    Welling, Herding dynamical weights to learn, ICML 2009.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [9.0], [9.5]]
    >>> sampler = Herding(budget=4, allocation="equal")
    >>> sampler.select(X, list("aaaaabb")).tolist()
    [2, 3, 5, 6]
    """

    def __init__(
        self,
        *,
        budget: Any = AUTO,
        allocation: str = "ratio",
        gamma: float = 0.25,
        scaling: str = "clipped",
        categorical_features: Any = AUTO,
        sampling_strategy: Any = AUTO,
        random_state: Any = None,
    ) -> None:
        self.budget = budget
        self.allocation = allocation
        self.gamma = gamma
        self.scaling = scaling
        self.categorical_features = categorical_features
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _choose(self, task: CondensingTask, code: int, rows: NDArray[np.intp], n: int) -> NDArray[np.intp]:
        points = dense_rows(task.points, rows)
        weight = np.ones(rows.size) if task.weight is None else task.weight[rows]
        if not weight.any():
            weight = np.ones(rows.size)
        points -= weight @ points / weight.sum()  # the class mean lies at 0 now
        norms = np.einsum("ij,ij->i", points, points)
        total, mass = np.zeros(points.shape[1]), 0.0
        chosen = np.empty(n, dtype=np.intp)
        free = np.ones(rows.size, dtype=bool)
        for place in range(n):
            # Squared length of the mean with each row in turn; rows without weight come last.
            length = total @ total + 2 * weight * (points @ total) + weight**2 * norms
            heavy = free & (weight > 0)
            if heavy.any():
                best = int(np.argmin(np.where(heavy, length / np.maximum(mass + weight, TINY) ** 2, np.inf)))
            else:
                best = int(np.argmax(free))
            chosen[place], free[best] = best, False
            total += weight[best] * points[best]
            mass += float(weight[best])
        return chosen
