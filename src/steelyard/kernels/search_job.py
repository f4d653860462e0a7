"""One search for neighbours: its rows, its queries, and the answers as they come in.

Engines differ in how they propose candidates. What is answered is decided here, the same way for
all of them: candidates are measured in difference form, sorted by (distance, row number), the row
itself left out, and the first k taken. An engine is right if its candidates include those k.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.mixed_distance import Points, pair_squared

__all__ = ["Candidates", "SearchJob", "TooManyCandidates"]

#: For some queries, by their places in a list of queries: place and row number of each candidate.
#: Sorted by place, and by row number within a place.
Candidates = tuple[NDArray[np.intp], NDArray[np.intp]]

# A table with one line a query is sorted line by line where it holds at most this many cells a candidate.
EMPTY_CELLS = 4


class TooManyCandidates(Exception):
    """More rows may be near than were allowed: ties, or rounding too coarse for these distances."""


@dataclass(frozen=True, eq=False)
class SearchJob:
    """Rows, queries, and how many neighbours of each; ``own`` is each query's row number or -1."""

    points: Points
    asked: Points
    k: int
    own: NDArray[np.intp] | None
    memory_mb: float
    indices: NDArray[np.intp] = field(init=False)
    squared: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "indices", np.empty((len(self.asked), self.k), dtype=np.intp))
        object.__setattr__(self, "squared", np.empty((len(self.asked), self.k)))

    @property
    def wanted(self) -> int:
        """Nearest rows that surely hold the k neighbours, the row itself being one of them."""
        return self.k + (self.own is not None)

    @property
    def n_pairs(self) -> int:
        """Distances between all queries and all rows."""
        return len(self.asked) * len(self.points)

    def exact(self, queries: NDArray[np.intp], candidates: NDArray[np.intp]) -> NDArray[np.float64]:
        """Squared distances in difference form; a row is infinitely far from itself."""
        exact = pair_squared(self.asked, queries, self.points, candidates, self.memory_mb)
        if self.own is not None:
            exact[self.own[queries] == candidates] = np.inf
        return exact

    def settle(self, queries: NDArray[np.intp], found: Candidates) -> None:
        """Answer these queries from their candidates, of which each has at least ``wanted``."""
        places, candidates = found
        exact = self.exact(queries[places], candidates)
        counts = np.bincount(places, minlength=queries.shape[0])
        first = np.cumsum(counts) - counts
        most = int(counts.max(initial=0))
        if queries.shape[0] * most <= EMPTY_CELLS * places.shape[0]:
            table = np.full((queries.shape[0], most), np.inf)
            table[places, np.arange(places.shape[0]) - first[places]] = exact
            order = np.argsort(table, axis=1, kind="stable")[:, : self.k]
            chosen = first[:, None] + order
        else:
            # Stable, so candidates at one distance stay in the order of their row numbers.
            chosen = np.lexsort((exact, places))[first[:, None] + np.arange(self.k)]
        self.indices[queries] = candidates[chosen]
        self.squared[queries] = exact[chosen]
