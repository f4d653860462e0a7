"""How good a subset of an ensemble is on rows that none of its members has seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import DEFAULT_MEMORY_MB, row_chunks

__all__ = ["MemberProba", "SubsetScore", "f1_and_recalls"]

#: Takes confusion counts (m, K, K), true classes first, and returns m numbers.
OfConfusion = Callable[[NDArray[np.float64]], NDArray[np.float64]]

RECALL_FLOOR = 1e-3
SINGLE = np.float32  # probabilities of members are never finer than their training rows


def f1_and_recalls(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of macro F1 and of the geometric mean of the recalls.

    Parameters
    ----------
    confusion : ndarray of shape (m, K, K)
        Rows by true class and by class decided.

    Returns
    -------
    ndarray of shape (m,)
        Over the classes that have a true row. A recall counts as at least 0.001: otherwise one class
        that nothing finds would make all subsets equal.

    Examples
    --------
    >>> f1_and_recalls(np.array([[[9.0, 1.0], [0.0, 2.0]], [[10.0, 0.0], [2.0, 0.0]]])).round(3).tolist()
    [0.911, 0.243]
    """
    true = confusion.sum(axis=2)
    hits = np.einsum("mkk->mk", confusion)
    both = true + confusion.sum(axis=1)
    present = true > 0
    n_present = present.sum(axis=1)
    f1 = np.divide(2 * hits, both, out=np.zeros_like(hits), where=present)
    recall = np.divide(hits, true, out=np.ones_like(hits), where=present)
    log_recall = np.log(np.maximum(recall, RECALL_FLOOR)).sum(axis=1)
    return np.asarray((f1.sum(axis=1) / n_present + np.exp(log_recall / n_present)) / 2)


@dataclass(frozen=True, eq=False)
class MemberProba:
    """What each member of a pool says of rows it has not seen, and what they are.

    ``proba`` (L, n, K); ``codes`` (n,) true classes; ``weight`` (n,) or None.
    """

    proba: NDArray[Any]
    codes: NDArray[np.intp]
    weight: NDArray[np.float64] | None = None

    @property
    def n_members(self) -> int:
        """Members of the pool."""
        return int(self.proba.shape[0])


@dataclass(frozen=True, eq=False)
class SubsetScore:
    """The value of subsets, many at a time: what an objective says of their mean probabilities.

    Parameters
    ----------
    members : MemberProba
    objective : callable
        See `f1_and_recalls`.
    size_penalty : float
        Taken off for the whole pool, and in proportion for a part of it.

    Examples
    --------
    >>> proba = np.array([[[0.9, 0.1], [0.4, 0.6]], [[0.2, 0.8], [0.3, 0.7]]])
    >>> score = SubsetScore(MemberProba(proba, np.array([0, 1])))
    >>> score(np.array([[True, False], [False, True], [True, True]])).round(3).tolist()
    [0.995, 0.177, 0.99]
    """

    members: MemberProba
    objective: OfConfusion = f1_and_recalls
    size_penalty: float = 0.01

    @cached_property
    def _flat(self) -> NDArray[Any]:
        return np.ascontiguousarray(self.members.proba, dtype=SINGLE).reshape(self.members.n_members, -1)

    def __call__(self, bits: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Value of each row of ``bits`` (m, L), of which none is empty."""
        _, n, n_classes = self.members.proba.shape
        sizes = bits.sum(axis=1)
        chosen = bits.astype(SINGLE)
        confusion = np.zeros((bits.shape[0], n_classes * n_classes))
        scratch = 2 * bits.shape[0] * n_classes * chosen.itemsize
        for part in row_chunks(n, scratch, DEFAULT_MEMORY_MB):
            sums = chosen @ self._flat[:, part.start * n_classes : part.stop * n_classes]
            decided = sums.reshape(bits.shape[0], -1, n_classes).argmax(axis=2)
            confusion += self._counted(decided, part, n_classes)
        told = self.objective(confusion.reshape(-1, n_classes, n_classes))
        return np.asarray(told - self.size_penalty * sizes / self.members.n_members)

    def _counted(self, decided: NDArray[np.intp], part: slice, n_classes: int) -> NDArray[np.float64]:
        """Rows of each cell of each subset's confusion, (m, K * K)."""
        m, cells = decided.shape[0], n_classes * n_classes
        cell = self.members.codes[part] * n_classes + decided + cells * np.arange(m)[:, None]
        weight = self.members.weight
        each = None if weight is None else np.tile(weight[part], m)
        return np.bincount(cell.ravel(), weights=each, minlength=m * cells).reshape(m, cells).astype(float)
