"""MWMOTE: synthetic rows within clusters of a class, from the rows that tell most about its border."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

from steelyard.balance.check_parameter import check_number, check_whole
from steelyard.balance.over.kin import Kin, KinOverSampler
from steelyard.balance.space import AUTO
from steelyard.balance.tables.base import Children
from steelyard.balance.task import Task
from steelyard.errors import CannotResample
from steelyard.kernels.information_weights import information_weights
from steelyard.kernels.mates import has_mates, random_mates

__all__ = ["MWMOTE"]

# Average linkage holds the distances of all pairs: 1.6 GB for so many rows.
MOST_ROWS = 20_000


class MWMOTE(KinOverSampler):
    """Add rows within clusters of a small class, starting from rows near a sparse side of its border.

    Rows at the border weigh by how near they are to rows of other classes, and how few of their own class
    share that nearness.

    Parameters
    ----------
    sampling_strategy : str, float, dict or callable, default="auto"
        Rows wanted per class, as in `SMOTE`.
    random_state : int, RandomState, Generator or None, default=None
        Each class draws from a stream of its own name.
    k1 : int, default=5
        Neighbours among all rows; a row of the class with none of its class among them is noise, and
        plays no part in finding the border.
    k2 : int, default=3
        Nearest rows of other classes to each row that is no noise: together they are the border.
    k3 : int or None, default=None
        Nearest rows of the class to each border row, which get its weight; None for half of the class.
    closeness_cutoff : float, default=5.0
        Closeness beyond which all rows count as equally close (Cf(th) in the paper).
    closeness_max : float, default=2.0
        The largest closeness (CMAX in the paper).
    cluster_factor : float, default=3.0
        Clusters are joined while their mean distance is below this times the mean distance of a row to
        its nearest (Cp in the paper).
    categorical_features : "auto", list of positions, mask or list of names, default="auto"
        "auto" takes columns of categories, strings and booleans.
    standardize : bool, default=False
        Whether numeric columns are divided by their standard deviation before distances are measured.
        Rows come out in their own units either way.

    Attributes
    ----------
    parents_ : ndarray of int, shape (n_out, r)
        Of a synthetic row: the weighted row it starts from, and the row of its cluster it leads to.
    origin_, steps_, prior_before_, prior_after_, sampling_strategy_, note_
        See `Sampler`.

    Raises
    ------
    CannotResample
        A class to be enlarged has one row, no two rows in one group, more than 20,000 rows, or noise only.

    Notes
    -----
    *Definition.* As in the paper, with its distance divided by the number of columns. A row that is
    alone in its cluster (and group) starts nothing, where the paper repeats it; if all are alone,
    the class counts as one cluster, and ``note_`` says so. Memory grows with the square of the
    class.

    *Categories* are those of the nearer parent. *Gaps*: a missing number stands at the median of
    the class when distances are measured; in a synthetic row the nearer parent decides. *Groups*:
    both rows are of one group. *More than two classes*: each class against all others.

    References
    ----------
    Barua, Islam, Yao and Murase, MWMOTE: Majority Weighted Minority Oversampling Technique for Imbalanced
    Data Set Learning, IEEE Transactions on Knowledge and Data Engineering 26, 2014.

    Examples
    --------
    >>> X = [[0.0], [1.0], [2.0], [3.0], [4.0], [4.5], [5.0], [6.0], [7.0]]
    >>> y = ["a"] * 5 + ["b"] * 4
    >>> sampler = MWMOTE(random_state=0)
    >>> X_out, y_out = sampler.fit_resample(X, y)
    >>> len(X_out), y_out[-1]
    (10, 'b')
    """

    def __init__(
        self,
        *,
        sampling_strategy: Any = "auto",
        random_state: Any = None,
        k1: int = 5,
        k2: int = 3,
        k3: int | None = None,
        closeness_cutoff: float = 5.0,
        closeness_max: float = 2.0,
        cluster_factor: float = 3.0,
        categorical_features: Any = AUTO,
        standardize: bool = False,
    ) -> None:
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state
        self.k1 = k1
        self.k2 = k2
        self.k3 = k3
        self.closeness_cutoff = closeness_cutoff
        self.closeness_max = closeness_max
        self.cluster_factor = cluster_factor
        self.categorical_features = categorical_features
        self.standardize = standardize

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_whole(self, "k1")
        check_whole(self, "k2")
        if self.k3 is not None:
            check_whole(self, "k3")
        for name in ("closeness_cutoff", "closeness_max", "cluster_factor"):
            check_number(self, name, np.finfo(float).tiny)

    def _refuse_lonely_class(self, task: Task, code: int) -> None:
        super()._refuse_lonely_class(task, code)
        if task.counts[code] > MOST_ROWS:
            raise CannotResample(
                f"MWMOTE clusters a class by the distances of all its pairs, and class "
                f"{task.labels.names[code]!r} has {task.counts[code]} rows, more than {MOST_ROWS}. Use "
                "ProWSyn, which weighs rows near the border too."
            )

    def _children(self, task: Task, code: int, n_new: int) -> Children | None:
        kin, rng = self._kin(task, code), task.stream(code)
        self._note_copies(task, code)
        heard = self._without_noise(task, code, kin)
        if heard.shape[0] == 0:
            self._note(task, code, f"every row is noise: none of its class is among its {self.k1} neighbours")
            return None
        weight = self._weights(kin, heard)
        part = self._clusters(kin, heard)
        able = has_mates(part) & (weight > 0)
        if not able.any():
            self._note(task, code, "every row is alone in its cluster, so the class counts as one cluster")
            part, able = kin.group, has_mates(kin.group)
            weight = np.where((able & (weight > 0)).any(), weight, 1.0)
        chance = np.where(able, weight, 0.0)
        base = rng.choice(kin.rows.shape[0], size=n_new, p=chance / chance.sum())
        return kin.between(base, random_mates(part, base, rng), rng.random(n_new))

    def _without_noise(self, task: Task, code: int, kin: Kin) -> NDArray[np.intp]:
        """Positions of rows with one of their class among their neighbours."""
        near, _ = kin.around.nearest(min(self.k1, task.table.n_rows - 1), asked=kin.rows)
        return np.flatnonzero((task.codes[near] == code).any(axis=1))

    def _weights(self, kin: Kin, heard: NDArray[np.intp]) -> NDArray[np.float64]:
        """How much each row of the class tells about the border."""
        enemies, _ = kin.around.nearest(
            min(self.k2, kin.others.shape[0]), asked=kin.rows[heard], pool=kin.others
        )
        k3 = max(1, kin.rows.shape[0] // 2) if self.k3 is None else min(self.k3, kin.rows.shape[0])
        near, distances = kin.around.nearest(k3, asked=np.unique(enemies), pool=kin.rows)
        return information_weights(
            np.searchsorted(kin.rows, near),
            distances,
            kin.rows.shape[0],
            len(kin.space.numeric) + len(kin.space.categorical),
            closeness_cutoff=self.closeness_cutoff,
            closeness_max=self.closeness_max,
        )

    def _clusters(self, kin: Kin, heard: NDArray[np.intp]) -> NDArray[np.intp]:
        """Number of each row's cluster within its group."""
        height = 0.0
        if heard.shape[0] > 1:
            rows = kin.rows[heard]
            height = self.cluster_factor * float(kin.around.nearest(1, asked=rows, pool=rows)[1].mean())
        tree = linkage(_distances(kin), method="average")
        cluster = fcluster(tree, height, criterion="distance")
        labels = np.stack([cluster, kin.group], axis=1)
        return np.unique(labels, axis=0, return_inverse=True)[1].ravel()


def _distances(kin: Kin) -> NDArray[np.float64]:
    """Distances of all pairs of rows of the class, as scipy lists them."""
    numbers = kin.around.numbers[kin.rows]
    dense = numbers.toarray() if sparse.issparse(numbers) else numbers
    n = kin.rows.shape[0]
    squared = pdist(dense, "sqeuclidean") if dense.shape[1] else np.zeros(n * (n - 1) // 2)
    if kin.around.codes is not None:
        codes = kin.around.codes[kin.rows]
        squared += kin.around.mismatch**2 * pdist(codes, "hamming") * codes.shape[1]
    return np.sqrt(squared)
