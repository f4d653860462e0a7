"""k-centre: rows so spread out that no other row is far from all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.condense.base import CondensingTask, SelectingCondenser
from steelyard.balance.condense.budget import AUTO
from steelyard.balance.condense.dense_rows import dense_rows

__all__ = ["KCenter"]


class KCenter(SelectingCondenser):
    """Keep of each class the row nearest to its mean and then, each time, the row farthest from those kept.

    The largest distance of a row to the nearest one kept is at most twice the least that as many rows
    could reach. What is farthest is often an outlier, so the rows kept lie on the outside of the class.

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
        What numbers are divided by before distances are measured; see `ClassAdaptiveClustering`.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
    sampling_strategy : "auto", str, float, dict or callable, default="auto"
        "auto" follows the budget; anything else gives rows per class as in `RandomUnderSampler`.
    random_state : ignored
        Nothing is drawn.

    Attributes
    ----------
    allocation_, sample_indices_, origin_, prior_before_, prior_after_, note_
        See `ClassAdaptiveClustering` and `Selector`.

    References
    ----------
    Gonzalez, Clustering to minimize the maximum intercluster distance, Theoretical Computer Science 38,
    1985.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [9.0], [9.5]]
    >>> sampler = KCenter(budget=4, allocation="equal")
    >>> sampler.select(X, list("aaaaabb")).tolist()
    [2, 4, 5, 6]
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
        points -= points.mean(axis=0)
        chosen = np.empty(n, dtype=np.intp)
        chosen[0] = np.argmin(np.einsum("ij,ij->i", points, points))
        nearest = np.full(rows.size, np.inf)
        for place in range(1, n):
            gap = points - points[chosen[place - 1]]
            np.minimum(nearest, np.einsum("ij,ij->i", gap, gap), out=nearest)
            nearest[chosen[place - 1]] = -1.0  # a row that is kept is not kept again
            chosen[place] = np.argmax(nearest)
        return chosen
