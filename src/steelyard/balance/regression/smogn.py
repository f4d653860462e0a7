"""SMOGN: interpolate where the neighbour is near, add noise where it is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.balance.check_parameter import check_flag, check_number, check_whole
from steelyard.balance.regression.base import Litter, RegionMaker, RegressionTask
from steelyard.balance.regression.brood import (
    OBSERVED,
    between,
    check_target_range,
    clip_target,
    noisy,
    seeds_in_turn,
)
from steelyard.balance.space import AUTO
from steelyard.kernels.half_median_reach import half_median_reach
from steelyard.kernels.nearest_in_group import nearest_in_group

__all__ = ["SMOGN"]


class SMOGN(RegionMaker):
    """Add rows of rare targets: between neighbours that are near, with noise where they are not.

    Parameters
    ----------
    relevance : "auto", "high", "low", array or callable, default="auto"
        As in `RandomOverRegression`.
    threshold : float in (0, 1], default=0.5
        Relevance from which a target is rare. Rare and common targets make stretches of values.
    sampling_strategy : "balance", "extreme" or list of factors, default="balance"
        As in `SMOTER`; rows of common targets are left out.
    k_neighbors : int, default=5
        Neighbours to choose from. A stretch with fewer other rows uses those it has; ``note_`` says so.
    pert : float, default=0.02
        Most standard deviation of the noise, in standard deviations of the column within the stretch.
    target_range : "observed", pair of numbers or None, default="observed"
        Bounds of synthetic targets: those of the targets given, others, or none.
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
    method_ : ndarray of str, shape (n_out,)
        "SMOTER" or "GaussianNoise" for a synthetic row.
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: its seed, and the neighbour or the rows its categories come from.

    Raises
    ------
    CannotResample
        No target is rare, or all are, or no stretch that shall grow has two rows to work with.

    Notes
    -----
    Every row of a stretch is a seed equally often, and one of its nearest neighbours in the stretch is
    drawn. If that is nearer than half the median distance from the seed to the other rows of the
    stretch, the row is made as by `SMOTER`; else as by `GaussianNoise`, with noise of the smaller of
    ``pert`` and that half median. With ``groups``, neighbours are sought in the row's own group; a row
    without one gets noise. A stretch of one row stays as it is.

    References
    ----------
    Branco, Torgo and Ribeiro, SMOGN: a pre-processing approach for imbalanced regression, LIDTA 2017,
    Proceedings of Machine Learning Research 74.

    Examples
    --------
    >>> y = [float(value) for value in range(10)] + [30.0, 40.0]
    >>> sampler = SMOGN(random_state=0, threshold=1.0)
    >>> X, y_new = sampler.fit_resample([[value / 10] for value in y], y)
    >>> sampler.method_[-3:].tolist()
    ['SMOTER', 'GaussianNoise', 'GaussianNoise']
    """

    def __init__(
        self,
        *,
        relevance: Any = "auto",
        threshold: float = 0.5,
        sampling_strategy: Any = "balance",
        k_neighbors: int = 5,
        pert: float = 0.02,
        target_range: Any = OBSERVED,
        random_state: Any = None,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.relevance = relevance
        self.threshold = threshold
        self.sampling_strategy = sampling_strategy
        self.k_neighbors = k_neighbors
        self.pert = pert
        self.target_range = target_range
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        check_whole(self, "k_neighbors")
        check_flag(self, "standardize")
        check_number(self, "pert", 0, above=True)
        check_target_range(self)

    def _make(self, task: RegressionTask, region: int, n_new: int) -> Litter | None:
        rows = task.rows_of(region)
        if rows.shape[0] < 2:
            self._add_note(f"{task.words(region)} stay as they are: one row has neither neighbour nor spread")
            return None
        around = task.space.neighborhood(within=rows, n_jobs=self.n_jobs)
        found, far = nearest_in_group(around, self.k_neighbors, rows, rows, task.groups)
        n_found = (found >= 0).sum(axis=1)
        self._note_few(n_found, self.k_neighbors, task.words(region), f"there are {rows.shape[0]} rows")
        rng = task.stream(region)
        place = seeds_in_turn(np.arange(rows.shape[0]), n_new, rng)
        choice = (rng.random(n_new) * n_found[place]).astype(np.intp)
        used, back = np.unique(place, return_inverse=True)
        reach = half_median_reach(around, rows[used], rows)[back]
        safe = far[place, choice] < reach
        near, lonely = place[safe], place[~safe]
        litters = []
        if near.shape[0]:
            partner = found[near, choice[safe]]
            litters.append(between(task, task.space, around, rows[near], partner, rng, "SMOTER"))
        if lonely.shape[0]:
            size = np.minimum(float(self.pert), reach[~safe])
            litters.append(noisy(task, task.space, rows, rows[lonely], size, rng, "GaussianNoise"))
        return clip_target(self, Litter.together(litters), task.target.values)
