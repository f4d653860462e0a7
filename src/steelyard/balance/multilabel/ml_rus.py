"""ML-RUS: leave out rows that carry majority labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_flag
from steelyard.balance.multilabel.base import MultilabelSelector, MultilabelTask
from steelyard.kernels.label_imbalance import irlbl_of_counts, mean_known

__all__ = ["MLRUS"]

MOST = 100.0  # per cent


class MLRUS(MultilabelSelector):
    """Leave out rows drawn by lot among those of each majority label, one label after another, in turns.

    Parameters
    ----------
    percentage : float, default=25
        Rows to leave out, in per cent of the rows there are.
    random_state : int, RandomState, Generator or None, default=None
        Each label draws from a stream of its own name.
    protect_minority : bool, default=False
        Whether rows that carry a minority label stay whatever else they carry.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        Rows kept, in order.
    irlbl_before_, irlbl_after_, mean_ir_before_, mean_ir_after_, prior_before_, prior_after_, origin_, note_
        See `MultilabelSampler`.

    Notes
    -----
    A label is a majority label while its IRLbl is below the MeanIR of the rows that came in, and a
    minority label if it is above it at the start. The IRLbl is computed anew after every row; a label
    that has come up to the MeanIR drops out. The last row of a label is never left out.

    References
    ----------
    Charte, Rivera, del Jesus and Herrera, Addressing imbalance in multilabel classification: measures
    and random resampling algorithms, Neurocomputing 163, 2015, algorithm 4.

    Examples
    --------
    >>> Y = [[1, 0, 0]] * 9 + [[1, 0, 1]] * 8 + [[0, 1, 0]] * 3
    >>> sampler = MLRUS(percentage=25, random_state=0)
    >>> X, Y_fewer = sampler.fit_resample([[i] for i in range(20)], Y)
    >>> len(X), round(sampler.mean_ir_before_, 2), round(sampler.mean_ir_after_, 2)
    (15, 2.93, 2.67)
    """

    def __init__(
        self, *, percentage: float = 25, random_state: Any = None, protect_minority: bool = False
    ) -> None:
        self.percentage = percentage
        self.random_state = random_state
        self.protect_minority = protect_minority

    def _check_parameters(self) -> None:
        self._check_percentage(MOST)
        check_flag(self, "protect_minority")

    def _select(self, task: MultilabelTask) -> NDArray[np.intp]:
        counts = task.labels.counts.copy()
        limit = mean_known(task.ratio)
        stays = np.ones(task.table.n_rows, dtype=bool)
        safe = np.zeros(task.table.n_rows, dtype=bool)
        if self.protect_minority:
            safe = np.asarray(task.labels.matrix[:, task.ratio > limit].sum(axis=1)).ravel() > 0
        bags = {
            label: self._in_order_of_lot(task, label, safe)
            for label in np.flatnonzero(task.ratio < limit).tolist()
        }
        asked, gone = self._rows_asked(task), 0
        while bags and gone < asked:
            for label in list(bags):
                if gone == asked:
                    break
                row = self._next(bags[label], stays, counts, task)
                if row is None:
                    del bags[label]
                    continue
                stays[row] = False
                gone += 1
                counts[task.labels.labels_of(row)] -= 1
                if irlbl_of_counts(counts)[label] >= limit:
                    del bags[label]
        if gone < asked:
            self._add_note(f"{gone} rows left out instead of {asked}: no other row may go")
        elif not asked:
            self._add_note("no row left out: the percentage asks for less than one row")
        return np.flatnonzero(stays)

    @staticmethod
    def _in_order_of_lot(task: MultilabelTask, label: int, safe: NDArray[np.bool_]) -> list[int]:
        rows = task.labels.rows_of(label)
        return task.stream(label).permutation(rows[~safe[rows]]).tolist()

    @staticmethod
    def _next(
        bag: list[int], stays: NDArray[np.bool_], counts: NDArray[np.intp], task: MultilabelTask
    ) -> int | None:
        """The next row of a label that is still there and is not the last of any label."""
        while bag:
            row = bag.pop()
            if stays[row] and (counts[task.labels.labels_of(row)] > 1).all():
                return row
        return None
