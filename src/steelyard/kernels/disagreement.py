"""Rows whose neighbours would label them otherwise, while rows are being left out.

The answer is that of the plain rule: the k nearest rows still there, by distance and then by row
number. Most rows are settled by a proof that spares the search (`safe_rows`); of the others the
nearest rows are found and kept. When rows have been left out, only those are looked at again whose
proof or list lost a row that it needs.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.safe_rows import NO_ROW, safe_rows

__all__ = ["Disagreement", "most_frequent"]

Kind = Literal["all", "mode"]


def most_frequent(codes: NDArray[np.intp], n_classes: int) -> NDArray[np.intp]:
    """Most frequent code of each row, the smallest among equally frequent ones.

    Parameters
    ----------
    codes : ndarray of int, shape (m, k)
    n_classes : int

    Returns
    -------
    ndarray of int, shape (m,)

    Examples
    --------
    >>> most_frequent(np.array([[2, 2, 0], [2, 1, 0]]), 3).tolist()
    [2, 0]
    """
    votes = np.stack([(codes == code).sum(axis=1) for code in range(n_classes)], axis=1)
    return np.asarray(votes.argmax(axis=1))


class Disagreement:
    """The rows that are still there, and which of them their neighbours contradict.

    Parameters
    ----------
    around : Neighborhood
    labels : ndarray of int, shape (n,)
        Class codes from 0.
    k : int
        The largest number of neighbours that will be asked for.
    kind : {"all", "mode"}
        Whether a row agrees when all neighbours carry its label, or when the most frequent label among
        them is its own.
    spare : int
        Neighbours to keep beyond k, for when rows are left out.

    Attributes
    ----------
    there : ndarray of bool, shape (n,)

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [1.0], [2.0], [2.5], [9.0], [9.5]]))
    >>> votes = Disagreement(around, np.array([0, 0, 0, 1, 1, 1]), 1, "all")
    >>> votes.contradicted(np.array([True, True])).tolist()
    [2, 3]
    >>> votes.leave_out(np.array([3]))
    >>> votes.contradicted(np.array([True, True])).tolist()
    []
    """

    def __init__(
        self, around: Neighborhood, labels: NDArray[np.intp], k: int, kind: Kind, *, spare: int = 0
    ) -> None:
        self.around, self.labels, self.kind = around, labels, kind
        self.there = np.ones(labels.shape[0], dtype=np.bool_)
        self._n_classes = int(labels.max()) + 1
        self._k, self._spare = k, spare
        self._width = k + spare
        # Nearest rows first where they were searched for, else any witnesses.
        self._lists = np.full((labels.shape[0], self._width), NO_ROW, dtype=np.intp)
        self._searched = np.zeros(labels.shape[0], dtype=np.bool_)
        self._tried_to_prove: set[int] = set()

    @property
    def counts(self) -> NDArray[np.intp]:
        """Rows of each class that are still there."""
        return np.bincount(self.labels[self.there], minlength=self._n_classes)

    def leave_out(self, rows: NDArray[np.intp]) -> None:
        """Take rows away."""
        self.there[rows] = False

    def contradicted(self, classes: NDArray[np.bool_], k: int | None = None) -> NDArray[np.intp]:
        """Find the rows of some classes that their k neighbours contradict.

        Parameters
        ----------
        classes : ndarray of bool, shape (n_classes,)
            Whether rows of the class are asked for.
        k : int, optional
            The ``k`` of the start by default; fewer than there are rows.

        Returns
        -------
        ndarray of int
            Row numbers, ascending.
        """
        k = self._k if k is None else k
        self._prove(np.flatnonzero(classes))
        asked = np.flatnonzero(self.there & classes[self.labels])
        lists = self._lists[asked]
        left = (lists != NO_ROW) & self.there[lists]
        witnesses = np.where(self._searched[asked], 0, left.sum(axis=1))
        open_ = witnesses < self._enough(k)
        asked, lists, left = asked[open_], lists[open_], left[open_]
        short = left.sum(axis=1) < k
        lists[short] = self._search(asked[short])
        left[short] = lists[short] != NO_ROW
        # The first k of each list that are still there: the others sort behind them, in order.
        nearest = np.take_along_axis(lists, np.argsort(~left, axis=1, kind="stable")[:, :k], axis=1)
        return asked[~self._agree(self.labels[nearest], self.labels[asked])]

    def _enough(self, k: int) -> int:
        """Own rows at the head of a row's list that settle the vote of k."""
        return k if self.kind == "all" else k // 2 + 1

    def _agree(self, around: NDArray[np.intp], own: NDArray[np.intp]) -> NDArray[np.bool_]:
        if self.kind == "all":
            return np.asarray((around == own[:, None]).all(axis=1))
        return np.asarray(most_frequent(around, self._n_classes) == own)

    def _prove(self, classes: NDArray[np.intp]) -> None:
        """Find witnesses for classes asked about for the first time, before rows are left out."""
        new = np.array([code for code in classes.tolist() if code not in self._tried_to_prove], dtype=np.intp)
        self._tried_to_prove.update(new.tolist())
        if new.size == 0 or self.around.engine is not None or not self.there.all():
            return
        found = safe_rows(self.around, self.labels, new, self._enough(self._k), spare=self._spare)
        rows = np.flatnonzero(np.isin(self.labels, new))
        self._lists[rows, : found.shape[1]] = found[rows]

    def _search(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Nearest rows that are still there; -1 where there are fewer than a list holds."""
        lists = np.full((rows.shape[0], self._width), NO_ROW, dtype=np.intp)
        if rows.shape[0]:
            pool = None if self.there.all() else np.flatnonzero(self.there)
            width = min(self._width, int(self.there.sum()) - 1)
            lists[:, :width] = self.around.nearest(width, asked=rows, pool=pool)[0]
            self._lists[rows] = lists
            self._searched[rows] = True
        return lists
