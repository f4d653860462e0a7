"""Rows drawn by lot within a budget, as a yardstick for every condenser."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.condense.base import ALLOCATIONS, CondensingTask, SelectingCondenser
from steelyard.balance.condense.budget import AUTO
from steelyard.kernels.rng import child

__all__ = ["RandomRows"]

LOT = "lot"


class RandomRows(SelectingCondenser):
    """Keep a budget of rows drawn by lot, class by class or from the whole table.

    Parameters
    ----------
    budget : "auto", float or int, default="auto"
        Rows to keep of the whole table: a share in (0, 1], or a number; "auto" is one in a hundred, at
        least 100 a class and at most half the table.
    allocation : {"ratio", "equal", "tempered", "lot"}, default="ratio"
        How the budget is shared out: in proportion to the classes, equally, in proportion to class sizes to
        the power ``1 - gamma``, or by lot, where a small class may get no row at all.
    gamma : float, default=0.25
        For "tempered": 0 is "ratio", 1 is "equal".
    sampling_strategy : "auto", str, float, dict or callable, default="auto"
        "auto" follows the budget; anything else gives rows per class as in `RandomUnderSampler`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.

    Attributes
    ----------
    allocation_, sample_indices_, origin_, prior_before_, prior_after_, note_
        See `ClassAdaptiveClustering` and `Selector`.

    Examples
    --------
    >>> sampler = RandomRows(budget=4, allocation="equal", random_state=0)
    >>> sampler.fit_resample([["p"], ["q"], ["r"], ["s"], ["t"], ["u"]], list("aaaabb"))[1]
    ['a', 'a', 'b', 'b']
    """

    label_only = True
    works_on = ("rows",)
    allocations = (*ALLOCATIONS, LOT)

    def __init__(
        self,
        *,
        budget: Any = AUTO,
        allocation: str = "ratio",
        gamma: float = 0.25,
        sampling_strategy: Any = AUTO,
        random_state: Any = None,
    ) -> None:
        self.budget = budget
        self.allocation = allocation
        self.gamma = gamma
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _allocate(self, task: CondensingTask, budget: int) -> NDArray[np.intp]:
        if self.allocation == LOT:
            return child(task.seed, LOT).multivariate_hypergeometric(task.counts, budget)
        return super()._allocate(task, budget)

    def _choose(self, task: CondensingTask, code: int, rows: NDArray[np.intp], n: int) -> NDArray[np.intp]:
        return task.stream(code).choice(rows.size, size=n, replace=False)
