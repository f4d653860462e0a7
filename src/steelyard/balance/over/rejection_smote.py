"""SMOTE with rejection: synthetic rows that land among other classes are thrown away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.balance.check_parameter import check_number, check_whole
from steelyard.balance.over.kin import Kin, KinOverSampler
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.kernels.interpolate import interpolate
from steelyard.kernels.mates import vote_winners
from steelyard.kernels.neighbors import neighbors_of

__all__ = ["RejectionSMOTE"]

MOST_ROUNDS = 20
# So few are missing at the end that drawing them one by one would take as long as a batch.
LEAST_BATCH = 20


class RejectionSMOTE(KinOverSampler):
    """Add rows as SMOTE does, and throw away those that land among rows of other classes.

    Called Lee in Kovács's comparison over 104 data sets, where it came fourth of 85.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k_neighbors : int, default=5
        Neighbours, both to choose from and to judge a synthetic row by.
    rejection_level : float in [0, 1], default=0.5
        A row is thrown away if a larger share of its neighbours in the table is of other classes.
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.
        Rows come out in their own units either way.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the row it starts from, its neighbour, and the others that voted for categories.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, or no two rows in one group.

    Notes
    -----
    *Definition.* Rows are drawn again until enough are accepted. The paper does not say what
    happens where none is; here 20 rounds are drawn, then the rejected rows with the smallest shares
    fill the places left, and ``note_`` says how many.

    *Categories* are voted among the row's neighbours, as in SMOTE, before the row is judged.
    *Gaps*: a missing number stands at the median of the class when distances are measured; in a
    synthetic row the nearer parent decides. *Groups*: parents are of one group; a row is judged by
    the whole table. *More than two classes*: each class against all others.

    References
    ----------
    Lee, Kim and Kim, An over-sampling technique with rejection for imbalanced class learning,
    International Conference on Ubiquitous Information Management and Communication, 2015.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [4.5], [5.0], [6.0], [7.0]]
    >>> y = ["a"] * 5 + ["b"] * 4
    >>> sampler = RejectionSMOTE(random_state=0, k_neighbors=3)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> len(X_out), y_out[-1]
    (10, 'b')
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k_neighbors: int = 5,
        rejection_level: float = 0.5,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k_neighbors = k_neighbors
        self.rejection_level = rejection_level
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_whole(self, "k_neighbors")
        check_number(self, "rejection_level", 0, 1)

    def _children(self, task: Task, code: int, n_new: int) -> Children:
        kin, rng = self._kin(task, code), task.stream(code)
        neighbors = self._neighbors(task, code, kin, self.k_neighbors)
        drawn, shares, accepted = [], [], 0
        for _ in range(MOST_ROUNDS):
            drawn.append(kin.draw(neighbors, max(LEAST_BATCH, n_new - accepted), rng))
            shares.append(self._share_of_others(task, code, kin, neighbors, *drawn[-1]))
            accepted += int((shares[-1] <= self.rejection_level).sum())
            if accepted >= n_new:
                break
        share = np.concatenate(shares)
        # Accepted rows in the order drawn, then the others by how far they are from being accepted.
        chosen = np.argsort(np.where(share <= self.rejection_level, -1.0, share), kind="stable")[:n_new]
        if accepted < n_new:
            self._note(
                task,
                code,
                f"{n_new - accepted} of {n_new} synthetic rows lie among other classes, for after "
                f"{MOST_ROUNDS} rounds no more were accepted",
            )
        base, partner, step = (np.concatenate(part)[chosen] for part in zip(*drawn, strict=True))
        return kin.between(base, partner, step, neighbors[base])

    def _share_of_others(
        self,
        task: Task,
        code: int,
        kin: Kin,
        neighbors: NDArray[np.intp],
        base: NDArray[np.intp],
        partner: NDArray[np.intp],
        step: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Share of other classes among the neighbours of rows that are not in the table yet."""
        around, codes = kin.around, None
        if around.codes is not None:
            winners = vote_winners(around.codes[kin.rows], neighbors)[base]
            codes = np.take_along_axis(around.codes[kin.rows], winners, axis=0)
        near, _ = neighbors_of(
            around.numbers,
            min(self.k_neighbors, task.table.n_rows),
            queries=interpolate(around.numbers, kin.rows[base], kin.rows[partner], step),
            codes=around.codes,
            query_codes=codes,
            mismatch=around.mismatch,
        )
        return (task.codes[near] != code).mean(axis=1)
