"""Condensing a class to the rows that the nearest neighbour rule needs, without a single refit.

Hart's rule walks over the rows of a large class and keeps those that the rows kept so far, together
with the rare class, would label wrongly. Only the large class grows on the way, and a row that it
labels rightly once stays right for ever. So for each row it is enough to know how near the rare class
comes (settled once), and to tick off the waiting rows that a newly kept row reaches sooner. The walk
goes by batches: who is kept among the next few waiting rows is read off their distances to each
other, and all that were kept are compared with the rest in one matrix product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import row_chunks
from steelyard.kernels.mixed_distance import Points, pair_squared
from steelyard.kernels.neighborhood import Neighborhood
from steelyard.kernels.rough_distance import RoughPoints

__all__ = ["condense"]

# Waiting rows looked at together; most of a large class is ticked off by the first few batches.
BATCH = 64
DOUBLE_BYTES = 8
# The block of distances, and the flags of who comes sooner and of who is too close to tell.
BLOCK_COPIES = 3


def condense(
    around: Neighborhood,
    rows: NDArray[np.intp],
    rare: NDArray[np.intp],
    seeds: NDArray[np.intp],
    k: int = 1,
    *,
    wins_ties: bool = False,
) -> NDArray[np.intp]:
    """Rows of one class that, with the rare rows, label the rest of the class rightly.

    Parameters
    ----------
    around : Neighborhood
    rows : ndarray of int
        Rows of the class in ascending order, in which they are looked at.
    rare : ndarray of int
        Rows of the other class, all of them kept.
    seeds : ndarray of int
        Some of ``rows``, kept from the start. ``seeds`` and ``rare`` together number at least k.
    k : int
        Neighbours that vote on a row's label.
    wins_ties : bool
        Whether the class wins where it has half of an even number of votes.

    Returns
    -------
    ndarray of int
        Seeds first, then the others in the order in which they were kept.

    Examples
    --------
    >>> around = Neighborhood(np.array([[0.0], [1.0], [2.0], [5.0], [3.0]]))
    >>> condense(around, rows=np.array([0, 1, 2, 3]), rare=np.array([4]), seeds=np.array([0])).tolist()
    [0, 2, 3]
    """
    votes = k // 2 if wins_ties and k % 2 == 0 else k // 2 + 1
    # The class wins a row as soon as `votes` kept rows come before this many rare ones.
    against = k - votes + 1
    if rare.shape[0] < against:
        return seeds
    waiting = rows[~np.isin(rows, seeds)]
    if not waiting.shape[0]:
        return seeds
    found, distances = around.nearest(against, asked=waiting, pool=rare)
    race = _Race(around, rows, waiting, found[:, -1], distances[:, -1], votes)
    race.tick_off(seeds)
    kept = [seeds]
    while race.waiting.shape[0]:
        kept.append(race.next_batch())
    return np.concatenate(kept)


class _Race:
    """Rows not yet labelled rightly: how near the rare class comes to each, and the votes it lacks."""

    def __init__(
        self,
        around: Neighborhood,
        rows: NDArray[np.intp],
        waiting: NDArray[np.intp],
        rival: NDArray[np.intp],
        reach: NDArray[np.float64],
        votes: int,
    ) -> None:
        self.around = around
        self.exact = Points(around.numbers, around.codes, around.mismatch**2)
        self.rows = rows
        own = self.exact.take(rows)
        self.rough = RoughPoints.of(own, RoughPoints.middle_of(own))
        self.waiting, self.rival, self.reach = waiting, rival, reach
        self.lacking = np.full(waiting.shape[0], votes)

    def next_batch(self) -> NDArray[np.intp]:
        """Walk over the first waiting rows, drop them, and return those that are kept."""
        front = self.waiting[:BATCH]
        sooner = self._sooner(slice(0, BATCH), front)
        lacking = self.lacking[:BATCH].copy()
        kept = []
        for place in range(front.shape[0]):
            if lacking[place] > 0:
                kept.append(place)
                lacking -= sooner[:, place]
        self._only(slice(BATCH, None))
        self.tick_off(front[kept])
        return front[kept]

    def tick_off(self, new: NDArray[np.intp]) -> None:
        """Count the votes of newly kept rows, and let go of the rows that need no more."""
        n_waiting = self.waiting.shape[0]
        for part in row_chunks(n_waiting, new.shape[0] * DOUBLE_BYTES * BLOCK_COPIES, self.around.memory_mb):
            self.lacking[part] -= self._sooner(part, new).sum(axis=1)
        self._only(np.flatnonzero(self.lacking > 0))

    def _only(self, places: slice | NDArray[np.intp]) -> None:
        self.waiting, self.rival = self.waiting[places], self.rival[places]
        self.reach, self.lacking = self.reach[places], self.lacking[places]

    def _sooner(self, places: slice, new: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether a new row comes before the rare class, for each waiting and each new row."""
        waiting, reach, rival = self.waiting[places], self.reach[places, None], self.rival[places, None]
        if self.around.engine is not None:
            distance = np.column_stack([self._asked_of_engine(waiting, row) for row in new.tolist()])
            return np.asarray((distance < reach) | ((distance == reach) & (new < rival)))
        asked = self._rough(waiting)
        rough = asked.squared_to(self._rough(new))
        rough -= np.square(reach)
        slack = 2 * asked.slack(np.square(self.reach[places]))[:, None]
        sooner: NDArray[np.bool_] = rough < -slack
        row, column = np.nonzero(np.abs(rough, out=rough) <= slack)
        distance = np.sqrt(pair_squared(self.exact, waiting[row], self.exact, new[column]))
        # Among equally near rows the smaller number comes first.
        edge = reach[row, 0]
        sooner[row, column] = (distance < edge) | ((distance == edge) & (new[column] < rival[row, 0]))
        return sooner

    def _rough(self, rows: NDArray[np.intp]) -> RoughPoints:
        return self.rough.take(np.searchsorted(self.rows, rows))

    def _asked_of_engine(self, waiting: NDArray[np.intp], row: int) -> NDArray[np.float64]:
        """Distances of waiting rows to one other; a row comes nearest to itself."""
        distance = np.zeros(waiting.shape[0])
        others = waiting != row
        if others.any():
            distance[others] = self.around.nearest(1, asked=waiting[others], pool=np.array([row]))[1][:, 0]
        return distance
