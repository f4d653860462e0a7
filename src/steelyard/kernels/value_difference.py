"""Distance between rows of categories by what each category says about the class.

Two categories are alike if the classes are shared out alike where they occur, whatever they are
called. With two classes this distance is Euclidean between rows that hold one number per column, the
share of the second class where the row's category occurs, so any search for neighbours of numbers will
do; with more it is summed block by block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import DEFAULT_MEMORY_MB, row_chunks
from steelyard.kernels.neighborhood import Neighborhood

__all__ = ["ValueDifferences", "class_shares"]

TWO_CLASSES = 2
DOUBLE_BYTES = 8
BLOCK_COPIES = 4  # the block of distances, one column's part of it, and what sorting takes


def class_shares(
    codes: NDArray[np.integer[Any]], labels: NDArray[np.integer[Any]], n_classes: int
) -> NDArray[np.float64]:
    """Share of each class among the rows in which a category occurs.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        One column's categories, 0 to the largest.
    labels : ndarray of int, shape (n,)
        Class codes, 0 to ``n_classes - 1``.
    n_classes : int

    Returns
    -------
    ndarray of shape (largest code + 1, n_classes)
        Rows sum to one, save for a category that does not occur, whose shares are 0.

    Examples
    --------
    >>> class_shares(np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    array([[0.5, 0.5],
           [0. , 1. ]])
    """
    n_levels = int(codes.max()) + 1
    counts = np.bincount(codes * n_classes + labels, minlength=n_levels * n_classes)
    counts = counts.reshape(n_levels, n_classes).astype(np.float64)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))


@dataclass(frozen=True, eq=False)
class ValueDifferences:
    r"""Rows of categories, ready to be searched by the Value Difference Metric.

    Parameters
    ----------
    codes : ndarray of int, shape (n, q)
    shares : list of q arrays from `class_shares`
    memory_mb : float
        Scratch space in MiB.

    Notes
    -----
    .. math:: \Delta(x, z) = \sum_f \Big(\sum_c |p(c \mid x_f) - p(c \mid z_f)|\Big)^2

    References
    ----------
    Stanfill and Waltz, Toward memory-based reasoning, Communications of the ACM 29, 1986; Cost and
    Salzberg, A weighted nearest neighbor algorithm for learning with symbolic features, Machine Learning
    10, 1993.

    Examples
    --------
    >>> shares = class_shares(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 2]), 3)
    >>> ValueDifferences(np.array([[0], [1], [2]]), [shares]).nearest(1)[0].ravel().tolist()
    [1, 0, 0]
    """

    codes: NDArray[np.integer[Any]]
    shares: list[NDArray[np.float64]]
    memory_mb: float = DEFAULT_MEMORY_MB

    def __len__(self) -> int:
        return int(self.codes.shape[0])

    def nearest(
        self, k: int, *, asked: NDArray[np.intp] | None = None, pool: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Find the k nearest rows of ``pool`` to each row of ``asked``.

        Parameters
        ----------
        k : int
            At most as many as there are other rows in the pool.
        asked, pool : array of int, optional
            Numbers of rows; all by default.

        Returns
        -------
        rows : ndarray of int, shape (len(asked), k)
            Nearest first, the smaller number first among equally near ones. A row is never its own
            neighbour.
        distances : ndarray of float64, shape (len(asked), k)
        """
        everyone = np.arange(len(self))
        asked, pool = everyone if asked is None else asked, everyone if pool is None else np.sort(pool)
        embedded = self._embedded()
        if embedded is not None:
            return Neighborhood(embedded, memory_mb=self.memory_mb).nearest(k, asked=asked, pool=pool)
        found = np.empty((asked.shape[0], k), dtype=np.intp)
        far = np.empty(found.shape)
        for part in row_chunks(asked.shape[0], pool.shape[0] * DOUBLE_BYTES * BLOCK_COPIES, self.memory_mb):
            distance = self._block(asked[part], pool)
            distance[asked[part, None] == pool] = np.inf
            edge = np.partition(distance, k - 1, axis=1)[:, k - 1]
            places, candidates = np.nonzero(distance <= edge[:, None])
            near = distance[places, candidates]
            order = np.lexsort((candidates, near, places))
            first = np.searchsorted(places, np.arange(distance.shape[0]))
            chosen = order[first[:, None] + np.arange(k)]
            found[part], far[part] = pool[candidates[chosen]], np.sqrt(near[chosen])
        return found, far

    def _embedded(self) -> NDArray[np.float64] | None:
        """Rows of numbers whose Euclidean distance this is; None where there are more than two classes."""
        if any(share.shape[1] != TWO_CLASSES for share in self.shares):
            return None
        # Where the share of one class grows by d that of the other falls by d: together 2 d.
        columns = [TWO_CLASSES * share[self.codes[:, f], 1] for f, share in enumerate(self.shares)]
        return np.column_stack(columns)

    def _block(self, asked: NDArray[np.intp], pool: NDArray[np.intp]) -> NDArray[np.float64]:
        """Squared distances, category by category: what each pair of levels adds is looked up."""
        total = np.zeros((asked.shape[0], pool.shape[0]))
        for column, share in enumerate(self.shares):
            levels, back = np.unique(self.codes[asked, column], return_inverse=True)
            apart = np.zeros((levels.shape[0], share.shape[0]))
            for of_class in share.T:
                apart += np.abs(of_class[levels, None] - of_class)
            total += np.square(apart)[back][:, self.codes[pool, column]]
        return total
