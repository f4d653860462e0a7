"""MLTL: leave out rows whose nearest neighbour carries very different labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_choice, check_flag
from steelyard.balance.multilabel.base import MultilabelSelector, MultilabelTask
from steelyard.balance.space import AUTO
from steelyard.errors import BadOption, CannotResample
from steelyard.kernels.label_imbalance import mean_known, scumble

__all__ = ["MLTL", "adjusted_hamming"]

# The paper's thresholds, by how imbalanced (1 / sqrt(MeanIR)) and how mixed (SCUMBLE) the labels are.
MILD, STRONG = 0.5, 0.3
THRESHOLD_MILD, THRESHOLD_STRONG, THRESHOLD_EXTREME = 0.5, 0.3, 0.15
MIXED, THRESHOLD_MIXED = 0.3, 0.5
MOST_SAID = 5


def adjusted_hamming(one: Any, other: Any) -> NDArray[np.float64]:
    """Labels in which two rows differ, as a share of those that either carries.

    Parameters
    ----------
    one, other : CSR matrix of shape (m, L)

    Returns
    -------
    ndarray of shape (m,)
        0 where neither carries a label.
    """
    common = np.asarray(one.multiply(other).sum(axis=1), dtype=np.float64).ravel()
    either = np.asarray(one.sum(axis=1) + other.sum(axis=1), dtype=np.float64).ravel() - common
    return np.where(either > 0, (either - common) / np.maximum(either, 1.0), 0.0)


class MLTL(MultilabelSelector):
    """Leave out rows of majority labels that lie beside a row with very different labels.

    Parameters
    ----------
    sampling_strategy : {"majority", "all"}, default="majority"
        Rows that may go: those with a label whose IRLbl is below the MeanIR, or every row ("all", the
        paper's use as a cleaner).
    threshold : float in [0, 1) or "auto", default="auto"
        Adjusted Hamming distance of the labels above which a row and its nearest neighbour form a link.
        "auto" is 0.5, 0.3 or 0.15 where ``1 / sqrt(MeanIR)`` is above 0.5, above 0.3, or not; 0.5 if
        the SCUMBLE is above 0.3.
    n_jobs : int or None, default=None
        Threads of the search; the rows do not depend on it.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.

    Attributes
    ----------
    threshold_ : float
    sample_indices_ : ndarray of int, shape (n_out,)
        Rows kept, in order.
    irlbl_before_, irlbl_after_, mean_ir_before_, mean_ir_after_, prior_before_, prior_after_, origin_, note_
        See `MultilabelSampler`.

    Raises
    ------
    CannotResample
        There are fewer than two rows.

    Notes
    -----
    The adjusted Hamming distance is the number of labels in which two rows differ over the number that
    either carries. The nearest neighbour of a row is asked, in one direction, as the authors' own
    programme does; among equally near ones the first counts, and a row is never its own neighbour. Gaps
    stand at the column's median. A label that would lose all its rows keeps them, and ``note_`` says so.

    References
    ----------
    Pereira, Costa and Silla, MLTL: a multi-label approach for the Tomek Link undersampling algorithm,
    Neurocomputing 383, 2020.

    Examples
    --------
    >>> X = [[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]
    >>> Y = [[1, 0], [1, 0], [1, 0], [1, 0], [0, 1], [0, 1]]
    >>> sampler = MLTL().fit(X, Y)
    >>> sampler.select(X, Y).tolist(), sampler.threshold_
    ([0, 1, 2, 4, 5], 0.5)
    """

    works_on = ("table",)

    def __init__(
        self,
        *,
        sampling_strategy: str = "majority",
        threshold: Any = AUTO,
        n_jobs: int | None = None,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.threshold = threshold
        self.n_jobs = n_jobs
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        check_choice(self, "sampling_strategy", ("majority", "all"))
        check_flag(self, "standardize")
        value = self.threshold
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (isinstance(value, str) and value == AUTO) and not (number and 0 <= value < 1):
            raise BadOption(
                f"The 'threshold' parameter of MLTL must be 'auto' or a number in [0, 1). "
                f"Got {value!r} instead."
            )

    def _select(self, task: MultilabelTask) -> NDArray[np.intp]:
        if task.table.n_rows < 2:
            raise CannotResample(f"MLTL needs at least 2 rows, got {task.table.n_rows}. Collect more.")
        labels = task.labels.matrix
        self.threshold_ = self._threshold(task)
        asked = self._may_go(task)
        stays = np.ones(task.table.n_rows, dtype=bool)
        if asked.shape[0]:
            nearest = task.space.neighborhood(n_jobs=self.n_jobs).nearest(1, asked=asked)[0][:, 0]
            stays[asked] = adjusted_hamming(labels[asked], labels[nearest]) <= self.threshold_
        if stays.all():
            self._add_note("no row left out: no row that may go lies beside one with very different labels")
        return np.flatnonzero(self._with_every_label(task, stays))

    def _threshold(self, task: MultilabelTask) -> float:
        if self.threshold != AUTO:
            return float(self.threshold)
        if scumble(task.labels.matrix) > MIXED:
            return THRESHOLD_MIXED
        evenness = mean_known(task.ratio) ** -0.5
        if evenness > MILD:
            return THRESHOLD_MILD
        return THRESHOLD_STRONG if evenness > STRONG else THRESHOLD_EXTREME

    def _may_go(self, task: MultilabelTask) -> NDArray[np.intp]:
        if self.sampling_strategy == "all":
            return np.arange(task.table.n_rows)
        frequent = task.ratio < mean_known(task.ratio)
        return np.flatnonzero(np.asarray(task.labels.matrix[:, frequent].sum(axis=1)).ravel() > 0)

    def _with_every_label(self, task: MultilabelTask, stays: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Give back the rows of labels that would have none left."""
        left = np.asarray(task.labels.matrix[stays].sum(axis=0)).ravel()
        lost = np.flatnonzero((left == 0) & (task.labels.counts > 0)).tolist()
        for label in lost:
            stays[task.labels.rows_of(label)] = True
        if lost:
            names = [task.labels.names[label] for label in lost[:MOST_SAID]]
            more = f" and {len(lost) - MOST_SAID} more" if len(lost) > MOST_SAID else ""
            self._add_note(
                f"every row of the labels {names}{more} is in a link; no label is lost, so they stay"
            )
        return stays
