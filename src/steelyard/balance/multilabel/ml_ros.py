"""ML-ROS: repeat rows that carry minority labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.multilabel.base import MultilabelSelector, MultilabelTask
from steelyard.kernels.label_imbalance import mean_known

__all__ = ["MLROS"]

MOST = 1000.0  # per cent


class MLROS(MultilabelSelector):
    """Repeat rows drawn by lot among those of each minority label, one label after another, in turns.

    Parameters
    ----------
    percentage : float, default=25
        Rows to add, in per cent of the rows there are.
    random_state : int, RandomState, Generator or None, default=None
        Each label draws from a stream of its own name.

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        All rows in order, then the copies in the order they were drawn.
    irlbl_before_, irlbl_after_, mean_ir_before_, mean_ir_after_, prior_before_, prior_after_, origin_, note_
        See `MultilabelSampler`.

    Notes
    -----
    A label is a minority label while its IRLbl is above the MeanIR of the rows that came in. Its IRLbl
    is computed anew after every copy, from all labels of all rows so far; a label that has come down to
    the MeanIR drops out, and ``note_`` says so when all have before the rows asked for were drawn.

    References
    ----------
    Charte, Rivera, del Jesus and Herrera, Addressing imbalance in multilabel classification: measures
    and random resampling algorithms, Neurocomputing 163, 2015, algorithm 3.

    Examples
    --------
    >>> Y = [[1, 0, 0]] * 9 + [[1, 0, 1]] * 8 + [[0, 1, 0]] * 3
    >>> sampler = MLROS(percentage=10, random_state=0)
    >>> X, Y_more = sampler.fit_resample([[i] for i in range(20)], Y)
    >>> len(X), Y_more[20:], round(sampler.mean_ir_before_, 2), round(sampler.mean_ir_after_, 2)
    (22, [[0, 1, 0], [0, 1, 0]], 2.93, 2.18)
    """

    def __init__(self, *, percentage: float = 25, random_state: Any = None) -> None:
        self.percentage = percentage
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._check_percentage(MOST)

    def _select(self, task: MultilabelTask) -> NDArray[np.intp]:
        counts = task.labels.counts.copy()
        limit = mean_known(task.ratio)
        bags = {label: task.labels.rows_of(label) for label in np.flatnonzero(task.ratio > limit).tolist()}
        streams = {label: task.stream(label) for label in bags}
        asked, copies = self._rows_asked(task), []
        while bags and len(copies) < asked:
            for label in list(bags):
                if len(copies) == asked:
                    break
                row = int(bags[label][streams[label].integers(bags[label].shape[0])])
                copies.append(row)
                counts[task.labels.labels_of(row)] += 1
                if counts.max() / counts[label] <= limit:
                    del bags[label]
        self._say(asked, len(copies))
        return np.concatenate([np.arange(task.table.n_rows), np.array(copies, dtype=np.intp)])

    def _say(self, asked: int, got: int) -> None:
        if got < asked:
            reason = "no label is above" if not got else "every minority label came down to"
            self._add_note(f"{got} rows added instead of {asked}: {reason} the mean imbalance ratio")
        elif not asked:
            self._add_note("no row added: the percentage asks for less than one row")
