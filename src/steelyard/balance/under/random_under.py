"""Random under-sampling: leave out rows of the large classes by lot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.base import Selector
from steelyard.balance.check_parameter import check_flag
from steelyard.balance.task import Task
from steelyard.errors import CannotResample

__all__ = ["RandomUnderSampler"]


class RandomUnderSampler(Selector):
    """Keep as many rows of each large class as the strategy asks for, drawn by lot.

    Values are never looked at: any table will do, with gaps, texts or further axes. Only the class
    shares change, so probabilities can be corrected exactly afterwards (see `Balanced`).

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class: "auto" and "not minority" bring all classes down to the smallest,
        "majority" the largest only, "all" every class; a number is the wanted ratio of minority to
        majority rows (two classes); a dict gives rows per class.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    replacement : bool, default=False
        Whether a row may be drawn twice. A class that a dict or "all" names is then drawn anew even
        where it keeps its number of rows.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        Rows kept, in the order of the source.
    origin_, parents_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Examples
    --------
    >>> sampler = RandomUnderSampler(random_state=0)
    >>> X, y = sampler.fit_resample([["a"], ["b"], ["c"], ["d"]], ["ok", "ok", "ok", "fraud"])
    >>> y, sampler.prior_before_
    (['ok', 'fraud'], {'fraud': 0.25, 'ok': 0.75})
    """

    how = "under"
    label_only = True
    works_on = ("rows",)

    def __init__(
        self, *, sampling_strategy: Any = "auto", random_state: Any = None, replacement: bool = False
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.replacement = replacement

    def _check_parameters(self) -> None:
        check_flag(self, "replacement")

    def _check_task(self, task: Task) -> None:
        if not task.wanted.sum():
            raise CannotResample(
                "RandomUnderSampler was asked for 0 rows of every class. Ask for at least one row."
            )

    def _select(self, task: Task) -> NDArray[np.intp]:
        kept = []
        for code, (wanted, has) in enumerate(zip(task.wanted, task.counts, strict=True)):
            rows = task.rows_of(code)
            if wanted < has or (self.replacement and self._is_named(task, code)):
                rows = task.stream(code).choice(rows, size=wanted, replace=self.replacement)
            kept.append(rows)
        return np.sort(np.concatenate(kept))

    def _is_named(self, task: Task, code: int) -> bool:
        """Whether the strategy draws the rows of this class, as many as there are or not."""
        strategy, name = self.sampling_strategy, task.labels.names[code]
        return strategy == "all" if not isinstance(strategy, Mapping) else name in strategy
