"""Random over-sampling: repeat rows of the small classes by lot."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.base import Selector
from steelyard.balance.task import Task

__all__ = ["RandomOverSampler"]


class RandomOverSampler(Selector):
    """Repeat rows of each small class, drawn by lot, until it has the rows asked for.

    Values are never looked at: any table will do, with gaps, texts or further axes. Only the class
    shares change, so probabilities can be corrected exactly afterwards (see `Balanced`).

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class: "auto", "not majority" and "all" bring every class up to the largest,
        "minority" the smallest only; a number is the wanted ratio of minority to majority rows (two
        classes); a dict gives rows per class.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        All rows in order, then the copies, class after class.
    origin_, parents_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`; a copy's origin is the row it repeats.

    Notes
    -----
    imbalanced-learn's ``shrinkage`` (smoothed copies) is not offered.

    Examples
    --------
    >>> sampler = RandomOverSampler(random_state=0)
    >>> X, y = sampler.fit_resample([[1], [2], [3], [4]], ["ok", "ok", "ok", "fraud"])
    >>> y[4:], sampler.origin_.tolist()
    (['fraud', 'fraud'], [0, 1, 2, 3, 3, 3])
    """

    how = "over"
    label_only = True
    works_on = ("rows",)

    def __init__(self, *, sampling_strategy: Any = "auto", random_state: Any = None) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def _select(self, task: Task) -> NDArray[np.intp]:
        rows = [np.arange(task.table.n_rows)]
        missing = task.wanted - task.counts
        for code in np.flatnonzero(missing).tolist():
            rows.append(task.stream(code).choice(task.rows_of(code), size=missing[code]))
        return np.concatenate(rows)
