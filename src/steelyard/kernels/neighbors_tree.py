"""Candidates for nearest neighbours from a k-d tree, where it looks at few of the rows.

That is so with few columns, and with many where the rows lie close to a surface of few dimensions
or in tight clusters. Its distances are in difference form, so they are good to the last digits also
where a matrix product has none left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from sklearn.neighbors import KDTree

from steelyard.kernels.mixed_distance import Points
from steelyard.kernels.search_job import SearchJob

__all__ = ["TreeFinder", "tree_pays"]

# Candidates beyond those wanted: they show whether the last place is clear.
EXTRA_CANDIDATES = 4
# A query whose last place is not clear is asked again for this many times more.
GROWTH = 4
MOST_ROUNDS = 3

# Rounding of a sum of squared differences, beyond one a column.
ROUNDINGS_BESIDE = 4

# Nanoseconds that the tree takes for a query, a row looked at and a column of it; and the blocks for a
# score and a column of it. Measured; only their ratios matter.
NS_PER_QUERY = 5000.0
NS_PER_LOOK = 8.0
NS_PER_LOOK_COLUMN = 3.0
NS_PER_SCORE = 0.8
NS_PER_SCORE_COLUMN = 0.025
FEWEST_ROWS = 1000
MOST_COLUMNS = 40
# Pairs from which a trial is worth its while; parts of the rows, and queries, it is made with.
TRIAL_PAIRS = 1e8
TRIAL_PARTS = (32, 8)
TRIAL_QUERIES = 64
# A tree of all rows looks at about this many times the rows that one of the smaller part looks at, or more.
LEAST_GROWTH = 1.5


def tree_pays(job: SearchJob) -> bool:
    """Whether a tree answers this search sooner than matrix products.

    It counts the rows that trees of two parts of the table look at, and how that grows from the one
    to the other. So the answer depends on the table alone, not on a clock.
    """
    points, width = job.points, job.points.width
    if points.is_sparse or points.codes is not None or not 0 < width <= MOST_COLUMNS:
        return False
    if len(points) < FEWEST_ROWS or job.n_pairs < TRIAL_PAIRS:
        return False
    asked = _doubles(job.asked.numeric[:: max(1, len(job.asked) // TRIAL_QUERIES)])
    n_candidates = job.wanted + EXTRA_CANDIDATES
    may_look = (len(points) * (NS_PER_SCORE + NS_PER_SCORE_COLUMN * width) - NS_PER_QUERY) / (
        NS_PER_LOOK + NS_PER_LOOK_COLUMN * width
    )
    fewer = _looks(points, TRIAL_PARTS[0], asked, n_candidates)
    if fewer * LEAST_GROWTH >= may_look:
        return False
    more = _looks(points, TRIAL_PARTS[1], asked, n_candidates)
    growth = np.log(max(1.0, more / fewer)) / np.log(TRIAL_PARTS[0] / TRIAL_PARTS[1])
    return bool(more * TRIAL_PARTS[1] ** min(1.0, growth) < may_look)


def _looks(points: Points, part: int, asked: NDArray[np.float64], n_candidates: int) -> float:
    """Rows that a tree of every so-manieth row looks at for one query."""
    tree = KDTree(_doubles(points.numeric[::part]))
    tree.reset_n_calls()
    tree.query(asked, k=min(n_candidates, tree.data.shape[0]))
    return float(tree.get_n_calls() / asked.shape[0])


class TreeFinder:
    """Rows in a k-d tree.

    Parameters
    ----------
    points : Points
        Dense numbers only.
    rows : ndarray of int
        Those of ``points`` to search, ascending.
    wanted : int
        How many nearest rows the candidates must include.
    """

    def __init__(self, points: Points, rows: NDArray[np.intp], wanted: int) -> None:
        self.rows, self.wanted = rows, wanted
        numbers = points.numeric if rows.shape[0] == len(points) else points.numeric[rows]
        self.tree = cKDTree(_doubles(numbers))
        self.rounding = (points.width + ROUNDINGS_BESIDE) * float(np.finfo(np.float64).eps)

    def answer(self, job: SearchJob, queries: NDArray[np.intp]) -> NDArray[np.intp]:
        """Answer these queries; return those whose last place many rows compete for."""
        n_candidates = min(self.wanted + EXTRA_CANDIDATES, self.rows.shape[0])
        for _ in range(MOST_ROUNDS):
            queries = self._ask(job, queries, n_candidates)
            if queries.shape[0] == 0 or n_candidates == self.rows.shape[0]:
                return queries
            n_candidates = min(n_candidates * GROWTH, self.rows.shape[0])
        return queries

    def _ask(self, job: SearchJob, queries: NDArray[np.intp], n_candidates: int) -> NDArray[np.intp]:
        asked = _doubles(job.asked.numeric[queries])
        reach, positions = self.tree.query(asked, k=np.arange(1, n_candidates + 1))
        candidates = np.sort(self.rows[positions], axis=1)
        places = np.repeat(np.arange(queries.shape[0]), n_candidates)
        job.settle(queries, (places, candidates.ravel()))
        if n_candidates == self.rows.shape[0]:
            return queries[:0]
        # A row that was left out is no nearer than the last candidate, save for rounding.
        edge = np.square(reach[:, -1]) * (1 - self.rounding)
        is_open = job.squared[queries, -1] * (1 + self.rounding) >= edge
        return np.asarray(queries[is_open], dtype=np.intp)


def _doubles(numbers: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.ascontiguousarray(numbers, dtype=np.float64)
