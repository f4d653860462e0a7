"""Rows that distances can be measured between, and searches among parts of them.

One call of a sampler asks several times: rare rows among all, common rows among the rare ones, a
row's enemies. All of these must measure alike, so what a gap or a category counts is settled once,
here, and the searches name rows by their number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.errors import BadOption
from steelyard.kernels.ask_engine import ask_engine
from steelyard.kernels.batching import DEFAULT_MEMORY_MB
from steelyard.kernels.mixed_distance import compact_codes
from steelyard.kernels.neighbors import Found, neighbors_of
from steelyard.kernels.neighbors_approximate import DEFAULT_RECALL

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
    exact : bool
        Whether every neighbour must be the true one; False accepts a few that are not, in large
        searches only.
    recall : float, optional
        The share of true neighbours that is enough; it makes the searches approximate.
    engine : object with ``fit`` and ``kneighbors``, optional
        Finds the neighbours instead of ours; a copy is fitted for each search. For numbers only.

    Attributes
    ----------
    recall_ : float or None
        Lowest share of true neighbours found by the searches so far, each measured on a sample of its
        rows; None where all of them were exact, or were an engine's.

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [1.0], [5.0], [6.0]]))
    >>> around.nearest(1)[0].ravel().tolist()
    [1, 0, 3, 2]
    >>> around.nearest(1, asked=np.array([0, 3]), pool=np.array([2, 3]))[0].ravel().tolist()
    [2, 2]
    >>> around.nearest_enemy(np.array(["a", "a", "b", "b"]))[0].tolist()
    [2, 2, 1, 1]
    """

    numbers: Any
    codes: NDArray[np.integer[Any]] | None = None
    mismatch: float = 1.0
    n_jobs: int | None = None
    memory_mb: float = DEFAULT_MEMORY_MB
    exact: bool = True
    recall: float | None = None
    engine: Any = None
    _recalls: list[float] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.engine is not None and self.codes is not None:
            raise BadOption(f"{type(self.engine).__name__} measures numbers only, and there are codes.")
        if self.recall is not None and not 0 < self.recall <= 1:
            raise BadOption(f"recall must be in the range (0, 1]. Got {self.recall} instead.")
        if self.codes is not None:
            object.__setattr__(self, "codes", compact_codes([self.codes])[0])

    def __len__(self) -> int:
        return int(self.numbers.shape[0])

    @property
    def recall_(self) -> float | None:
        """Lowest measured share of true neighbours, None where nothing was approximate."""
        return min(self._recalls, default=None)

    @property
    def _enough(self) -> float | None:
        return DEFAULT_RECALL if self.recall is None and not self.exact else self.recall

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
        if pool is None and asked is None and self.engine is None:
            return self._search(k, self.numbers, self.codes)
        pool = np.arange(len(self)) if pool is None else np.sort(pool)
        asked = np.arange(len(self)) if asked is None else asked
        place = np.searchsorted(pool, asked).clip(max=max(0, pool.shape[0] - 1))
        own = np.where(pool[place] == asked, place, -1)
        if self.engine is not None:
            found, distances = ask_engine(
                self.engine, self.numbers[pool], k, queries=self.numbers[asked], own=own
            )
            return pool[found], distances
        found, distances = self._search(
            k,
            self.numbers[pool],
            None if self.codes is None else self.codes[pool],
            queries=self.numbers[asked],
            query_codes=None if self.codes is None else self.codes[asked],
            own=own,
        )
        return pool[found], distances

    def nearest_enemy(
        self, labels: NDArray[Any], *, asked: NDArray[np.intp] | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Find the nearest row of another label for each row of ``asked``.

        Each label's rows are asked among the rows of all others, so the cost is the number of pairs
        of unlike rows: little where one label dominates.

        Parameters
        ----------
        labels : ndarray of shape (n,)
            Label of every row.
        asked : array of int, optional
            Numbers of rows; all by default.

        Returns
        -------
        rows : ndarray of int, shape (len(asked),)
            The smaller number among equally near ones.
        distances : ndarray of float64, shape (len(asked),)

        Raises
        ------
        BadOption
            All rows carry one label.
        """
        names, member = np.unique(labels, return_inverse=True)
        if names.shape[0] < 2:
            raise BadOption("The nearest row of another label needs at least two labels.")
        asked = np.arange(len(self)) if asked is None else np.asarray(asked)
        rows = np.empty(asked.shape[0], dtype=np.intp)
        distances = np.empty(asked.shape[0])
        for code in np.unique(member[asked]):
            places = np.flatnonzero(member[asked] == code)
            found, far = self.nearest(1, asked=asked[places], pool=np.flatnonzero(member != code))
            rows[places], distances[places] = found[:, 0], far[:, 0]
        return rows, distances

    def _search(self, k: int, numbers: Any, codes: Any, **more: Any) -> Found:
        return neighbors_of(
            numbers,
            k,
            codes=codes,
            mismatch=self.mismatch,
            n_jobs=self.n_jobs,
            memory_mb=self.memory_mb,
            recall=self._enough,
            recalls=self._recalls,
            **more,
        )
