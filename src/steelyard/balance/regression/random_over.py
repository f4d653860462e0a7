"""Random over-sampling for a continuous target: repeat rows of rare values."""

from __future__ import annotations

from typing import Any

import numpy as np

from steelyard.balance.regression.base import RegressionSampler, RegressionTask

__all__ = ["RandomOverRegression"]


class RandomOverRegression(RegressionSampler):
    """Repeat rows whose target is rare and relevant, drawn by lot.

    Parameters
    ----------
    relevance : "auto", "high", "low", array or callable, default="auto"
        Which targets matter, from 0 to 1: by the box plot of the targets (both tails or one), by control
        points (value, relevance) or (value, relevance, slope), by one relevance a row, or by a function
        of the targets.
    threshold : float in (0, 1], default=0.5
        Relevance from which a target is rare. Rare and common targets make stretches of values.
    sampling_strategy : "balance" or list of factors, default="balance"
        "balance" gives the rare stretches, in equal parts, as many rows as the common ones have
        together; or one factor of at least 1 for each stretch, from the smallest targets up.
    random_state : int, RandomState, Generator or None, default=None
        Each stretch draws from a stream of its own.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        All rows in order, then the copies, stretch after stretch.
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
    Branco, Torgo and Ribeiro, Pre-processing approaches for imbalanced distributions in regression,
    Neurocomputing 343, 2019.

    Examples
    --------
    >>> y = [1, 2, 3, 4, 5, 6, 7, 40]
    >>> sampler = RandomOverRegression(random_state=0)
    >>> X, y_more = sampler.fit_resample([[value] for value in y], y)
    >>> y_more[8:], sampler.region_bounds_.tolist()
    ([40, 6], [[1.0, 5.0], [6.0, 40.0]])
    """

    how = "over"
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
        rows = [np.arange(task.table.n_rows)]
        for region, wanted in enumerate(task.wanted.tolist()):
            own = task.rows_of(region)
            if wanted > own.shape[0]:
                rows.append(task.stream(region).choice(own, size=wanted - own.shape[0]))
        if len(rows) == 1:
            self._add_note("nothing to do: every stretch of values has the rows asked for")
        self.sample_indices_ = np.concatenate(rows)
        return self._record(task, self.sample_indices_)
