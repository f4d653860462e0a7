"""Rows proved to lie among their own class in a table that holds synthetic rows.

After over-sampling no class is rare, so comparing each row with all rows of other classes costs as
much as searching. But synthetic rows lie on segments between known rows, and that gives bounds for
nearly nothing. With *reach* an upper bound of the distance from a row to its k-th nearest row of its
own class, and *floor* a lower bound of the distance to its nearest enemy, a row is proved when its
reach is below its floor: then its k nearest rows are all of its class, whatever the search would say.

- A synthetic row's reach comes from its siblings on the same segment, or from an end of the segment:
  what is near the end is at most so much farther from the child.
- Its floor comes from the ends as well: an enemy is at most so much nearer to the child than to the
  end (triangle inequality), and the ends are few.
- A known row's reach comes from the known rows of its class that share a cell with it, and, if its
  class was enlarged, from the children around it.
- A known row's floor against known enemies is a matrix product. Synthetic enemies are fenced in:
  each belongs to the nearer end of its segment and lies within the ball around that end that
  holds all children which belong to it. Where the ball comes too near, the distance to the segment
  itself decides; it follows from the distances to its ends by Stewart's theorem.

What remains is searched for exactly, elsewhere. All bounds are exact distances, or rough ones less
their rounding, so how good they are changes how many rows are proved and never what is true. A
strict inequality with a margin is asked for, so ties are never settled here.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from steelyard.kernels.cells import Rough, cells_of, greatest
from steelyard.kernels.children_fence import Fence
from steelyard.kernels.mixed_distance import Points, pair_squared
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.overflow import LARGEST, largest_size
from steelyard.kernels.parent_segments import Segments
from steelyard.kernels.rough_distance import RoughPoints

__all__ = ["safe_among_children"]

# Of distances that were added up or taken from each other.
MARGIN = 1e-9
# Rows that need not be cut into cells.
SMALL_CLASS = 500


def safe_among_children(
    around: Neighborhood,
    labels: NDArray[np.intp],
    base: NDArray[np.intp],
    partner: NDArray[np.intp],
    k: int,
) -> NDArray[np.bool_]:
    """Find rows whose k nearest rows are certainly all of their own class.

    Parameters
    ----------
    around : Neighborhood
        The known rows, followed by the synthetic ones.
    labels : ndarray of int, shape (n + m,)
    base, partner : ndarray of int, shape (m,)
        Known rows of the same class that each synthetic row lies between, or near.
    k : int

    Returns
    -------
    ndarray of bool, shape (n + m,)
        False tells nothing about a row. All are False for a sparse table, for numbers whose squares do
        not fit, and where another engine measures distances.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [2.0], [50.0], [60.0], [54.0], [55.0], [56.0]])
    >>> labels = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    >>> parents = np.array([3, 3, 3]), np.array([4, 4, 4])
    >>> bool(safe_among_children(Neighborhood(rows), labels, *parents, k=2).all())
    True
    """
    safe = np.zeros(labels.shape[0], dtype=np.bool_)
    if sparse.issparse(around.numbers) or around.engine is not None:
        return safe
    if largest_size(around.numbers) > LARGEST[np.dtype(np.float64)]:
        return safe
    proof = _Proof(around, labels, Segments.between(around.numbers, base, partner), k)
    safe[: proof.n] = proof.known_rows()
    safe[proof.n :] = proof.children()
    return safe


class _Proof:
    """Reaches and floors of the rows of one table."""

    def __init__(self, around: Neighborhood, labels: NDArray[np.intp], segments: Segments, k: int) -> None:
        self.segments, self.k, self.mismatch = segments, k, around.mismatch
        self.n = labels.shape[0] - segments.of.shape[0]
        self.labels, self.n_rows = labels[: self.n], labels.shape[0]
        self.points = Points(around.numbers, around.codes, around.mismatch**2)
        known = self.points.take(slice(0, self.n))
        self.middle = np.asarray(known.numeric, dtype=np.float64).mean(axis=0)
        self.rough = RoughPoints.of(known, self.middle)
        self.radius = self._radius()
        self.reach = self._known_reach() * (1 + MARGIN)

    def _radius(self) -> NDArray[np.float64]:
        """Of the ball around each known row that holds the children nearer to it than to their other end."""
        segments = self.segments
        radius = np.full(self.n, -np.inf)
        low_is_nearer = segments.to_low <= segments.to_high
        end = np.where(low_is_nearer, segments.low[segments.of], segments.high[segments.of])
        np.maximum.at(radius, end, np.minimum(segments.to_low, segments.to_high) * (1 + MARGIN))
        return radius

    def _apart(self, rows: NDArray[np.intp], others: NDArray[np.intp]) -> NDArray[np.float64]:
        """Exact distances between the rows at the same places, infinite where the other is -1."""
        there = others >= 0
        apart = np.full(rows.shape[0], np.inf)
        apart[there] = np.sqrt(pair_squared(self.points, rows[there], self.points, others[there]))
        return apart

    def _reach_of(self, rows: NDArray[np.intp], friends: NDArray[np.intp]) -> NDArray[np.float64]:
        """Distance to the farthest of k friends each, shape (m, k)."""
        apart = self._apart(np.repeat(rows, self.k), friends.ravel())
        return np.asarray(apart.reshape(friends.shape).max(axis=1))

    def _known_reach(self) -> NDArray[np.float64]:
        friends = np.full((self.n, self.k), -1, dtype=np.intp)
        points = self.points.take(slice(0, self.n))
        rough = Rough(Neighborhood(points.numeric, points.codes, self.mismatch))
        for code in np.unique(self.labels):
            own = np.flatnonzero(self.labels == code)
            for cell in [own] if own.shape[0] <= SMALL_CLASS else cells_of(rough, own)[1]:
                if cell.shape[0] > self.k:
                    score = rough.scores(cell, cell)
                    np.fill_diagonal(score, -np.inf)
                    friends[cell] = cell[greatest(score, self.k)[0]]
        reach = self._reach_of(np.arange(self.n), friends)
        rows, child = self.segments.ends
        # The first k children in each row's stretch are those nearest to it.
        start = np.searchsorted(rows, rows)
        rank = np.arange(rows.shape[0]) - start
        friends = np.full((self.n, self.k), -1, dtype=np.intp)
        first = rank < self.k
        friends[rows[first], rank[first]] = self.n + child[first]
        return np.minimum(reach, self._reach_of(np.arange(self.n), friends))

    @cached_property
    def fences(self) -> dict[int, Fence]:
        """The rows of each class."""
        of_class = {code: np.flatnonzero(self.labels == code) for code in np.unique(self.labels).tolist()}
        return {
            code: Fence(self.rough, rows, self.radius, self.segments, self.n_rows)
            for code, rows in of_class.items()
        }

    def known_rows(self) -> NDArray[np.bool_]:
        """Tell which known rows are proved."""
        safe = np.isfinite(self.reach)
        for code, fence in self.fences.items():
            asked = np.flatnonzero(safe & (self.labels != code))
            safe[asked] = fence.clear_of_known(asked, self.reach[asked])
            if fence.has_children:
                asked = asked[safe[asked]]
                safe[asked] = fence.clear_of_children(asked, self.reach[asked])
        return safe

    def children(self) -> NDArray[np.bool_]:
        """Tell which children are proved."""
        segments, k = self.segments, self.k
        child = np.arange(self.n, self.n_rows)
        sibling = segments.nearest_on_it(k)
        reach = self._reach_of(child, np.where(sibling >= 0, sibling + self.n, -1))
        floor = np.full(child.shape[0], -np.inf)
        ends = np.unique(np.concatenate([segments.low, segments.high]))
        floor_at = np.full(self.n, -np.inf)
        floor_at[ends] = self._floor(self.rough.take(ends), self.labels[ends])
        for end in (segments.low[segments.of], segments.high[segments.of]):
            apart = self._apart(child, end)
            # The end and the k rows nearest to it; the child itself may be one of these.
            reach = np.minimum(reach, apart + self.reach[end])
            floor = np.maximum(floor, floor_at[end] - apart)
        safe = reach * (1 + MARGIN) < floor
        open_ = np.flatnonzero(~safe & np.isfinite(reach))
        asked = RoughPoints.of(self.points.take(child[open_]), self.middle)
        floor = self._floor(asked, self.labels[segments.low[segments.of[open_]]])
        safe[open_] = reach[open_] * (1 + MARGIN) < floor
        return np.asarray(safe)

    def _floor(self, asked: RoughPoints, labels: NDArray[np.intp]) -> NDArray[np.float64]:
        """What the distance from each row to its nearest enemy, known or synthetic, is at least."""
        floor = np.full(len(asked), np.inf)
        for code, fence in self.fences.items():
            others = np.flatnonzero(labels != code)
            floor[others] = np.minimum(floor[others], fence.floor(asked.take(others)))
        return floor
