"""LP-ROS: repeat rows of rare sets of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.multilabel.base import MultilabelSelector, MultilabelTask
from steelyard.balance.multilabel.labelset_quota import shared_out
from steelyard.kernels.rng import child

__all__ = ["LPROS"]

MOST = 1000.0  # per cent


class LPROS(MultilabelSelector):
    """Repeat rows of the sets of labels that have fewer rows than the mean set.

    Parameters
    ----------
    percentage : float, default=25
        Rows to add at most, in per cent of the rows there are.
    random_state : int, RandomState, Generator or None, default=None

    Attributes
    ----------
    sample_indices_ : ndarray of int, shape (n_out,)
        All rows in order, then the copies, set after set.
    irlbl_before_, irlbl_after_, mean_ir_before_, mean_ir_after_, prior_before_, prior_after_, origin_, note_
        See `MultilabelSampler`.

    Notes
    -----
    The rows are shared equally among the rare sets; none grows beyond the mean size (rounded down), and
    what it cannot take the others get. ``note_`` says so when not all could be added.

    References
    ----------
    Charte, Rivera, del Jesus and Herrera, A first approach to deal with imbalance in multi-label
    datasets, HAIS 2013.

    Examples
    --------
    >>> Y = [[1, 0]] * 9 + [[1, 1]] * 2 + [[0, 1]]
    >>> sampler = LPROS(percentage=25, random_state=0)
    >>> _, Y_more = sampler.fit_resample([[i] for i in range(12)], Y)
    >>> Y_more[12:]
    [[1, 1], [0, 1], [0, 1]]
    """

    def __init__(self, *, percentage: float = 25, random_state: Any = None) -> None:
        self.percentage = percentage
        self.random_state = random_state

    def _check_parameters(self) -> None:
        self._check_percentage(MOST)

    def _select(self, task: MultilabelTask) -> NDArray[np.intp]:
        sets = task.labels.labelsets()
        size = np.array([rows.shape[0] for rows in sets])
        asked = self._rows_asked(task)
        share = shared_out(np.maximum(int(size.mean()) - size, 0), asked)
        copies = [
            child(task.seed, "labelset", tuple(task.labels.labels_of(rows[0]).tolist())).choice(rows, count)
            for rows, count in zip(sets, share.tolist(), strict=True)
            if count
        ]
        if share.sum() < asked or not asked:
            self._add_note(f"{share.sum()} rows added of {asked} asked for: no other set is below the mean")
        return np.concatenate([np.arange(task.table.n_rows), *copies])
