"""Synthetic rows and the segments between their parents that they lie on, or near.

Nothing is taken for granted: how far each row really lies from its segment, and from both ends, is
measured, so rounding to whole numbers, filled gaps or another way of making rows loosen the bounds
that are drawn from here and never make them wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steelyard.kernels.batching import row_chunks

__all__ = ["Segments"]

DOUBLE_BYTES = 8
# Both ends, the child, and their differences.
COPIES = 6
BLOCK_MB = 2


@dataclass(frozen=True, eq=False)
class Segments:
    """Segments between two rows, each once, and where synthetic rows lie along them.

    ``low`` and ``high`` (s,) are the end rows; ``of`` (m,) is the segment of each child, ``place`` (m,)
    how far along it the child's nearest point is, in units of distance from the low end, and
    ``to_low``, ``to_high`` (m,) its distances to the ends, by numbers alone; ``length`` (s,) is that of
    each segment, ``off`` (s,) the largest distance of one of its children from it.
    """

    low: NDArray[np.intp]
    high: NDArray[np.intp]
    length: NDArray[np.float64]
    of: NDArray[np.intp]
    place: NDArray[np.float64]
    to_low: NDArray[np.float64]
    to_high: NDArray[np.float64]
    off: NDArray[np.float64]

    @classmethod
    def between(cls, numbers: Any, base: NDArray[np.intp], partner: NDArray[np.intp]) -> Segments:
        """Measure where children lie.

        Parameters
        ----------
        numbers : ndarray of shape (n + m, p)
            The rows, followed by the children.
        base, partner : ndarray of int, shape (m,)
            The two rows each child lies between.

        Returns
        -------
        Segments

        Examples
        --------
        >>> rows = np.array([[0.0, 0.0], [4.0, 0.0], [1.0, 0.0], [3.0, 2.0]])
        >>> segments = Segments.between(rows, np.array([0, 1]), np.array([1, 0]))
        >>> segments.low.tolist(), segments.place.tolist(), segments.off.tolist()
        ([0], [1.0, 3.0], [2.0])
        """
        n = numbers.shape[0] - base.shape[0]
        key, of = np.unique(np.minimum(base, partner) * n + np.maximum(base, partner), return_inverse=True)
        low, high = key // n, key % n
        place, to_low, to_high, apart = (np.empty(base.shape[0]) for _ in range(4))
        length = np.empty(low.shape[0])
        width = max(1, numbers.shape[1])
        for part in row_chunks(low.shape[0], COPIES * width * DOUBLE_BYTES, BLOCK_MB):
            length[part] = _norm(numbers[high[part]].astype(np.float64) - numbers[low[part]])
        for part in row_chunks(base.shape[0], COPIES * width * DOUBLE_BYTES, BLOCK_MB):
            start, end = (numbers[ends[of[part]]].astype(np.float64) for ends in (low, high))
            child = numbers[n + part.start : n + part.stop] - start
            along = end - start
            to_low[part] = _norm(child)
            to_high[part] = _norm(child - along)
            size = length[of[part]]
            unit = np.divide(along, size[:, None], out=np.zeros_like(along), where=size[:, None] > 0)
            place[part] = np.clip(np.einsum("ij,ij->i", child, unit), 0.0, size)
            apart[part] = _norm(child - place[part][:, None] * unit)
        off = np.zeros(low.shape[0])
        np.maximum.at(off, of, apart)
        return cls(low, high, length, of, place, to_low, to_high, off)

    def nearest_on_it(self, k: int) -> NDArray[np.intp]:
        """The k siblings nearest to each child along its segment, -1 where there are fewer, shape (m, k).

        Children are numbered from 0.
        """
        order = np.lexsort((self.place, self.of))
        of, place = self.of[order], self.place[order]
        m = order.shape[0]
        at = np.arange(m)
        steps = np.array([step for far in range(1, k + 1) for step in (-far, far)])
        gap = np.full((m, steps.shape[0]), np.inf)
        for column, step in enumerate(steps.tolist()):
            there = at[(at + step >= 0) & (at + step < m)]
            same = there[of[there] == of[there + step]]
            gap[same, column] = np.abs(place[same] - place[same + step])
        chosen = np.argsort(gap, axis=1, kind="stable")[:, :k]
        sibling = order[(at[:, None] + steps[chosen]).clip(0, m - 1)]
        found = np.empty((m, k), dtype=np.intp)
        found[order] = np.where(np.isfinite(np.take_along_axis(gap, chosen, axis=1)), sibling, -1)
        return found

    @cached_property
    def ends(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Each row that is an end, once per child of it, and that child; by row, the nearest child first."""
        low, high = self.low[self.of], self.high[self.of]
        child = np.arange(low.shape[0])
        other = low != high
        rows = np.concatenate([low, high[other]])
        order = np.lexsort((np.concatenate([self.to_low, self.to_high[other]]), rows))
        return rows[order], np.concatenate([child, child[other]])[order]


def _norm(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", vectors, vectors)))
