"""Random under-sampling for a continuous target: leave out rows of common values."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.balance.regression.base import RegressionSampler, RegressionTask

__all__ = ["RandomUnderRegression"]


class RandomUnderRegression(RegressionSampler):
    """Leave out rows whose target is common, drawn by lot.

    Parameters
    ----------
    relevance : "auto", "high", "low", array or callable, default="auto"
        As in `RandomOverRegression`.
    threshold : float in (0, 1], default=0.5
        Relevance from which a target is rare. Rare and common targets make stretches of values.
    sampling_strategy : "balance" or list of factors, default="balance"
        "balance" leaves the common stretches, in equal parts, as many rows as the rare ones have
        together; or one factor between 0 and 1 for each stretch, from the smallest targets up.
    random_state : int, RandomState, Generator or None, default=None
        Each stretch draws from a stream of its own.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        Rows kept, in order.
    relevance_points_, region_bounds_, region_rare_, region_counts_before_, region_counts_after_, origin_
        See `RegressionSampler`.

    Raises
    ------
    CannotResample
        No target is rare, or all are.

    Notes
    -----
    Rows are never looked at: any table will do.

    References
    ----------
    Torgo, Branco, Ribeiro and Pfahringer, Resampling strategies for regression, Expert Systems 32, 2015.

    Examples
    --------
    >>> y = [1, 2, 3, 4, 5, 6, 7, 40]
    >>> sampler = RandomUnderRegression(random_state=0)
    >>> X, y_fewer = sampler.fit_resample([[value] for value in y], y)
    >>> len(y_fewer), y_fewer[-3:]
    (6, [6, 7, 40])
    """

    how = "under"
    works_on = ("rows",)

    def __init__(
        self,
        *,
        relevance: Any = "auto",
        threshold: float = 0.5,
        sampling_strategy: Any = "balance",
        random_state: Any = None,
    ) -> None:
        self.relevance = relevance
        self.threshold = threshold
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _resample(self, task: RegressionTask) -> tuple[Any, Any]:
        kept = []
        for region, wanted in enumerate(task.wanted.tolist()):
            own = task.rows_of(region)
            if wanted < own.shape[0]:
                own = task.stream(region).choice(own, size=wanted, replace=False)
            kept.append(own)
        rows = np.sort(np.concatenate(kept))
        if rows.shape[0] == task.table.n_rows:
            self._add_note("nothing to do: every stretch of values has the rows asked for")
        self.sample_indices_ = rows
        return self._record(task, self.sample_indices_)
