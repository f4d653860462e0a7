"""Introduction of Gaussian noise: rare rows again, each a little different."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.balance.check_parameter import check_number
from steelyard.balance.regression.base import Litter, RegionMaker, RegressionTask
from steelyard.balance.regression.brood import (
    OBSERVED,
    check_target_range,
    clip_target,
    noisy,
    seeds_in_turn,
)
from steelyard.balance.space import AUTO

__all__ = ["GaussianNoise"]


class GaussianNoise(RegionMaker):
    """Add copies of rows of rare targets with Gaussian noise, and leave out rows of common ones.

    Parameters
    ----------
    relevance : "auto", "high", "low", array or callable, default="auto"
        As in `RandomOverRegression`.
    threshold : float in (0, 1], default=0.5
        Relevance from which a target is rare. Rare and common targets make stretches of values.
    sampling_strategy : "balance", "extreme" or list of factors, default="balance"
        As in `SMOTER`.
    pert : float, default=0.1
        Standard deviation of the noise, in standard deviations of the column within the stretch.
    target_range : "observed", pair of numbers or None, default="observed"
        Bounds of synthetic targets: those of the targets given, others, or none.
    random_state : int, RandomState, Generator or None, default=None
        Each stretch draws from a stream of its own.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.

    Attributes
    ----------
    relevance_points_, region_bounds_, region_rare_, region_counts_before_, region_counts_after_, origin_
        See `RegressionSampler`.
    parents_ : ndarray of int, shape (n_out, 1 + categorical columns)
        Of a synthetic row: the row it started from, and the rows its categories come from.

    Raises
    ------
    CannotResample
        No target is rare, or all are, or no stretch that shall grow has two rows to work with.

    Notes
    -----
    Every row of a stretch is a seed equally often. Its numbers and its target get independent noise, each
    category is that of a row of the stretch drawn by lot (in the seed's group, if there are groups). A
    gap stays a gap, a value a sparse table does not store stays 0, whole numbers stay whole. A stretch of
    one row stays as it is.

    References
    ----------
    Branco, Ribeiro and Torgo, UBL: an R package for utility-based learning, 2016; Branco, Torgo and
    Ribeiro, Pre-processing approaches for imbalanced distributions in regression, Neurocomputing 343,
    2019.

    Examples
    --------
    >>> y = [float(value) for value in range(10)] + [30.0, 40.0]
    >>> sampler = GaussianNoise(random_state=0, threshold=1.0)
    >>> X, y_new = sampler.fit_resample([[value / 10] for value in y], y)
    >>> len(y_new), max(y_new)
    (12, 40.0)
    """

    def __init__(
        self,
        *,
        relevance: Any = "auto",
        threshold: float = 0.5,
        sampling_strategy: Any = "balance",
        pert: float = 0.1,
        target_range: Any = OBSERVED,
        random_state: Any = None,
        categorical_features: Any = AUTO,
    ) -> None:
        self.relevance = relevance
        self.threshold = threshold
        self.sampling_strategy = sampling_strategy
        self.pert = pert
        self.target_range = target_range
        self.random_state = random_state
        self.categorical_features = categorical_features

    def _check_parameters(self) -> None:
        check_number(self, "pert", 0, above=True)
        check_target_range(self)

    def _make(self, task: RegressionTask, region: int, n_new: int) -> Litter | None:
        rows = task.rows_of(region)
        if rows.shape[0] < 2:
            self._add_note(f"{task.words(region)} stay as they are: one row has no spread to make noise of")
            return None
        rng = task.stream(region)
        seed = seeds_in_turn(rows, n_new, rng)
        size = np.full(n_new, float(self.pert))
        litter = noisy(task, task.space, rows, seed, size, rng, "GaussianNoise")
        return clip_target(self, litter, task.target.values)
