"""Rows that distances can be measured between, and searches among parts of them.

One call of a sampler asks several times: rare rows among all, common rows among the rare ones, a
row's enemies. All of these must measure alike, so what a gap or a category counts is settled once,
here, and the searches name rows by their number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import DEFAULT_MEMORY_MB
from steelyard.kernels.neighbors import Found, neighbors_of

__all__ = ["Neighborhood"]


@dataclass(frozen=True, eq=False)
class Neighborhood:
    """Rows of numbers and codes, and what one differing code counts.

    Parameters
    ----------
    numbers : array or CSR matrix of shape (n, p)
        Finite numbers in the units distances are measured in.
    codes : array of int, shape (n, q), optional
        Categories as whole numbers.
    mismatch : float
        Distance that one differing code stands for.
    n_jobs : int, optional
        Threads of the searches; results do not depend on it.
    memory_mb : float
        Scratch space in MiB.

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [1.0], [5.0], [6.0]]))
    >>> around.nearest(1)[0].ravel().tolist()
    [1, 0, 3, 2]
    >>> around.nearest(1, asked=np.array([0, 3]), pool=np.array([2, 3]))[0].ravel().tolist()
    [2, 2]
    """

    numbers: Any
    codes: NDArray[np.integer[Any]] | None = None
    mismatch: float = 1.0
    n_jobs: int | None = None
    memory_mb: float = DEFAULT_MEMORY_MB

    def __len__(self) -> int:
        return int(self.numbers.shape[0])

    def nearest(
        self, k: int, *, asked: NDArray[np.intp] | None = None, pool: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Find the k nearest rows of ``pool`` to each row of ``asked``.

        Parameters
        ----------
        k : int
        asked, pool : array of int, optional
            Numbers of rows, each at most once; all rows by default.

        Returns
        -------
        rows : ndarray of int, shape (len(asked), k)
            Row numbers, nearest first, the smaller number first among equally near ones. A row is
            never its own neighbour.
        distances : ndarray of float64, shape (len(asked), k)

        Raises
        ------
        BadOption
            The pool holds fewer than k other rows.
        """
        if pool is None and asked is None:
            return self._search(k, self.numbers, self.codes)
        pool = np.arange(len(self)) if pool is None else np.sort(pool)
        asked = np.arange(len(self)) if asked is None else asked
        place = np.searchsorted(pool, asked).clip(max=max(0, pool.shape[0] - 1))
        own = np.where(pool[place] == asked, place, -1)
        found, distances = self._search(
            k,
            self.numbers[pool],
            None if self.codes is None else self.codes[pool],
            queries=self.numbers[asked],
            query_codes=None if self.codes is None else self.codes[asked],
            own=own,
        )
        return pool[found], distances

    def _search(self, k: int, numbers: Any, codes: Any, **more: Any) -> Found:
        return neighbors_of(
            numbers,
            k,
            codes=codes,
            mismatch=self.mismatch,
            n_jobs=self.n_jobs,
            memory_mb=self.memory_mb,
            **more,
        )
