"""Whether any row of a class, known or synthetic, comes near: without looking at the synthetic ones.

Each synthetic row belongs to the nearer end of its segment, and lies within the ball around that end
that holds all which belong to it. Where a ball comes too near, the distance to the segments from
its centre decides; it follows from the distances to their ends by Stewart's theorem.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import row_chunks
from steelyard.kernels.parent_segments import Segments
from steelyard.kernels.rough_distance import RoughPoints, Tilted

__all__ = ["Fence"]

# Of distances that were added up or taken from each other.
MARGIN = 1e-9
DOUBLE_BYTES = 8
BLOCK_COPIES = 3
BLOCK_MB = 8
BYTES_PER_MB = 2**20
# Segments looked at for one row, as a share of all rows, beyond which a search costs less.
MOST_SEGMENTS = 1 / 32


class Fence:
    """The known rows of one class, and the balls that hold its synthetic ones."""

    def __init__(
        self,
        rough: RoughPoints,
        rows: NDArray[np.intp],
        radius: NDArray[np.float64],
        segments: Segments,
        n_rows: int,
    ) -> None:
        self.rough, self.rows, self.segments = rough, rows, segments
        self.near = rough.take(rows)
        self.tilted = Tilted(self.near)
        self.radius = radius[rows]
        self.has_children = bool((self.radius >= 0).any())
        self.most_segments = MOST_SEGMENTS * n_rows

    @cached_property
    def balls(self) -> _Balls:
        """Where the children are."""
        return _Balls(self.rough, self.rows, self.radius.clip(min=0.0), self.segments, self.most_segments)

    def _parts(self, n_asked: int) -> list[slice]:
        return list(row_chunks(n_asked, self.rows.shape[0] * DOUBLE_BYTES * BLOCK_COPIES, BLOCK_MB))

    def floor(self, asked: RoughPoints) -> NDArray[np.float64]:
        """What the distance to the nearest row of the class is at least."""
        floor = _certain(asked, asked.least_squared_to(self.tilted))
        if not self.has_children:
            return floor
        # By numbers alone, for a child may hold other categories than the ends of its segment.
        ends, asked = self.near.take(self.radius >= 0).without_codes(), asked.without_codes()
        radius = self.radius[self.radius >= 0]
        for part in self._parts(len(asked)):
            some = asked.take(part)
            squared = some.squared_to(ends)
            squared -= 2 * some.slack(squared.max(axis=1))[:, None]
            distance = np.sqrt(np.maximum(squared, 0.0, out=squared), out=squared)
            distance -= radius
            np.minimum(floor[part], distance.min(axis=1), out=floor[part])
        return floor

    def clear_of_known(self, asked: NDArray[np.intp], reach: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether no known row of the class is within reach of each known row."""
        near = self.rough.take(asked)
        return np.asarray(reach < _certain(near, near.least_squared_to(self.tilted)))

    def clear_of_children(self, asked: NDArray[np.intp], reach: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether no synthetic row of the class is within reach of each known row."""
        clear = [self.balls.clear(asked[part], reach[part]) for part in self._parts(asked.shape[0])]
        return np.concatenate([np.empty(0, dtype=np.bool_), *clear])


def _certain(asked: RoughPoints, squared: NDArray[np.float64]) -> NDArray[np.float64]:
    """What distances are at least whose squares are known up to rounding."""
    return np.asarray(np.sqrt(np.maximum(squared - 2 * asked.slack(squared), 0.0)))


class _Balls:
    """Balls around ends of segments, and the segments from each end."""

    def __init__(
        self,
        rough: RoughPoints,
        rows: NDArray[np.intp],
        radius: NDArray[np.float64],
        segments: Segments,
        most_segments: float,
    ) -> None:
        self.rough, self.segments, self.most_segments = rough, segments, most_segments
        mine = np.flatnonzero(np.isin(segments.low, rows))
        # Both ends of a segment are compared, so both have to be there.
        self.rows = np.unique(np.concatenate([segments.low[mine], segments.high[mine]]))
        self.radius = radius[np.searchsorted(rows, self.rows)]
        self.segment = np.concatenate([mine, mine])
        end = np.searchsorted(self.rows, np.concatenate([segments.low[mine], segments.high[mine]]))
        order = np.argsort(end, kind="stable")
        self.segment, end = self.segment[order], end[order]
        self.start = np.searchsorted(end, np.arange(self.rows.shape[0]))
        self.degree = np.bincount(end, minlength=self.rows.shape[0])
        near = rough.take(self.rows)
        # Beside a row, one and its reach, a product then gives the squared distance to the end less
        # the square of reach plus radius: below 0 where the ball comes within reach.
        self.columns = np.c_[-2 * near.points.numeric, near.norms - self.radius**2, -2 * self.radius].T

    def clear(self, asked: NDArray[np.intp], reach: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether no child is within reach of each row."""
        numbers = self.rough.take(asked).without_codes()
        slack = 2 * numbers.slack(np.square(reach + self.radius.max()))
        excess = np.c_[numbers.points.numeric, np.ones(len(reach)), reach] @ self.columns
        excess += (numbers.norms - reach**2)[:, None]
        row, ball = np.nonzero(excess <= slack[:, None])
        many = np.bincount(row, self.degree[ball], minlength=asked.shape[0])
        too_many = many > self.most_segments
        row, ball = row[~too_many[row]], ball[~too_many[row]]
        clear = ~too_many
        for part in _even_parts(self.degree[ball]):
            clear[self._too_near(row[part], ball[part], excess, reach, slack)] = False
        return np.asarray(clear)

    def _too_near(
        self,
        row: NDArray[np.intp],
        ball: NDArray[np.intp],
        excess: NDArray[np.float64],
        reach: NDArray[np.float64],
        slack: NDArray[np.float64],
    ) -> NDArray[np.intp]:
        """Places of the rows that come too near to one of the segments from the centre of a ball."""
        segments = self.segments
        segment = self.segment[_runs(self.start[ball], self.degree[ball])]
        row = np.repeat(row, self.degree[ball])
        low = np.searchsorted(self.rows, segments.low[segment])
        high = np.searchsorted(self.rows, segments.high[segment])
        to_low = excess[row, low] + np.square(reach[row] + self.radius[low])
        to_high = excess[row, high] + np.square(reach[row] + self.radius[high])
        squared_length = np.square(segments.length[segment])
        # Where along the segment the nearest point is, and Stewart's theorem for how far it is.
        along = np.divide(
            to_low - to_high + squared_length,
            2 * squared_length,
            out=np.zeros(row.shape[0]),
            where=squared_length > 0,
        ).clip(0.0, 1.0)
        squared = to_low + along * (to_high - to_low) - along * (1 - along) * squared_length
        floor = np.sqrt(np.maximum(squared - 4 * slack[row], 0.0)) - segments.off[segment] * (1 + MARGIN)
        near: NDArray[np.intp] = row[floor <= reach[row]]
        return near


def _runs(start: NDArray[np.intp], length: NDArray[np.intp]) -> NDArray[np.intp]:
    """The numbers of several runs, one after another."""
    ends = np.cumsum(length)
    return np.arange(int(ends[-1]) if ends.size else 0) + np.repeat(start - ends + length, length)


def _even_parts(load: NDArray[np.intp]) -> list[Any]:
    """Slices of about equal load, each small enough for the memory."""
    most = BLOCK_MB * BYTES_PER_MB // (DOUBLE_BYTES * BLOCK_COPIES)
    cuts = np.flatnonzero(np.diff(np.cumsum(load) // most)) + 1
    edges = [0, *cuts.tolist(), load.shape[0]]
    return [slice(start, stop) for start, stop in pairwise(edges)]
