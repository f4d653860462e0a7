"""SMOTER: synthetic rows between neighbours of rare target values."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.balance.check_parameter import check_flag, check_whole
from steelyard.balance.regression.base import Litter, RegionMaker, RegressionTask
from steelyard.balance.regression.brood import between, seeds_in_turn
from steelyard.balance.space import AUTO
from steelyard.kernels.nearest_in_group import nearest_in_group

__all__ = ["SMOTER"]


class SMOTER(RegionMaker):
    """Add rows between neighbouring rows of rare targets, and leave out rows of common ones.

    Parameters
    ----------
    relevance : "auto", "high", "low", array or callable, default="auto"
        As in `RandomOverRegression`.
    threshold : float in (0, 1], default=0.5
        Relevance from which a target is rare. Rare and common targets make stretches of values.
    sampling_strategy : "balance", "extreme" or list of factors, default="balance"
        "balance" brings all stretches to the same number of rows, "extreme" gives the rarest the most;
        neither takes rows from a rare stretch or adds any to a common one, and the number of rows stays
        about the same. Or one factor for each stretch, from the smallest targets up.
    k_neighbors : int, default=5
        Neighbours to choose from. A stretch with fewer other rows uses those it has; ``note_`` says so.
    random_state : int, RandomState, Generator or None, default=None
        Each stretch draws from a stream of its own.
    n_jobs : int or None, default=None
        Threads of the searches; the rows do not depend on it.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.

    Attributes
    ----------
    relevance_points_, region_bounds_, region_rare_, region_counts_before_, region_counts_after_, origin_
        See `RegressionSampler`.
    parents_ : ndarray of int, shape (n_out, 2)
        Of a synthetic row: the row it starts from and the one it moves towards.

    Raises
    ------
    CannotResample
        No target is rare, or all are, or no stretch that shall grow has two rows to work with.

    Notes
    -----
    Every row of a stretch is a seed equally often. Numbers lie on the line to one of the seed's nearest
    neighbours in the stretch, a category comes from either, and the target is the mean of both parents'
    weighted by nearness (Euclidean; a category that differs counts as the median standard deviation of
    the numeric columns). Targets that are whole numbers stay so. Gaps are treated as in `SMOTE`. With
    ``groups``, neighbours are sought in the row's own group. A stretch of one row stays as it is.

    References
    ----------
    Torgo, Ribeiro, Pfahringer and Branco, SMOTE for regression, EPIA 2013.

    Examples
    --------
    >>> y = [float(value) for value in range(10)] + [30.0, 40.0]
    >>> sampler = SMOTER(random_state=0, threshold=1.0)
    >>> X, y_new = sampler.fit_resample([[value / 10] for value in y], y)
    >>> sampler.region_counts_before_.tolist(), sampler.region_counts_after_.tolist()
    ([9, 3], [6, 6])
    """

    def __init__(
        self,
        *,
        relevance: Any = "auto",
        threshold: float = 0.5,
        sampling_strategy: Any = "balance",
        k_neighbors: int = 5,
        random_state: Any = None,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.relevance = relevance
        self.threshold = threshold
        self.sampling_strategy = sampling_strategy
        self.k_neighbors = k_neighbors
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        check_whole(self, "k_neighbors")
        check_flag(self, "standardize")

    def _make(self, task: RegressionTask, region: int, n_new: int) -> Litter | None:
        rows = task.rows_of(region)
        around = task.space.neighborhood(within=rows, n_jobs=self.n_jobs)
        found, _ = nearest_in_group(around, self.k_neighbors, rows, rows, task.groups)
        n_found = (found >= 0).sum(axis=1)
        if not n_found.any():
            self._add_note(f"{task.words(region)} stay as they are: no row has a neighbour among them")
            return None
        self._note_few(n_found, self.k_neighbors, task.words(region), f"there are {rows.shape[0]} rows")
        rng = task.stream(region)
        place = seeds_in_turn(np.flatnonzero(n_found), n_new, rng)
        choice = (rng.random(n_new) * n_found[place]).astype(np.intp)
        return between(task, task.space, around, rows[place], found[place, choice], rng, "SMOTER")
